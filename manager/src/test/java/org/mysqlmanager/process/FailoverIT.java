package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.local.LocalSystemBuilder;
import org.mysqlmanager.local.install.ProxyDistribution;

/** The source dies, in all the ways the mission lists. */
class FailoverIT extends Scenario {
  @Test
  void behindHaproxyTheReplicaTakesOverAndTheOldSourceRejoins() throws Exception {
    sourceDiesAndComesBack(haproxy());
  }

  @Test
  void behindProxysqlTheReplicaTakesOverAndTheOldSourceRejoins() throws Exception {
    sourceDiesAndComesBack(proxysql());
  }

  private void sourceDiesAndComesBack(ProxyDistribution proxy) throws Exception {
    // Two failovers follow each other here.
    run(builder -> builder.proxies(proxy).managerSetting("clusters.0.min_failover_interval", "0s"));
    createTable();
    write(1);
    assertIsSource("s1");
    assertIsReplicaOf("s2", "s1");
    assertEquals(system.port("s1"), portBehindWriter());
    assertEquals(system.port("s2"), portBehindReader());
    assertTrue(storedState().path("old_master_joined").asBoolean());

    system.kill("s1");
    write(2);
    awaitSource("s2");
    assertIsSource("s2");
    assertEquals(system.port("s2"), portBehindWriter());
    assertEquals(system.port("s2"), portBehindReader());
    assertNotRouted("s1");
    JsonNode state = storedState();
    assertFalse(state.path("old_master_joined").asBoolean());
    assertEquals("s2", state.path("source").asText());
    assertEquals("replica", state.path("servers").path("s1").path("role").asText());
    assertEquals(0, state.path("master_failure_count").asInt());

    // The manager dies before the old source has rejoined: nothing is forgotten.
    system.kill("manager-1");
    write(3);
    system.start("manager-1");
    system.start("s1");
    await("old source joined", () -> storedState().path("old_master_joined").asBoolean());
    awaitPhase("running");
    write(4);
    assertIsSource("s2");
    assertIsReplicaOf("s1", "s2");
    assertEquals(List.of(1, 2, 3, 4), rows("s1"));
    assertEquals(system.port("s1"), portBehindReader());
    assertEquals(1.0, metric("manager-1", "total_successful_failover{cluster=\"main\"}"));
    assertEquals(
        1.0,
        metric(
            "manager-1",
            "mysql_manager_server_role{cluster=\"main\",role=\"source\",server=\"s2\"}"));

    // The new source dies too, and the first one is source again.
    system.kill("s2");
    write(5);
    awaitSource("s1");
    system.start("s2");
    awaitPhase("running");
    assertIsSource("s1");
    assertIsReplicaOf("s2", "s1");
    assertEquals(List.of(1, 2, 3, 4, 5), rows("s2"));
    assertEquals(2.0, metric("manager-1", "total_successful_failover{cluster=\"main\"}"));

    JsonNode failover = recordOf("failover");
    JsonNode durations = failover.path("durations_millis");
    assertTrue(durations.path("decision_to_routed").isNumber(), failover.toPrettyString());
    assertTrue(durations.path("decision_to_first_commit").isNumber(), failover.toPrettyString());
    assertTrue(durations.path("last_seen_to_first_commit").isNumber(), failover.toPrettyString());
  }

  @Test
  void aFrozenSourceIsReplacedAndItsTransactionsAreKeptInAFile() throws Exception {
    run(LocalSystemBuilder::verifiedTls);
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    assertVerifiedReplication("s2", "s1");
    // What the replica never received is known to s1 alone. The managers must not see the pause.
    system.pause("manager-1");
    execute("s2", "STOP REPLICA IO_THREAD");
    execute("s1", "INSERT INTO app.t VALUES (100)");
    system.pause("s1");
    system.resume("manager-1");
    awaitSource("s2");
    write(2);
    assertIsSource("s2");
    assertEquals(List.of(1, 2), rows("s2"));

    system.resume("s1");
    awaitPhase("running");
    assertIsSource("s2");
    assertIsReplicaOf("s1", "s2");
    assertEquals(List.of(1, 2), rows("s1"));
    try (Stream<Path> files = Files.list(system.folder("manager-1").resolve("errant"))) {
      List<String> kept = files.map(file -> file.getFileName().toString()).toList();
      assertTrue(kept.stream().anyMatch(name -> name.endsWith(".binlog")), kept.toString());
    }
    assertVerifiedReplication("s1", "s2");
    JsonNode rejoin = recordOf("rejoin");
    assertFalse(rejoin.path("choices").path("errant").asText().isEmpty());
    assertNotNull(rejoin.path("choices").path("saved_to").textValue());
  }

  /** With the same account as a clone, which MySQL does not let in without TLS. */
  private void assertVerifiedReplication(String replica, String source) throws Exception {
    assertEquals(
        "YES/" + system.folder().resolve("tls/authority.pem") + "/YES",
        ask(
            replica,
            "SELECT CONCAT_WS('/', SSL_ALLOWED, SSL_CA_FILE, SSL_VERIFY_SERVER_CERTIFICATE) FROM performance_schema.replication_connection_configuration"));
    assertEquals(
        "SSL/TLS",
        ask(
            source,
            "SELECT CONNECTION_TYPE FROM performance_schema.threads WHERE PROCESSLIST_COMMAND LIKE 'Binlog Dump%'"));
    assertEquals(
        "SSL/TLS",
        ask(
            source,
            "SELECT GROUP_CONCAT(DISTINCT CONNECTION_TYPE) FROM performance_schema.threads WHERE PROCESSLIST_USER = 'mm_manager'"));
    assertEquals(
        "2",
        ask(
            source,
            "SELECT COUNT(*) FROM mysql.user WHERE user IN ('mm_replication', 'mm_monitor') AND ssl_type = 'ANY'"));
  }

