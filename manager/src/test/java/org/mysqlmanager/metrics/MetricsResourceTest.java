package org.mysqlmanager.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.LastFailover;
import org.mysqlmanager.reconcile.ClusterStatus;
import org.mysqlmanager.testing.Clusters;
import org.mysqlmanager.testing.TestingManager;

class MetricsResourceTest {
  private static final String OPEN_METRICS = "application/openmetrics-text;version=1.0.0";

  private final TestingManager manager = new TestingManager();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final StepMetrics steps = new StepMetrics(registry);
  private final MetricsResource resource = new MetricsResource(manager, registry);

  @BeforeEach
  void aRunningCluster() {
    registry.register(new ManagerMetrics(manager, Clock.fixed(Clusters.NOW, ZoneOffset.UTC)));
    registry.register(new ProcessMetrics());
    manager.clusters = List.of(Clusters.running("main"), Clusters.failingOver("second"));
  }

  @Test
  void theCountersHaveExactlyTheNamesThatAreAContract() throws Exception {
    List<String> lines = scrape(null);
    assertLine(lines, "# TYPE total_cluster_connection_failure counter");
    assertLine(lines, "total_cluster_connection_failure{cluster=\"main\"} 4");
    assertLine(lines, "# TYPE total_successful_failover counter");
    assertLine(lines, "total_successful_failover{cluster=\"main\"} 2");
    assertLine(lines, "total_successful_failover{cluster=\"second\"} 2");
    assertLine(lines, "mysql_manager_replication_restarts{cluster=\"main\"} 1");
  }

  @Test
  void openMetricsIsAnsweredWhereItIsAskedForWithTheSameNames() throws Exception {
    List<String> lines = scrape(OPEN_METRICS);
    assertLine(lines, "total_cluster_connection_failure{cluster=\"main\"} 4");
    assertLine(lines, "# TYPE total_cluster_connection_failure unknown");
    assertEquals("# EOF", lines.getLast());
    assertEquals(1, lines.stream().filter(line -> line.equals("# EOF")).count());
    try (Response response = resource.scrape(OPEN_METRICS)) {
      assertTrue(response.getMediaType().toString().startsWith("application/openmetrics-text"));
    }
    try (Response response = resource.scrape("text/plain")) {
      assertTrue(response.getMediaType().toString().startsWith("text/plain"));
    }
  }

  @Test
  void everyServersRoleIsThere() throws Exception {
    List<String> lines = scrape(null);
    assertLine(
        lines, "mysql_manager_server_role{cluster=\"main\",role=\"source\",server=\"s1\"} 1.0");
    assertLine(
        lines, "mysql_manager_server_role{cluster=\"main\",role=\"replica\",server=\"s2\"} 1.0");
    assertLine(lines, "mysql_manager_server_up{cluster=\"main\",server=\"s1\"} 1.0");
    assertLine(lines, "mysql_manager_server_up{cluster=\"second\",server=\"s1\"} 0.0");
    assertLine(lines, "mysql_manager_replication_lag_seconds{cluster=\"main\",server=\"s2\"} 1.5");
    assertLine(lines, "mysql_manager_clone_progress_ratio{cluster=\"second\",server=\"s2\"} 0.37");
    assertLine(lines, "mysql_manager_proxy_up{cluster=\"main\",proxy=\"proxy\"} 1.0");
    assertLine(lines, "mysql_manager_proxy_up{cluster=\"second\",proxy=\"proxy\"} 0.0");
    assertLine(
        lines, "mysql_manager_server_status{cluster=\"main\",server=\"s1\",status=\"up\"} 1.0");
    assertLine(
        lines, "mysql_manager_server_status{cluster=\"second\",server=\"s1\",status=\"down\"} 1.0");
    assertLine(lines, "mysql_manager_replication_running{cluster=\"main\",server=\"s2\"} 1.0");
  }

  @Test
  void itIsToldWhereEachProxySendsClientsThatAnswers() throws Exception {
    List<String> routes =
        scrape(null).stream()
            .filter(line -> line.startsWith("mysql_manager_proxy_route{"))
            .toList();
    String main = "mysql_manager_proxy_route{cluster=\"main\",proxy=\"proxy\",";
    assertEquals(
        Set.of(
            main + "route=\"writes\",server=\"s1\"} 1.0",
            main + "route=\"reads\",server=\"s2\"} 1.0"),
        Set.copyOf(routes));
  }

  @Test
  void theAgeOfALookAndTheManagersClockAreThere() throws Exception {
    String now = "1.777636800123E9";
    List<String> lines = scrape(null);
    assertLine(lines, "mysql_manager_time_seconds " + now);
    assertLine(lines, "mysql_manager_last_look_timestamp_seconds{cluster=\"main\"} " + now);
    String seen = "mysql_manager_server_last_seen_timestamp_seconds{cluster=\"second\",server=";
    assertLine(lines, seen + "\"s1\"} 1.777636795123E9");
    assertLine(lines, seen + "\"s2\"} " + now);
  }

