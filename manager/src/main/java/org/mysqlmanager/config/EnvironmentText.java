package org.mysqlmanager.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces {@code ${NAME}} and {@code ${NAME:-default}} in the values of the configuration.
 *
 * <p>It works on each value after YAML has been parsed, not on the file's text: so a password from
 * the environment may hold quotes, {@code #} or {@code :}, and nothing is replaced in comments. As
 * in a shell, the default stands in for a variable that is empty, too, and {@code $${NAME}} stays
 * {@code ${NAME}}.
 */
final class EnvironmentText {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$(\\$?)\\{(?:([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?})?");

  /** From here on, references are hidden from YAML; the characters are for private use. */
  private static final char OPEN = '\uE000';

  private static final char CLOSE = '\uE001';
  private static final Pattern VISIBLE = Pattern.compile("\\$\\$?\\{[^}\\n]*}");
  private static final Pattern HIDDEN = Pattern.compile(OPEN + "([0-9]{1,6})" + CLOSE);

  private EnvironmentText() {}

  /**
   * A file's text in which no reference is left that YAML would take for a block in braces.
   *
   * @param references the references, as they stood there
   */
  record Hidden(String text, List<String> references) {
    Hidden {
      references = List.copyOf(references);
    }

    /** The references back in their places. */
    String restore(String value) {
      return HIDDEN
          .matcher(value)
          .replaceAll(match -> {
            int index = Integer.parseInt(match.group(1));
            return Matcher.quoteReplacement(
                index < references.size() ? references.get(index) : match.group());
          });
    }
  }

  static Hidden hide(String text) {
    List<String> references = new ArrayList<>();
    String hidden =
        VISIBLE
            .matcher(text)
            .replaceAll(match -> {
              references.add(match.group());
              return OPEN + Integer.toString(references.size() - 1) + CLOSE;
            });
    return new Hidden(hidden, references);
  }

  /**
   * The text with its references replaced.
   *
   * @throws IllegalArgumentException if a variable without a default is not set, or a reference is
   *     malformed
   */
  static String resolve(String text, UnaryOperator<@Nullable String> environment) {
    if (text.indexOf("${") < 0) {
      return text;
    }
    Matcher matcher = REFERENCE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      matcher.appendReplacement(result, Matcher.quoteReplacement(value(matcher, environment)));
    }
    return matcher.appendTail(result).toString();
  }

  /** The names of the variables that a text refers to, in its order. */
  static List<String> variables(String text) {
    return REFERENCE
        .matcher(text)
        .results()
        .filter(match -> match.group(1).isEmpty() && match.group(2) != null)
        .map(match -> match.group(2))
        .distinct()
        .toList();
  }

  private static String value(Matcher matcher, UnaryOperator<@Nullable String> environment) {
    String whole = matcher.group();
    if (!matcher.group(1).isEmpty()) {
      return whole.substring(1);
    }
    String name = matcher.group(2);
    if (name == null) {
      throw new IllegalArgumentException(
          "'${' does not begin a variable: write ${NAME} or ${NAME:-default}, or $${ for the characters themselves");
    }
    String value = environment.apply(name);
    String otherwise = matcher.group(3) == null ? null : matcher.group(4);
    if (otherwise != null && (value == null || value.isEmpty())) {
      return otherwise;
    }
    if (value == null) {
      throw new IllegalArgumentException(
          "the environment variable %s is not set: set it, or write a value in its place"
              .formatted(name));
    }
    return value;
  }
}
