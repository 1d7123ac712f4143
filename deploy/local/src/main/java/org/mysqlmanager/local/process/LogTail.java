package org.mysqlmanager.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/** The end of a log, as it is put under a message. */
public final class LogTail {
  private static final int LINES = 15;

  private LogTail() {}

  private static final String START = "--- started ";

  /** Marks in a log, to which all runs of a program are appended, where a new run begins. */
  public static void markStart(Path log, Instant now) {
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      Files.writeString(
          log, START + now + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + log, e);
    }
  }

  /** The last lines of the program's last run, indented; a word about it when there is none. */
  public static String of(Path log) {
    try {
      String text = Files.readString(log, StandardCharsets.ISO_8859_1);
      int start = text.lastIndexOf(START);
      return of(start < 0 ? text : text.substring(text.indexOf('\n', start) + 1));
    } catch (IOException _) {
      return "    (no log)";
    }
  }

  /** The last lines of a text, indented. */
  public static String of(String text) {
    List<String> lines = text.lines().toList();
    return String.join(
        "\n",
        lines.subList(Math.max(0, lines.size() - LINES), lines.size()).stream()
            .map(line -> "    " + line)
            .toList());
  }
}
