package org.mysqlmanager.model;

import org.jspecify.annotations.Nullable;

/**
 * Texts from outside (a server's message, a name somebody chose) as they are put into sentences,
 * log lines, tables and terminals: one line, bounded, and nothing in it that acts on what shows it.
 * A server's error message repeats what its users write, so they could otherwise forge log lines,
 * colour an operator's terminal, or fill a znode.
 */
public final class Printable {
  /** Longer than what MySQL and the proxies say; a reason is kept in ZooKeeper and in the log. */
  public static final int LONGEST = 1000;

  private static final int LONGEST_QUOTED = 80;
  private static final String CUT = "...";

  private Printable() {}

  /**
   * White space with a line break or tab in it becomes one blank. What else is no character of the
   * text itself (control characters, among them C1, which terminals obey too; separators of lines;
   * marks that turn the direction of writing; halves of characters) becomes a question mark. At
   * most {@value #LONGEST} characters are kept.
   */
  public static String line(@Nullable String text) {
    return text == null ? "" : cut(text, LONGEST);
  }

  /** The value between quotes, at most 80 characters of it, for a sentence about it. */
  public static String quoted(@Nullable Object value) {
    return value == null ? "(missing)" : "'" + cut(value.toString(), LONGEST_QUOTED) + "'";
  }

  private static String cut(String text, int longest) {
    // Before anything is looked at: what comes from outside may be megabytes.
    String start = text.length() > 4 * longest ? text.substring(0, 4 * longest) : text;
    String clean = clean(start.strip());
    boolean isCut =
        start.length() < text.length() || clean.codePointCount(0, clean.length()) > longest;
    return isCut
        ? clean.substring(
                0,
                clean.offsetByCodePoints(
                    0, Math.min(longest, clean.codePointCount(0, clean.length()))))
            + CUT
        : clean;
  }

  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      if (!Character.isWhitespace(character)) {
        clean.appendCodePoint(isHarmless(character) ? character : '?');
        at += Character.charCount(character);
        continue;
      }
      int end = at;
      boolean isBlanksOnly = true;
      while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
        isBlanksOnly &= text.charAt(end) == ' ';
        end++;
      }
      clean.append(isBlanksOnly ? text.substring(at, end) : " ");
      at = end;
    }
    return clean.toString();
  }

  private static boolean isHarmless(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
