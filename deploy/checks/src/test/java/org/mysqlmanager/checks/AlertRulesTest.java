package org.mysqlmanager.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.local.install.CheckingTool;
import org.mysqlmanager.local.process.Command;

class AlertRulesTest {
  private static final String FOLDER = "deploy/prometheus/";
  private static final Set<String> SEVERITIES = Set.of("critical", "warning", "info");

  @Test
  void prometheusTakesTheRulesWithoutAComplaint() {
    assertSucceeds("check", "rules", "--lint=all", "--lint-fatal", path("alerts.yml"));
  }

  @Test
  void theRulesDoAsTheirTestsSay() {
    assertSucceeds("test", "rules", path("alerts-test.yml"));
  }

  @Test
  void prometheusTakesTheShippedConfiguration() {
    assumeTrue(
        Files.exists(Project.path(FOLDER + "prometheus.yml")), "there is no prometheus.yml here");
    // Paths in it are those of the container.
    assertSucceeds("check", "config", "--syntax-only", path("prometheus.yml"));
  }

  @Test
  void everyAlertIsTestedFiringAndNotFiring() {
    JsonNode tests = Project.yaml(FOLDER + "alerts-test.yml").path("tests");
    for (String alert : alerts().stream().map(rule -> rule.path("alert").asText()).toList()) {
      boolean fires = false;
      boolean doesNot = false;
      for (JsonNode test : tests) {
        boolean isOfThis = test.path("name").asText().startsWith(alert + " ");
        for (JsonNode query : test.path("promql_expr_test")) {
          if (isOfThis && query.path("expr").asText().contains('"' + alert + '"')) {
            boolean firing = query.path("exp_samples").toString().contains("\\\"firing\\\"");
            fires |= firing;
            doesNot |= test.path("name").asText().startsWith(alert + " is not told") && !firing;
          }
        }
      }
      assertTrue(fires, alert + " is never shown firing");
      assertTrue(doesNot, alert + " has no test of what it is not told of");
    }
  }

  @Test
  void everyAlertSaysHowBadItIsWhatIsWrongAndWhereToReadOn() {
    List<String> sections =
        Project.text("docs/runbook.md").lines().filter(line -> line.startsWith("### ")).toList();
    List<String> expected = new ArrayList<>();
    for (JsonNode rule : alerts()) {
      String alert = rule.path("alert").asText();
      expected.add("### " + alert);
      assertTrue(SEVERITIES.contains(rule.at("/labels/severity").asText()), alert);
      assertFalse(rule.at("/annotations/summary").asText().isBlank(), alert);
      assertTrue(rule.at("/annotations/description").asText().length() > 60, alert);
      assertEquals(
          "docs/runbook.md#" + alert.toLowerCase(Locale.ROOT),
          rule.at("/annotations/runbook_url").asText());
    }
    assertEquals(
        expected, sections, "docs/runbook.md has a section for each alert, in their order");
  }

  @Test
  void everySectionOfTheRunbookNamesTheAlertsSeverityAndWhatToCheckAndDo() {
    String runbook = Project.text("docs/runbook.md");
    for (JsonNode rule : alerts()) {
      String alert = rule.path("alert").asText();
      String section = runbook.split("### " + alert + "\n", 2)[1].split("\n##", 2)[0];
      assertTrue(
          section.strip().startsWith("*" + rule.at("/labels/severity").asText() + ".*"), alert);
      assertTrue(section.contains("**Check.**") && section.contains("**Do.**"), alert);
    }
  }

  @Test
  void everyLinkWithinTheRunbookLeadsToASection() {
    String runbook = Project.text("docs/runbook.md");
    Set<String> sections =
        runbook
            .lines()
            .filter(line -> line.startsWith("##"))
            .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT).replace(' ', '-'))
            .collect(Collectors.toSet());
    List<String> links =
        Pattern.compile("\\]\\(#([^)]*)\\)")
            .matcher(runbook)
            .results()
            .map(link -> link.group(1))
            .toList();
    assertTrue(links.size() > 5, links.toString());
    links.forEach(link -> assertTrue(sections.contains(link), link));
  }

  /** ZooKeeper answers the others with a sentence, and nobody knows why. */
  @Test
  void theRunbookAsksZooKeeperForWhatTheShippedOnesAnswer() {
    List<String> words =
        Pattern.compile("echo ([a-z]{4}) \\| nc")
            .matcher(Project.text("docs/runbook.md"))
            .results()
            .map(word -> word.group(1))
            .toList();
    assertTrue(words.size() >= 2, words.toString());
    for (String file : List.of("deploy/compose/zoo.cfg", "deploy/kubernetes/example/zoo.cfg")) {
      Matcher answered =
          Pattern.compile("(?m)^4lw.commands.whitelist=(.*)$").matcher(Project.text(file));
      assertTrue(answered.find(), file);
      assertTrue(List.of(answered.group(1).split(",")).containsAll(words), file + ": " + words);
    }
  }

  @Test
  void noNameIsUsedTwice() {
    List<String> names = alerts().stream().map(rule -> rule.path("alert").asText()).toList();
    assertEquals(names.size(), new TreeSet<>(names).size(), names.toString());
  }

  private static List<JsonNode> alerts() {
    List<JsonNode> alerts = new ArrayList<>();
    for (JsonNode group : Project.yaml(FOLDER + "alerts.yml").path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.has("alert")) {
          alerts.add(rule);
        }
      }
    }
    assertTrue(alerts.size() > 8, "there are alerts");
    return alerts;
  }

  private static String path(String file) {
    return Project.path(FOLDER + file).toString();
  }

  private static void assertSucceeds(String... arguments) {
    Command.Result result = Project.tool(CheckingTool.Kind.PROMTOOL).run(arguments);
    assertTrue(result.succeeded(), result::output);
  }
}
