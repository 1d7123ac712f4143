package org.mysqlmanager.local.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One program under the small supervisor of {@code supervisor.sh}. It dies when this JVM dies, even
 * by {@code kill -9}, because only this JVM holds the pipe on which the supervisor waits.
 *
 * <p>IMPORTANT: Linux's "signal me when my parent dies" would not do: it fires at the end of the
 * <em>thread</em> that started the program.
 */
public final class SupervisedProcess implements AutoCloseable {
  /** The exit status with which mysqld asks to be started again (after CLONE and RESTART). */
  public static final int MYSQLD_RESTART_STATUS = 16;

  private static final int NO_RESTART = -1;
  private static final Duration SHORT_WAIT = Duration.ofSeconds(1);
  private static final Duration KILL_DEADLINE = Duration.ofSeconds(10);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(20);
  private static final char ENDED = 'X';
  private static final String STOPPED_OR_ENDED = "TtZx" + ENDED;
  private static final String SCRIPT = readScript();

  private final Process supervisor;
  private final String name;
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable ProcessHandle child;
  private volatile boolean paused;
  private volatile int exitStatus = NO_RESTART;

  private SupervisedProcess(String name, Process supervisor) {
    this.name = name;
    this.supervisor = supervisor;
  }

  /** What to run. The log gets standard output and standard error, appended. */
  public record Launch(
      String name,
      List<String> command,
      Map<String, String> environment,
      Path directory,
      Path log,
      boolean restartOnRequest) {
    public Launch {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }
  }

  /**
   * Starts the program and returns once it has a process id.
   *
   * @throws LocalException when the supervisor cannot be started
   */
  public static SupervisedProcess start(Launch launch) {
    List<String> command = new ArrayList<>(OwnSession.prefix());
    command.addAll(List.of("sh", "-c", SCRIPT, "supervisor"));
    command.add(String.valueOf(launch.restartOnRequest() ? MYSQLD_RESTART_STATUS : NO_RESTART));
    command.add(launch.log().toAbsolutePath().toString());
    command.addAll(launch.command());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(launch.directory().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(launch.environment());
    try {
      Files.createDirectories(launch.log().toAbsolutePath().getParent());
      SupervisedProcess process = new SupervisedProcess(launch.name(), builder.start());
      Thread.ofPlatform().daemon().name("supervise-" + launch.name()).start(process::follow);
      process.started.await();
      return process;
    } catch (IOException e) {
      throw new LocalException("cannot start %s: %s".formatted(launch.name(), e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalException("interrupted while starting " + launch.name(), e);
    }
  }

  /** The program's process while it runs; never the supervisor's. */
  public Optional<ProcessHandle> child() {
    return ended.getCount() == 0 ? Optional.empty() : Optional.ofNullable(child);
  }

  public boolean isAlive() {
    return ended.getCount() > 0;
  }

  public boolean isPaused() {
    return paused && isAlive();
  }

  /** The exit status once the program has ended: 128 + N when signal N ended it. */
  public OptionalInt exitStatus() {
    return isAlive() ? OptionalInt.empty() : OptionalInt.of(exitStatus);
  }

  /** Ends the program at once (SIGKILL) and returns when it is gone, however it was paused. */
  public void kill() {
    child().ifPresent(ProcessHandle::destroyForcibly);
    if (!awaitEnd(SHORT_WAIT)) {
      closePipe(); // it was just being started again
    }
    if (!awaitEnd(KILL_DEADLINE)) {
      throw new LocalException(
          name + " did not end within " + KILL_DEADLINE.toSeconds() + " s of SIGKILL");
    }
  }

  /**
   * Asks the program to end (SIGTERM), and kills it after {@code deadline}.
   *
   * @return whether it ended by itself
   */
  public boolean terminate(Duration deadline) {
    if (paused) {
      resume();
    }
    child().ifPresent(ProcessHandle::destroy);
    boolean orderly = awaitEnd(deadline);
    if (!orderly) {
      kill();
    }
    return orderly;
  }

  /**
   * Freezes the program (SIGSTOP): it keeps its connections and ports and answers nothing. Returns
   * when it stands still, which is a moment after the signal.
   */
  public void pause() {
    signal("STOP");
    paused = true;
    child()
        .map(ProcessHandle::pid)
        .ifPresent(pid -> {
          if (!Await.until(STOP_DEADLINE, () -> standsStill(pid))) {
            throw new LocalException(
                name + " goes on " + STOP_DEADLINE.toSeconds() + " s after SIGSTOP");
          }
        });
  }

  /**
   * Whether all its threads are stopped, or it has ended. Where there is no /proc, nobody knows.
   */
  private static boolean standsStill(long pid) {
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads) {
        if (STOPPED_OR_ENDED.indexOf(state(thread)) < 0) {
          return false;
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      // The program has just ended.
    }
    return true;
  }

  /**
   * As in proc_pid_stat(5): behind the name, which is in parentheses and may hold any character.
   */
  private static char state(Path thread) {
    try {
      String line = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
      return line.charAt(line.lastIndexOf(')') + 2);
    } catch (IOException _) {
      return ENDED;
    }
  }

  /** Lets a frozen program go on (SIGCONT). */
  public void resume() {
    signal("CONT");
    paused = false;
  }

  /**
   * Waits for the program's end.
   *
   * @return false when it still runs after {@code deadline}
   */
  public boolean awaitEnd(Duration deadline) {
    try {
      return ended.await(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalException("interrupted while waiting for " + name + " to end", e);
    }
  }

  /**
   * Kills whatever is left of the program and its children. The program is gone when this returns,
   * and its ports are free. Does nothing when all is gone.
   */
  @Override
  public void close() {
    try {
      // The program first: killed together with it, its supervisor could not wait for its end.
      child().ifPresent(ProcessHandle::destroyForcibly);
      awaitEnd(SHORT_WAIT);
    } finally {
      closePipe();
    }
    if (!awaitEnd(KILL_DEADLINE)) {
      supervisor.destroyForcibly();
    }
  }

  private void signal(String signal) {
    ProcessHandle target = child().orElseThrow(() -> new LocalException(name + " is not running"));
    try {
      Process kill =
          new ProcessBuilder("sh", "-c", "kill -" + signal + " " + target.pid())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (kill.waitFor() != 0) {
        throw new LocalException("cannot send SIG" + signal + " to " + name);
      }
    } catch (IOException e) {
      throw new LocalException("cannot send SIG" + signal + " to " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalException("interrupted while sending SIG" + signal + " to " + name, e);
    }
  }

  private void follow() {
    try (BufferedReader lines = supervisor.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = lines.readLine()) != null) {
        String[] words = line.split(" ", 2);
        if (words[0].equals("pid")) {
          // A program that has ended already has no handle, and its "exit" follows.
          child = ProcessHandle.of(Long.parseLong(words[1])).orElse(null);
          paused = false;
          started.countDown();
        } else {
          exitStatus = Integer.parseInt(words[1]);
          break;
        }
      }
    } catch (IOException _) {
      // The supervisor is gone, and with it all of its group.
    } finally {
      closePipe();
      started.countDown();
      ended.countDown();
    }
  }

  private void closePipe() {
    try {
      supervisor.getOutputStream().close();
    } catch (IOException _) {
      // Closed at the other end: just what we want.
    }
  }

  private static String readScript() {
    try (InputStream in = SupervisedProcess.class.getResourceAsStream("supervisor.sh")) {
      if (in == null) {
        throw new IllegalStateException("supervisor.sh is not packaged");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
