package org.mysqlmanager.checks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.ServerStatus;

/** A metric that does not exist makes no error: an alert on it is silent, a panel is empty. */
class MetricNamesTest {
  private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS");
  private static final Set<String> LABELS_OF_THE_SCRAPE =
      Set.of("job", "instance", "namespace", "le", "alertname", "alertstate", "severity");
  private static final Map<String, Set<String>> VALUES =
      Map.of(
          "phase", names(List.of(Phase.values())),
          "role", names(List.of(Role.values())),
          "status", names(List.of(ServerStatus.values())),
          "route", Set.of("writes", "reads"));

  private final Map<String, Set<String>> metrics = Exposition.metrics();

  @Test
  void theAlertsAskForMetricsThatManagersGive() {
    List<String> expressions = rules("expr");
    assertTrue(expressions.size() > 10);
    check(expressions);
  }

  @Test
  void theDashboardAsksForMetricsThatManagersGive() {
    List<String> expressions = Dashboard.shipped().expressions();
    assertTrue(expressions.size() > 10);
    check(expressions);
  }

  @Test
  void everyMetricOfOurOwnIsOnTheDashboardOrAlertedOn() {
    String used =
        Project.text("deploy/prometheus/alerts.yml")
            + String.join(" ", Dashboard.shipped().expressions());
    for (String metric : metrics.keySet()) {
      if (!metric.endsWith("_sum")) {
        assertTrue(used.contains(metric.replaceAll("_(bucket|count)$", "")), metric);
      }
    }
  }

  /** What the rules have under that key. */
  private static List<String> rules(String key) {
    List<String> values = new ArrayList<>();
    for (JsonNode group : Project.yaml("deploy/prometheus/alerts.yml").path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.has(key)) {
          values.add(rule.path(key).asText());
        }
      }
    }
    return values;
  }

  private void check(List<String> expressions) {
    Set<String> recorded = Set.copyOf(rules("record"));
    Set<String> labels =
        Stream.concat(metrics.values().stream().flatMap(Set::stream), LABELS_OF_THE_SCRAPE.stream())
            .collect(Collectors.toSet());
    for (String expression : expressions) {
      for (PromQl.Selector selector : PromQl.selectors(expression)) {
        String metric = selector.metric();
        boolean known = metrics.containsKey(metric);
        assertTrue(
            known || recorded.contains(metric) || OF_PROMETHEUS.contains(metric),
            () -> "no manager gives \"%s\", used in %s".formatted(metric, expression));
        for (PromQl.LabelMatcher matcher : selector.matchers()) {
          String label = matcher.label();
          assertTrue(
              LABELS_OF_THE_SCRAPE.contains(label)
                  || (known ? metrics.get(metric) : labels).contains(label),
              () -> "%s has no label \"%s\", used in %s".formatted(metric, label, expression));
          if (VALUES.containsKey(label) && !matcher.value().startsWith("$")) {
            for (String value : matcher.value().split("\\|")) {
              assertTrue(
                  VALUES.get(label).contains(value),
                  () -> "%s is never \"%s\", used in %s".formatted(label, value, expression));
            }
          }
        }
      }
      for (String label : PromQl.groupingLabels(expression)) {
        assertTrue(labels.contains(label), () -> label + " is no label, used in " + expression);
      }
    }
  }

  private static Set<String> names(List<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.toUnmodifiableSet());
  }
}
