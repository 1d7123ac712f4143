package org.mysqlmanager.local;

import java.util.List;
import java.util.Map;

/**
 * Writes maps, lists, texts, numbers and booleans as YAML that is good to read. Texts are always
 * quoted.
 */
final class Yaml {
  private Yaml() {}

  static String write(Map<String, ?> tree) {
    StringBuilder text = new StringBuilder();
    writeMap(text, tree, "", "");
    return text.toString();
  }

  /**
   * The first line gets {@code first} before it, which ends the dash of a list; the others get
   * {@code indent}.
   */
  private static void writeMap(StringBuilder text, Map<?, ?> map, String first, String indent) {
    String lead = first;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(lead).append(entry.getKey()).append(':');
      writeValue(text, entry.getValue(), indent);
      lead = indent;
    }
  }

  private static void writeValue(StringBuilder text, Object value, String indent) {
    switch (value) {
      case Map<?, ?> map when map.isEmpty() -> text.append(" {}\n");
      case List<?> list when list.isEmpty() -> text.append(" []\n");
      case Map<?, ?> map -> {
        text.append('\n');
        writeMap(text, map, indent + "  ", indent + "  ");
      }
      case List<?> list -> {
        text.append('\n');
        for (Object item : list) {
          if (item instanceof Map<?, ?> map && !map.isEmpty()) {
            writeMap(text, map, indent + "  - ", indent + "    ");
          } else {
            text.append(indent).append("  -");
            writeValue(text, item, indent + "  ");
          }
        }
      }
      case Number number -> text.append(' ').append(number).append('\n');
      case Boolean bool -> text.append(' ').append(bool).append('\n');
      case Object other ->
          text.append(" \"").append(Quoted.inYaml(other.toString())).append("\"\n");
    }
  }
}
