package org.mysqlmanager.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.local.install.CheckingTool;
import org.mysqlmanager.local.process.Command;

class DashboardTest {
  private static final int COLUMNS = 24;

  /** The oldest layout that Grafana 12 does not convert. */
  private static final int OLDEST_SCHEMA = 41;

  private final Dashboard dashboard = Dashboard.shipped();

  @Test
  void hasTheLayoutOfPresentGrafanas() {
    assertTrue(dashboard.json().path("schemaVersion").asInt() >= OLDEST_SCHEMA);
    assertFalse(dashboard.json().has("id"), "an id is the number in one Grafana's database");
    assertEquals("mysql-manager", dashboard.json().path("uid").asText());
  }

  @Test
  void everyPanelHasItsOwnNumberAndTitle() {
    Set<Integer> numbers = new HashSet<>();
    Set<String> titles = new HashSet<>();
    for (JsonNode panel : dashboard.panels()) {
      assertTrue(numbers.add(panel.path("id").asInt()), panel.path("title").asText());
      assertTrue(titles.add(panel.path("title").asText()), panel.path("title").asText());
    }
    assertTrue(numbers.size() > 20);
  }

  @Test
  void noPanelLiesOnAnotherOrBeyondTheEdge() {
    Set<List<Integer>> cells = new HashSet<>();
    for (JsonNode panel : dashboard.panels()) {
      JsonNode place = panel.path("gridPos");
      int left = place.path("x").asInt();
      int right = left + place.path("w").asInt();
      String title = panel.path("title").asText();
      assertTrue(left >= 0 && right <= COLUMNS && right > left, title);
      assertTrue(place.path("h").asInt() > 0, title);
      for (int x = left; x < right; x++) {
        for (int y = 0; y < place.path("h").asInt(); y++) {
          assertTrue(cells.add(List.of(x, place.path("y").asInt() + y)), title);
        }
      }
    }
  }

  @Test
  void theDataSourceIsAVariableEverywhere() {
    List<String> variables =
        StreamSupport.stream(dashboard.json().at("/templating/list").spliterator(), false)
            .map(variable -> variable.path("name").asText())
            .toList();
    assertEquals(List.of("datasource", "namespace", "job", "cluster"), variables);
    for (JsonNode panel : dashboard.panels()) {
      if (!panel.path("type").asText().equals("row")) {
        String title = panel.path("title").asText();
        assertEquals("${datasource}", panel.at("/datasource/uid").asText(), title);
        assertFalse(panel.path("targets").isEmpty(), title);
        Set<String> references = new HashSet<>();
        for (JsonNode target : panel.path("targets")) {
          assertEquals("${datasource}", target.at("/datasource/uid").asText(), title);
          assertTrue(references.add(target.path("refId").asText()), title);
        }
      }
    }
  }

  @Test
  void everyExpressionIsAboutOneSystem() {
    int selectors = 0;
    for (String expression : dashboard.expressions()) {
      for (PromQl.Selector selector : PromQl.selectors(expression)) {
        assertTrue(
            selector
                .matchers()
                .containsAll(
                    List.of(
                        new PromQl.LabelMatcher("namespace", "$namespace"),
                        new PromQl.LabelMatcher("job", "$job"))),
            expression);
        selectors++;
      }
    }
    assertTrue(selectors > 20);
  }

  /** A manager that has lost ZooKeeper still tells what it knew last: the rules leave it out. */
  @Test
  void whatTheRulesRecordIsNotPutTogetherAnew() {
    Set<String> recorded = new HashSet<>();
    for (JsonNode group : Project.yaml("deploy/prometheus/alerts.yml").path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.path("record").asText().startsWith("cluster")) {
          recorded.add(PromQl.selectors(rule.path("expr").asText()).getFirst().metric());
        }
      }
    }
    assertTrue(recorded.contains("mysql_manager_server_role"), recorded.toString());
    for (String expression : dashboard.expressions()) {
      for (PromQl.Selector selector : PromQl.selectors(expression)) {
        assertFalse(recorded.contains(selector.metric()), expression);
      }
    }
  }

  @Test
  void theDataSourceKnowsHowOftenPrometheusScrapes() {
    assertEquals(
        Project.yaml("deploy/prometheus/prometheus.yml").at("/global/scrape_interval").asText(),
        Project.yaml("deploy/grafana/provisioning/datasources/prometheus.yml")
            .at("/datasources/0/jsonData/timeInterval")
            .asText());
  }

  @Test
  void everythingAnOperatorAsksForHasARow() {
    List<String> rows =
        dashboard.panels().stream()
            .filter(panel -> panel.path("type").asText().equals("row"))
            .map(panel -> panel.path("title").asText())
            .toList();
    assertEquals(
        List.of(
            "Leadership",
            "Clusters",
            "Failovers",
            "Failure counts",
            "Replication",
            "Proxies",
            "Rounds",
            "ZooKeeper, configuration, warnings",
            "Processes"),
        rows);
  }

  /** As rules of one file, so that promtool reads them all at once. */
  @Test
  void everyExpressionIsOne() throws Exception {
    List<String> lines = new ArrayList<>(List.of("groups:", "  - name: dashboard", "    rules:"));
    int number = 0;
    for (String expression : dashboard.expressions()) {
      lines.add("      - record: panel:" + number++);
      lines.add("        expr: '" + withoutVariables(expression).replace("'", "''") + "'");
    }
    Path rules = Files.createTempFile("dashboard-", ".yml");
    try {
      Files.write(rules, lines);
      Command.Result result =
          Project.tool(CheckingTool.Kind.PROMTOOL)
              .run("check", "rules", "--lint=none", rules.toString());
      assertTrue(result.succeeded(), result::output);
      assertTrue(result.output().contains(number + " rules found"), result::output);
    } finally {
      Files.delete(rules);
    }
  }

  private static String withoutVariables(String expression) {
    return expression.replace("$__rate_interval", "1m").replaceAll("\\$[a-z]+", "x");
  }
}
