package org.mysqlmanager.local;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.local.process.LogTail;
import org.mysqlmanager.local.process.Ports;
import org.mysqlmanager.local.process.SupervisedProcess;

/** One program of the system with its process, if it runs. */
final class Component {
  private final Program program;
  private final Ports ports;
  private @Nullable SupervisedProcess process;
  private boolean closed;

  Component(Program program, Ports ports) {
    this.program = program;
    this.ports = ports;
  }

  Program program() {
    return program;
  }

  /** Starts the process without waiting until it answers. */
  synchronized void launch() {
    if (closed) {
      throw new LocalException("the system is being taken down");
    }
    if (running().isPresent()) {
      throw new LocalException(program.name() + " is already running");
    }
    program.prepare();
    for (int port : program.ports().allListening()) {
      ports.release(port);
      if (Ports.isTaken(port)) {
        throw new LocalException(
            "%s cannot start: another program listens on its port %d"
                .formatted(program.name(), port));
      }
    }
    LogTail.markStart(program.log(), Instant.now());
    process =
        SupervisedProcess.start(
            new SupervisedProcess.Launch(
                program.name(),
                program.command(),
                program.environment(),
                program.folder(),
                program.log(),
                program.restartsOnRequest()));
  }

  /**
   * Waits until the started program answers.
   *
   * @throws LocalException when it ends, or does not answer in time; with the end of its log
   */
  void awaitReady() {
    boolean ready = Await.until(program.startDeadline(), () -> !isAlive() || program.isReady());
    if (!isAlive()) {
      throw new LocalException(
          "%s ended while it started. The end of %s:\n%s"
              .formatted(program.name(), program.log(), LogTail.of(program.log())));
    }
    if (!ready) {
      throw new LocalException(
          "%s did not answer within %d s. The end of %s:\n%s"
              .formatted(
                  program.name(),
                  program.startDeadline().toSeconds(),
                  program.log(),
                  LogTail.of(program.log())));
    }
  }

  synchronized boolean isAlive() {
    return running().isPresent();
  }

  synchronized boolean isPaused() {
    return running().filter(SupervisedProcess::isPaused).isPresent();
  }

  /**
   * The process id of the program itself, not of its supervisor.
   *
   * @throws LocalException when it does not run
   */
  long pid() {
    return required().child().orElseThrow(this::notRunning).pid();
  }

  /** The same, empty when it does not run. */
  synchronized Optional<Long> runningPid() {
    return running().flatMap(SupervisedProcess::child).map(ProcessHandle::pid);
  }

  void kill() {
    required().kill();
  }

  void stop() {
    required().terminate(program.stopDeadline());
  }

  void pause() {
    required().pause();
  }

  void resume() {
    required().resume();
  }

  /** Ends it in an orderly way if it runs, and for good: it cannot be started again. */
  void shutDown() {
    Optional<SupervisedProcess> last;
    synchronized (this) {
      closed = true;
      last = running();
    }
    last.ifPresent(running -> running.terminate(program.stopDeadline()));
  }

  /** Kills whatever is left, for good. */
  void close() {
    SupervisedProcess last;
    synchronized (this) {
      closed = true;
      last = process;
    }
    if (last != null) {
      last.close();
    }
  }

  private synchronized SupervisedProcess required() {
    return running().orElseThrow(this::notRunning);
  }

  private synchronized Optional<SupervisedProcess> running() {
    return Optional.ofNullable(process).filter(SupervisedProcess::isAlive);
  }

  private LocalException notRunning() {
    return new LocalException(program.name() + " is not running");
  }
}
