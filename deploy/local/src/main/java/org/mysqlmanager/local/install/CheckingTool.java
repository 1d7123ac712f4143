package org.mysqlmanager.local.install;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.local.process.OwnSession;

/**
 * A program that checks what is shipped for others to run: the one on PATH, else Debian's package
 * unpacked into the cache.
 *
 * @param command how it is started, to be followed by its arguments
 * @param origin where it comes from, in words
 */
public record CheckingTool(List<String> command, String origin) {
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  /** The programs that are known here. */
  public enum Kind {
    /** Prometheus's own: checks its configuration and rules, and runs the rules' tests. */
    PROMTOOL("promtool", "--version"),
    /** Builds the manifests of an overlay. */
    KUSTOMIZE("kustomize", "version");

    private final String program;
    private final String versionArgument;

    Kind(String program, String versionArgument) {
      this.program = program;
      this.versionArgument = versionArgument;
    }
  }

  public CheckingTool {
    command = List.copyOf(command);
  }

  /**
   * Finds the program, or unpacks it.
   *
   * @param cache where unpacked ones are kept
   * @param progress told, a line at a time, what takes long
   * @throws LocalException when there is none and none can be had, or it does not run
   */
  public static CheckingTool locate(Kind kind, CacheFolder cache, Consumer<String> progress) {
    Optional<CheckingTool> found =
        OwnSession.onPath(kind.program)
            .map(path -> new CheckingTool(List.of(path.toString()), path.toString()));
    if (found.isPresent()) {
      return examine(kind, found.get());
    }
    // Of sid, as older releases have no kustomize, and no promtool without the whole of Prometheus.
    Path unpacked =
        cache.getOrMake(
            kind.program + "-debian-" + System.getProperty("os.arch"),
            target -> {
              progress.accept(
                  "%s: unpacking Debian's package beside the system, once (20 MB)"
                      .formatted(kind.program));
              DebianArchive.ofThisMachine()
                  .unpack(
                      "sid",
                      List.of(kind.program),
                      target,
                      line -> progress.accept(kind.program + ": " + line));
              examine(kind, debian(kind, target)); // only what runs gets its place in the cache
            });
    return debian(kind, unpacked);
  }

  private static CheckingTool debian(Kind kind, Path unpacked) {
    return new CheckingTool(
        DebianArchive.command(unpacked, "usr/bin/" + kind.program), "Debian's package");
  }

  private static CheckingTool examine(Kind kind, CheckingTool tool) {
    Command.Result version = tool.run(kind.versionArgument);
    if (!version.succeeded()) {
      throw new LocalException(
          "%s (%s) does not run:\n%s".formatted(kind.program, tool.origin, version.tail()));
    }
    return tool;
  }

  /** Runs it, for at most three minutes. */
  public Command.Result run(String... arguments) {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(arguments));
    return Command.run(DEADLINE, line.toArray(String[]::new));
  }
}
