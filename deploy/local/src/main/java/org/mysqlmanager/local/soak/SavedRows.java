package org.mysqlmanager.local.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.local.process.LocalException;

/**
 * The rows in the binary logs that managers have saved from old sources, as MySQL's own {@code
 * mysqlbinlog} reads them.
 *
 * @param mysqlbinlog how it is started
 * @param folder for what it writes
 */
record SavedRows(List<String> mysqlbinlog, Path folder) {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final Pattern TABLE =
      Pattern.compile("### (INSERT INTO|UPDATE|DELETE FROM) (\\S+)");
  private static final Pattern VALUE = Pattern.compile("###\\s+@([12])=(\\d+).*");

  SavedRows {
    mysqlbinlog = List.copyOf(mysqlbinlog);
  }

  /** A row and the file that it was found in. */
  record Saved(long id, int port, Path file) {}

  /**
   * All rows of the table that are in a file that counts: one with its label beside it.
   *
   * @throws LocalException when a file cannot be read
   */
  Map<Long, Saved> rows(List<Path> directories) {
    Map<Long, Saved> rows = new TreeMap<>();
    for (Path directory : directories) {
      for (Path file : files(directory)) {
        read(file, rows);
      }
    }
    return rows;
  }

  static List<Path> files(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(file -> file.toString().endsWith(".binlog"))
          .filter(file -> Files.exists(file.resolveSibling(file.getFileName() + ".json")))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + directory, e);
    }
  }

  private void read(Path file, Map<Long, Saved> rows) {
    Path text = folder.resolve("decoded-" + file.getFileName() + ".sql");
    List<String> command = new ArrayList<>(mysqlbinlog);
    command.addAll(
        List.of(
            "--no-defaults",
            "--verify-binlog-checksum",
            "--verbose",
            "--base64-output=DECODE-ROWS",
            "--result-file=" + text,
            file.toString()));
    Command.Result result = Command.run(DEADLINE, folder, Map.of(), command);
    if (!result.succeeded()) {
      throw new LocalException("mysqlbinlog does not read %s:\n%s".formatted(file, result.tail()));
    }
    try (Stream<String> lines = Files.lines(text, StandardCharsets.ISO_8859_1)) {
      parse(lines, file, rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void parse(Stream<String> lines, Path file, Map<Long, Saved> rows) {
    boolean[] ours = {false};
    long[] id = {0};
    lines.forEach(line -> {
      Matcher table = TABLE.matcher(line);
      if (table.matches()) {
        ours[0] = table.group(1).startsWith("INSERT") && table.group(2).equals("`app`.`soak`");
        return;
      }
      Matcher value = VALUE.matcher(line);
      if (ours[0] && value.matches()) {
        long number = Long.parseLong(value.group(2));
        if (value.group(1).equals("1")) {
          id[0] = number;
        } else {
          rows.put(id[0], new Saved(id[0], (int) number, file));
        }
      }
    });
  }
}
