package org.mysqlmanager.local.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.local.process.OwnSession;

/**
 * Starts a launcher that goes on without this terminal, and shows what it says until the system is
 * up.
 */
record Background(Path folder, PrintStream out) {
  /** Long enough to download MySQL over a slow line. */
  private static final Duration DEADLINE = Duration.ofMinutes(30);

  /**
   * Starts it.
   *
   * @param arguments the words of the command line
   * @return the exit status: 1 when it did not come up
   */
  int start(List<String> arguments) throws IOException {
    LauncherFile.ofRunning(folder)
        .ifPresent(running -> {
          throw new LocalException(
              "A local system is running already (process %d). Look at it with ./mm local status, or end it with ./mm local down."
                  .formatted(running.pid()));
        });
    Path log = folder.resolve("launcher.log");
    Files.createDirectories(folder);
    Files.writeString(log, "");
    Process launcher =
        new ProcessBuilder(command(arguments))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    int[] shown = {0};
    boolean settled =
        Await.until(
            DEADLINE,
            () -> {
              shown[0] = show(log, shown[0]);
              return !launcher.isAlive() || isReady();
            });
    show(log, shown[0]);
    if (!launcher.isAlive()) {
      return 1;
    }
    if (!settled) {
      throw new LocalException(
          "it is not up after %d minutes; see %s".formatted(DEADLINE.toMinutes(), log));
    }
    out.println(
        "It goes on in the background. Look at it with ./mm local status; end it with ./mm local down.");
    return 0;
  }

  private static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>(OwnSession.prefix());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xms16m",
            "-Xmx96m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "org.mysqlmanager.local.Main"));
    command.addAll(
        arguments.stream().map(word -> word.equals("--detach") ? "--background" : word).toList());
    return command;
  }

  private boolean isReady() {
    Optional<LauncherFile> running = LauncherFile.ofRunning(folder);
    return running.isPresent() && running.get().state() == LauncherFile.State.READY;
  }

  /** Prints what is new in the log since {@code from}, whole lines only. */
  private int show(Path log, int from) {
    try {
      byte[] text = Files.readAllBytes(log);
      int end = text.length;
      while (end > from && text[end - 1] != '\n') {
        end--;
      }
      out.print(new String(text, from, end - from, StandardCharsets.UTF_8));
      out.flush();
      return end;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
