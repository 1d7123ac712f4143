package org.mysqlmanager.local.soak;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.mysqlmanager.local.LocalFiles;

/**
 * What a soak has found.
 *
 * @param values by name, in the order in which they are shown: texts, numbers, lists and maps
 * @param violations what must never be
 * @param folder where all logs are
 */
public record SoakReport(Map<String, Object> values, List<String> violations, Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHOWN = 8;

  public SoakReport {
    values = new LinkedHashMap<>(values);
    violations = List.copyOf(violations);
  }

  public boolean isClean() {
    return violations.isEmpty();
  }

  /** Writes {@code report.json} and {@code report.txt}. */
  void write() {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.put("violations", violations);
    all.put("folder", folder.toString());
    try {
      LocalFiles.write(
          folder.resolve("report.json"),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is made of plain values", e);
    }
    LocalFiles.write(folder.resolve("report.txt"), text());
  }

  /** For the terminal. */
  public String text() {
    StringBuilder text = new StringBuilder();
    values.forEach((name, value) ->
        text.append("%-44s %s%n".formatted(name.replace('_', ' '), inOneLine(value))));
    if (violations.isEmpty()) {
      text.append("No violation.\n");
    } else {
      text.append("VIOLATIONS\n");
      violations.forEach(violation -> text.append("  - ").append(violation).append('\n'));
      text.append(
              "Look at timeline.log (what was done and seen, with times), then at the managers' logs,\n")
          .append("system/manager-*/manager.log, around the times that it names.\n");
    }
    return text.append("All logs: ").append(folder).append('\n').toString();
  }

  private static String inOneLine(Object value) {
    return switch (value) {
      case Map<?, ?> map when map.isEmpty() -> "none";
      case List<?> list when list.isEmpty() -> "none";
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> entry.getKey() + ": " + entry.getValue())
              .collect(Collectors.joining("\n    ", "\n    ", ""));
      case List<?> list ->
          list.size()
              + list.stream()
                  .limit(SHOWN)
                  .map(String::valueOf)
                  .collect(
                      Collectors.joining("\n    ", "\n    ", list.size() > SHOWN ? "\n    …" : ""));
      default -> String.valueOf(value);
    };
  }
}