  @Test
  void whatAnOperatorShouldKnowIsCounted() throws Exception {
    List<String> lines = scrape(null);
    assertLine(lines, "mysql_manager_spec_differences{cluster=\"main\"} 0.0");
    assertLine(lines, "mysql_manager_spec_differences{cluster=\"second\"} 1.0");
    assertLine(lines, "mysql_manager_cluster_problem{cluster=\"main\"} 0.0");
    assertLine(lines, "mysql_manager_cluster_problem{cluster=\"second\"} 1.0");
    assertLine(lines, "mysql_manager_proxy_warnings{cluster=\"main\",proxy=\"proxy\"} 1.0");
    assertLine(lines, "mysql_manager_server_warnings{cluster=\"main\",server=\"s1\"} 0.0");
    assertLine(lines, "mysql_manager_max_failover_lag_seconds{cluster=\"main\"} 60.0");
  }

  @Test
  void theTimeOfTheLastFailoverIsThereOnceThereWasOne() throws Exception {
    String name = "mysql_manager_last_failover_timestamp_seconds";
    assertFalse(scrape(null).stream().anyMatch(line -> line.contains(name)));
    ClusterStatus before = Clusters.running("main");
    manager.clusters =
        List.of(
            new ClusterStatus(
                before.spec(),
                before.state().withLastFailover(new LastFailover(Clusters.NOW, Clusters.S2)),
                before.observation(),
                List.of(),
                Optional.empty(),
                Optional.empty()));
    assertLine(scrape(null), name + "{cluster=\"main\"} 1.777636800123E9");
  }

  @Test
  void exactlyOnePhaseOfAClusterIsOne() throws Exception {
    List<String> lines = scrape(null);
    List<String> ofMain =
        lines.stream()
            .filter(line -> line.startsWith("mysql_manager_cluster_phase{cluster=\"main\""))
            .toList();
    assertEquals(7, ofMain.size());
    assertEquals(1, ofMain.stream().filter(line -> line.endsWith(" 1.0")).count());
    assertLine(lines, "mysql_manager_cluster_phase{cluster=\"second\",phase=\"failing_over\"} 1.0");
    assertLine(lines, "mysql_manager_old_master_joined{cluster=\"main\"} 1.0");
    assertLine(lines, "mysql_manager_old_master_joined{cluster=\"second\"} 0.0");
    assertLine(lines, "mysql_manager_master_failure_count{cluster=\"second\"} 1.0");
  }

  @Test
  void leadershipIsThere() throws Exception {
    assertLine(scrape(null), "mysql_manager_info{manager=\"manager-1\",version=\"development\"} 1");
    assertLine(scrape(null), "mysql_manager_leader 1.0");
    assertLine(scrape(null), "mysql_manager_epoch 3.0");
    manager.leadingEpoch = Optional.empty();
    manager.connected = false;
    assertLine(scrape(null), "mysql_manager_leader 0.0");
    assertLine(scrape(null), "mysql_manager_epoch 2.0");
    assertLine(scrape(null), "mysql_manager_zookeeper_connected 0.0");
  }

  @Test
  void stepsAreCountedByTheirDurations() throws Exception {
    steps.finished(new ClusterName("main"), "promote", "done", Duration.ofMillis(300));
    List<String> lines = scrape(null);
    String labels = "{cluster=\"main\",result=\"done\",step=\"promote\"";
    assertLine(lines, "mysql_manager_step_duration_seconds_bucket" + labels + ",le=\"0.1\"} 0");
    assertLine(lines, "mysql_manager_step_duration_seconds_bucket" + labels + ",le=\"0.5\"} 1");
    assertLine(lines, "mysql_manager_step_duration_seconds_count" + labels + "} 1");
  }

  @Test
  void looksAreCountedByTheirDurations() throws Exception {
    steps.looked(new ClusterName("main"), Duration.ofMillis(30));
    List<String> lines = scrape(null);
    assertLine(lines, "mysql_manager_look_duration_seconds_bucket{cluster=\"main\",le=\"0.02\"} 0");
    assertLine(lines, "mysql_manager_look_duration_seconds_bucket{cluster=\"main\",le=\"0.1\"} 1");
    assertLine(lines, "mysql_manager_look_duration_seconds_count{cluster=\"main\"} 1");
  }

  @Test
  void everyMetricIsExplainedOnceAndNoLineIsMalformed() throws Exception {
    steps.finished(new ClusterName("main"), "promote", "done", Duration.ofMillis(300));
    Set<String> explained = new HashSet<>();
    for (String line : scrape(null)) {
      if (line.startsWith("# HELP ")) {
        assertTrue(explained.add(line.split(" ")[2]), line);
      } else if (!line.startsWith("#")) {
        assertTrue(
            line.matches("[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? [0-9.E+-]+"), line);
        String name = line.replaceAll("[{ ].*", "");
        String family = name.replaceAll("_(bucket|sum|count)$", "");
        assertTrue(explained.contains(name) || explained.contains(family), name);
      }
    }
    assertTrue(explained.contains("process_cpu_seconds_total"));
    assertFalse(explained.stream().anyMatch(name -> name.endsWith("failover_total")));
  }

  private List<String> scrape(@Nullable String accept) throws Exception {
    try (Response response = resource.scrape(accept)) {
      return new String((byte[]) response.getEntity(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static void assertLine(List<String> lines, String expected) {
    assertTrue(
        lines.contains(expected), () -> expected + "\nis not in\n" + String.join("\n", lines));
  }
}