  @Test
  void aSourceThatIsBackBeforeTheThresholdStaysSource() throws Exception {
    run(builder -> builder.managerSetting("clusters.0.master_failure_threshold", 100));
    createTable();
    write(1);
    system.kill("s1");
    awaitStatus("counting", status -> status.path("master_failure_count").asInt() >= 2);
    system.start("s1");
    awaitPhase("running");
    assertEquals(0, storedState().path("master_failure_count").asInt());
    write(2);
    assertIsSource("s1");
    assertIsReplicaOf("s2", "s1");
    assertEquals(0.0, metric("manager-1", "total_successful_failover{cluster=\"main\"}"));
  }

  @Test
  void theNewSourceFailingBeforeTheOldOneIsBackLosesNothing() throws Exception {
    run(_ -> {});
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    system.kill("s1");
    awaitSource("s2");
    write(2);
    system.kill("s2");
    awaitPhase("unavailable");

    // The old one returns first: it lacks what s2 committed, so it must stay closed.
    system.start("s1");
    awaitStatus(
        "s1 seen",
        status -> status.path("phase").asText().equals("unavailable") && isUp(status, "s1"));
    int checks = storedState().path("master_failure_count").asInt();
    await("more checks", () -> storedState().path("master_failure_count").asInt() > checks + 5);
    assertEquals("1", ask("s1", "SELECT @@super_read_only"));
    assertEquals("s2", storedState().path("source").asText());

    system.start("s2");
    awaitPhase("running");
    assertIsSource("s2");
    assertIsReplicaOf("s1", "s2");
    write(3);
    assertIsReplicaOf("s1", "s2");
    assertEquals(List.of(1, 2, 3), rows("s1"));
    assertEquals(1.0, metric("manager-1", "total_successful_failover{cluster=\"main\"}"));
  }

  @Test
  void theNewSourceReturningFirstIsOpenedAndTheOldOneRejoins() throws Exception {
    run(_ -> {});
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    system.kill("s1");
    awaitSource("s2");
    system.kill("s2");
    awaitPhase("unavailable");
    system.start("s2");
    write(2);
    system.start("s1");
    awaitPhase("running");
    assertIsSource("s2");
    assertIsReplicaOf("s1", "s2");
  }

  @Test
  void bothDownAreCountedAndNothingIsTouched() throws Exception {
    run(_ -> {});
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    system.pause("manager-1");
    system.kill("s1");
    system.kill("s2");
    system.resume("manager-1");
    awaitPhase("unavailable");
    await(
        "connection failures counted",
        () -> metric("manager-1", "total_cluster_connection_failure{cluster=\"main\"}") >= 3);
    // The source first: a replica that is there before it takes over, and may.
    system.start("s1");
    system.start("s2");
    awaitPhase("running");
    assertIsSource("s1");
    assertIsReplicaOf("s2", "s1");
    assertEquals(0.0, metric("manager-1", "total_successful_failover{cluster=\"main\"}"));
    assertTrue(storedState().path("totals").path("cluster_connection_failure").asInt() >= 3);
  }

  @Test
  void aReplicaThatIsDownIsReportedAndComesBack() throws Exception {
    run(_ -> {});
    createTable();
    system.kill("s2");
    awaitPhase("degraded");
    awaitStatus("s2 down", status -> !isUp(status, "s2"));
    await("reads go to the source", () -> portBehindReader() == system.port("s1"));
    write(1);
    system.start("s2");
    awaitPhase("running");
    assertIsReplicaOf("s2", "s1");
    assertEquals(system.port("s2"), portBehindReader());
  }

  @Test
  void aBrokenReplicationIsRestarted() throws Exception {
    run(_ -> {});
    createTable();
    execute("s2", "STOP REPLICA");
    await(
        "replication restarted",
        () -> storedState().path("totals").path("replication_restart").asInt() >= 1);
    awaitPhase("running");
    write(1);
    assertIsReplicaOf("s2", "s1");
  }

  @Test
  void aRestartedHaproxyIsPutRightAgain() throws Exception {
    run(_ -> {});
    createTable();
    system.kill("proxy");
    awaitPhase("degraded");
    system.start("proxy");
    write(1);
    awaitPhase("running");
    assertEquals(system.port("s1"), portBehindWriter());
    assertEquals(system.port("s2"), portBehindReader());
  }

  private void assertNotRouted(String server) {
    for (JsonNode proxy : status().path("proxies")) {
      for (String kind : List.of("writers", "readers")) {
        for (JsonNode routed : proxy.path(kind)) {
          assertFalse(routed.asText().equals(server), proxy.toPrettyString());
        }
      }
    }
  }

  private static boolean isUp(JsonNode status, String server) {
    return !server(status, server).path("status").asText().equals("down");
  }
}
