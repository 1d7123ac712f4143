package org.mysqlmanager.local.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Runs a command to its end. It too dies with this JVM. */
public final class Command {
  private Command() {}

  /** What came of a command: its exit status, and standard output and error together. */
  public record Result(int status, String output) {
    public boolean succeeded() {
      return status == 0;
    }

    /** The last lines of the output, for a message. */
    public String tail() {
      return LogTail.of(output);
    }
  }

  /**
   * Runs {@code command} in {@code directory}.
   *
   * @throws LocalException when it cannot be started or does not end within {@code deadline}
   */
  public static Result run(
      Duration deadline, Path directory, Map<String, String> environment, List<String> command) {
    try {
      Path output = Files.createTempFile("mm-", ".out");
      try (SupervisedProcess process =
          SupervisedProcess.start(
              new SupervisedProcess.Launch(
                  command.getFirst(), command, environment, directory, output, false))) {
        if (!process.awaitEnd(deadline)) {
          throw new LocalException(
              "%s did not end within %d s"
                  .formatted(String.join(" ", command), deadline.toSeconds()));
        }
        return new Result(
            process.exitStatus().orElse(-1), Files.readString(output, StandardCharsets.ISO_8859_1));
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new LocalException("cannot run " + command.getFirst() + ": " + e.getMessage(), e);
    }
  }

  /** {@link #run(Duration, Path, Map, List)} where neither folder nor environment matters. */
  public static Result run(Duration deadline, String... command) {
    return run(deadline, Path.of("/"), Map.of(), List.of(command));
  }
}
