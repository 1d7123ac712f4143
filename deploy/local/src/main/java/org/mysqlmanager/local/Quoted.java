package org.mysqlmanager.local;

/**
 * Texts, such as passwords, as they stand between quotes in the files of a local system. None of
 * them may have a control character: no file has a line break in a value.
 */
public final class Quoted {
  private Quoted() {}

  /** Between single quotes in MySQL's SQL, in the server's own SQL mode. */
  static String inSql(String text) {
    return text.replace("\\", "\\\\").replace("'", "''");
  }

  /** Between double quotes in ProxySQL's configuration. */
  static String inProxysql(String text) {
    if (text.indexOf('"') >= 0) {
      // It reads an escaped one, and then trips over it when it stores the value.
      throw new IllegalArgumentException("ProxySQL's configuration cannot hold a double quote");
    }
    return text.replace("\\", "\\\\");
  }

  /** Between double quotes in an option file of MySQL's clients. */
  public static String inOptionFile(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** In a value of the managers' configuration, where variables are replaced. */
  static String inConfiguration(String text) {
    return text.replace("${", "$${");
  }

  /** As the value of a Java property. */
  static String asProperty(String text) {
    String escaped = text.replace("\\", "\\\\");
    return escaped.startsWith(" ") ? "\\" + escaped : escaped;
  }

  /** Between double quotes in YAML. */
  static String inYaml(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(character -> {
          if (character == '"' || character == '\\') {
            escaped.append('\\').appendCodePoint(character);
          } else if (isUnprintable(character)) {
            escaped.append("\\U%08x".formatted(character));
          } else {
            escaped.appendCodePoint(character);
          }
        });
    return escaped.toString();
  }

  private static boolean isUnprintable(int character) {
    return Character.isISOControl(character)
        || Character.getType(character) == Character.LINE_SEPARATOR
        || Character.getType(character) == Character.PARAGRAPH_SEPARATOR
        || Character.getType(character) == Character.FORMAT;
  }
}
