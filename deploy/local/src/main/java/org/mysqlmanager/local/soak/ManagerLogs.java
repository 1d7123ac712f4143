package org.mysqlmanager.local.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mysqlmanager.local.LocalSystem;

/**
 * What is alarming in the managers' logs.
 *
 * @param errors the lines of level ERROR
 * @param stackTraces the line before each stack trace
 */
record ManagerLogs(List<String> errors, List<String> stackTraces) {
  private static final Pattern ERROR = Pattern.compile("^\\S+ +(\\[[^]]*\\] *)?ERROR .*|^ERROR .*");

  ManagerLogs {
    errors = List.copyOf(errors);
    stackTraces = List.copyOf(stackTraces);
  }

  static ManagerLogs of(LocalSystem system) {
    List<String> errors = new ArrayList<>();
    List<String> traces = new ArrayList<>();
    for (String manager : system.managers()) {
      read(manager, system.logFile(manager), errors, traces);
    }
    return new ManagerLogs(errors, traces);
  }

  private static void read(String manager, Path log, List<String> errors, List<String> traces) {
    if (!Files.exists(log)) {
      return;
    }
    String[] before = {""};
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      lines.forEach(line -> {
        if (ERROR.matcher(line).matches()) {
          errors.add(manager + ": " + line);
        }
        boolean frame = isFrame(line);
        if (frame && !isFrame(before[0])) {
          traces.add(manager + ": " + before[0]);
        }
        before[0] = line;
      });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log, e);
    }
  }

  /** Dropwizard puts a "!" before the lines of a stack trace. */
  private static boolean isFrame(String line) {
    String text = line.startsWith("!") ? line.substring(1).strip() : line.strip();
    return text.startsWith("at ") && text.contains("(");
  }
}
