package org.mysqlmanager.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an expression asks for. No parser: promtool says whether an expression is one; this finds
 * the metrics and labels in those that are.
 */
final class PromQl {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern MATCHER =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
  private static final Set<String> WORDS =
      Set.of(
          "and",
          "or",
          "unless",
          "by",
          "without",
          "on",
          "ignoring",
          "group_left",
          "group_right",
          "offset",
          "bool",
          "inf",
          "nan");

  private PromQl() {}

  /**
   * A metric that is asked for.
   *
   * @param matchers what its labels are compared with
   */
  record Selector(String metric, List<LabelMatcher> matchers) {}

  /** {@code label="value"}, or with another operator. */
  record LabelMatcher(String label, String value) {}

  static List<Selector> selectors(String expression) {
    String rest = GROUPING.matcher(expression).replaceAll(" ");
    List<Selector> selectors = new ArrayList<>();
    Matcher name = NAME.matcher(rest);
    int from = 0;
    while (name.find(from)) {
      from = name.end();
      String found = name.group();
      boolean isPartOfNumber = name.start() > 0 && Character.isDigit(rest.charAt(name.start() - 1));
      String after = rest.substring(name.end()).stripLeading();
      if (rest.charAt(name.start() == 0 ? 0 : name.start() - 1) == '$') {
        continue; // a variable of the dashboard
      }
      List<LabelMatcher> matchers = new ArrayList<>();
      if (after.startsWith("{")) {
        int open = rest.indexOf('{', name.end());
        int close = rest.indexOf('}', open);
        MATCHER
            .matcher(rest.substring(open, close))
            .results()
            .forEach(hit -> matchers.add(new LabelMatcher(hit.group(1), hit.group(3))));
        from = close;
      }
      if (!isPartOfNumber && !after.startsWith("(") && !WORDS.contains(found)) {
        selectors.add(new Selector(found, matchers));
      }
    }
    return selectors;
  }

  /** The labels in {@code by (...)}, {@code on (...)} and their like. */
  static List<String> groupingLabels(String expression) {
    return GROUPING
        .matcher(expression)
        .results()
        .flatMap(found -> List.of(found.group(1).split(",")).stream())
        .map(String::strip)
        .filter(label -> !label.isEmpty())
        .toList();
  }
}
