package org.mysqlmanager.local.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.mysqlmanager.local.Account;
import org.mysqlmanager.local.LocalFiles;
import org.mysqlmanager.local.Passwords;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.LocalException;

/** Carries out what the user asks for. */
public final class LocalCommand {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  /** More than an orderly end of everything takes. */
  private static final Duration DOWN_DEADLINE = Duration.ofSeconds(90);

  private final Path folder;
  private final PrintStream out;

  private LocalCommand(Path folder, PrintStream out) {
    this.folder = folder;
    this.out = out;
  }

  /**
   * Carries out one command line.
   *
   * @param folder where all data is
   * @return the exit status: 0 done, 1 not possible, 2 not understood
   */
  public static int run(Path folder, List<String> words, PrintStream out, PrintStream err) {
    try {
      return new LocalCommand(folder, out).carryOut(CommandLine.parse(words), words);
    } catch (UsageException e) {
      err.println("mm local: " + e.getMessage());
      return MISUSED;
    } catch (LocalException e) {
      err.println("mm local: " + e.getMessage());
      return FAILED;
    } catch (IOException e) {
      err.println("mm local: " + e);
      return FAILED;
    }
  }

  private int carryOut(Request request, List<String> words) throws IOException {
    return switch (request) {
      case Request.Up up when up.mode() == Request.Mode.DETACH ->
          new Background(folder, out).start(words);
      case Request.Up up -> new Launcher(folder, up, out).run();
      case Request.Status _ -> answer("status");
      case Request.Act act -> answer(act.action().word(), act.name());
      case Request.Down down -> down(down.purge());
      case Request.Zookeeper question -> zookeeper(question);
      case Request.Soak soak -> new SoakCommand(folder, soak, out).run();
      case Request.Help _ -> {
        out.print(CommandLine.HELP);
        yield OK;
      }
    };
  }

  private int answer(String... words) {
    out.println(new ControlClient(running()).send(words));
    return OK;
  }

  private int zookeeper(Request.Zookeeper question) {
    quietZookeeper();
    String connect = new ControlClient(running()).send("zookeeper");
    String credentials =
        Account.ZOOKEEPER.user() + ":" + Passwords.ofSystem(folder).of(Account.ZOOKEEPER);
    out.println(
        new ZookeeperReader(connect, credentials).read(question.question(), question.path()));
    return OK;
  }

  private int down(boolean purge) throws IOException {
    Optional<LauncherFile> running = LauncherFile.ofRunning(folder);
    if (running.isPresent()) {
      end(running.get());
    }
    if (purge) {
      purge();
    }
    out.println(
        running.isPresent()
            ? "Everything has ended"
                + (purge ? "; the data is removed." : "; the data is in " + folder + ".")
            : "No local system is running" + (purge ? "; the data is removed." : "."));
    return OK;
  }

  private void end(LauncherFile running) {
    try {
      new ControlClient(running).send("down");
    } catch (LocalException e) {
      out.println(e.getMessage() + "; killing it");
      ProcessHandle.of(running.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
    if (!Await.until(DOWN_DEADLINE, () -> hasEnded(running))) {
      // All of its processes end with it.
      ProcessHandle.of(running.pid()).ifPresent(ProcessHandle::destroyForcibly);
      if (!Await.until(Duration.ofSeconds(10), () -> hasEnded(running))) {
        throw new LocalException("the launcher (process %d) does not end".formatted(running.pid()));
      }
    }
  }

  /** The lock goes first, then the process. */
  private boolean hasEnded(LauncherFile running) {
    return LauncherFile.ofRunning(folder).isEmpty()
        && !ProcessHandle.of(running.pid()).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Removes everything but the program itself. */
  private void purge() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        if (!entry.endsWith("lib")) {
          CacheFolder.delete(entry);
        }
      }
    }
  }

  private LauncherFile running() {
    return LauncherFile.ofRunning(folder)
        .orElseThrow(
            () -> new LocalException("no local system is running; start one with ./mm local"));
  }

  private void quietZookeeper() {
    Path logging = folder.resolve("quiet-logback.xml");
    LocalFiles.write(logging, "<configuration><root level=\"OFF\"/></configuration>\n");
    System.setProperty("logback.configurationFile", logging.toString());
  }
}
