package org.mysqlmanager.containers;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;

/** Docker's command line, for what users do with it, at the engine that the tests talk to. */
final class DockerCommand {
  private static final int MOST_LINES = 500;

  private DockerCommand() {}

  /**
   * @param status what it ended with; 0 is success
   * @param lines the last ones of what it printed to both streams
   */
  record Result(int status, List<String> lines) {}

  /**
   * Runs {@code docker ...}; ends it at the deadline. Skips or fails the test where there is no
   * such command.
   */
  static Result run(Duration deadline, List<String> arguments) {
    List<String> words = new ArrayList<>(List.of("docker"));
    words.addAll(arguments);
    ProcessBuilder command = new ProcessBuilder(words).redirectErrorStream(true);
    command
        .environment()
        .put(
            "DOCKER_HOST",
            DockerClientFactory.instance().getTransportConfig().getDockerHost().toString());
    Process process;
    try {
      process = command.start();
    } catch (IOException e) {
      throw Engine.unavailable("there is no docker command here", e);
    }
    Thread guard = Thread.ofVirtual().start(() -> endAfter(deadline, process));
    try (BufferedReader output = process.inputReader()) {
      Deque<String> last = new ArrayDeque<>();
      String line;
      while ((line = output.readLine()) != null) {
        last.add(line);
        if (last.size() > MOST_LINES) {
          last.removeFirst();
        }
      }
      return new Result(process.waitFor(), List.copyOf(last));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
      guard.interrupt();
    }
  }

  private static void endAfter(Duration deadline, Process process) {
    try {
      if (!process.waitFor(deadline.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      // It has ended.
    }
  }
}
