package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mysqlmanager.local.link.Cut;

/** Three managers of which some cannot see what others see; one fault after the other. */
class PartitionIT extends LinkedScenario {
  @TestFactory
  Stream<DynamicTest> whatAManagerCannotSeeIsNotDeadForThatReason() {
    runLinked(builder -> builder.managers(3));
    return Stream.of(
        dynamicTest("a leader that alone cannot see the source resigns", this::leaderAloneIsCutOff),
        dynamicTest(
            "a source that a replica still hears is not dead", this::majorityIsCutOffReplicaHears),
        dynamicTest(
            "a source that neither a majority nor a replica hears is replaced",
            this::majorityAndReplicasAreCutOff),
        dynamicTest(
            "a leader without ZooKeeper does nothing, and another leads",
            this::leaderHasNoZookeeper),
        dynamicTest(
            "a proxy that the leader cannot reach holds up no failover", this::leaderHasNoProxy),
        dynamicTest("a frozen source is replaced", this::sourceIsFrozen));
  }

  private void leaderAloneIsCutOff() throws Exception {
    begin();
    String source = source();
    String leader = leader();
    long epoch = storedState().path("epoch").asLong();
    links().cutBoth(leader, source, Cut.BLACK_HOLE);
    await("another manager leads", () -> storedState().path("epoch").asLong() > epoch);
    await(
        "it finds all well",
        () ->
            !leader().equals(leader)
                && storedState().path("phase").asText().equals("running")
                && storedState().path("master_failure_count").asInt() == 0);
    awaitLooks(leader(), 5);
    assertNoFailover(source);
    links().healAll();
    writeOne();
    assertIsWell(source);
  }

  private void majorityIsCutOffReplicaHears() throws Exception {
    begin();
    String source = source();
    cutMajorityOff(source);
    awaitReason("degraded", "no failover", "still receives from " + source);
    awaitLooks(leader(), 5);
    writeOne();
    assertNoFailover(source);
    links().healAll();
    assertIsWell(source);
  }

  private void majorityAndReplicasAreCutOff() throws Exception {
    begin();
    Servers servers = Servers.of(system.servers(), source());
    String source = servers.old();
    cutMajorityOff(source);
    for (String replica : List.of(servers.candidate(), servers.third())) {
      links().cutBoth(source, replica, Cut.BLACK_HOLE);
    }
    awaitSource(servers.candidate());
    writeOne();
    assertIsSource(servers.candidate());
    // It lives, and may even be open: but no client gets there.
    assertEquals(system.listeningPort(servers.candidate()), portBehindWriter());
    links().healAll();
    assertIsWell(servers.candidate());
  }

  private void leaderHasNoZookeeper() throws Exception {
    begin();
    Servers servers = Servers.of(system.servers(), source());
    String leader = leader();
    long epoch = storedState().path("epoch").asLong();
    links().cutBoth(leader, "zk1", Cut.BLACK_HOLE);
    long cut = System.nanoTime();
    await("another manager leads", () -> storedState().path("epoch").asLong() > epoch);
    Duration took = Duration.ofNanos(System.nanoTime() - cut);
    assertTrue(took.toSeconds() < 15, "another leads after " + took);
    system.kill(servers.old());
    awaitFailedOver(servers.candidate());
    assertTrue(recordOf("failover").path("epoch").asLong() > epoch);
    // It sees what happens, and does nothing: nothing has a session under its epoch any more.
    for (String server : List.of(servers.candidate(), servers.third())) {
      await(
          "no session of epoch " + epoch + " on " + server,
          () -> ask(server, SESSIONS_OF_EPOCH.formatted(epoch)).equals("0"));
    }
    assertEquals(0, metric(leader, "mysql_manager_zookeeper_connected"));
    assertEquals(0, metric(leader, "mysql_manager_leader"));
    links().healAll();
    system.start(servers.old());
    writeOne();
    assertIsWell(servers.candidate());
  }

  private void leaderHasNoProxy() throws Exception {
    begin();
    Servers servers = Servers.of(system.servers(), source());
    links().cutBoth(leader(), "proxy", Cut.BLACK_HOLE);
    awaitReason("degraded", "proxy");
    writeOne();
    assertNoFailover(servers.old());
    system.kill(servers.old());
    await(
        servers.candidate() + " is source all the same",
        () -> storedState().path("source").asText().equals(servers.candidate()));
    links().healAll();
    writeOne();
    system.start(servers.old());
    assertIsWell(servers.candidate());
  }

  private void sourceIsFrozen() throws Exception {
    begin();
    Servers servers = Servers.of(system.servers(), source());
    try (Connection client = system.connectWriter()) {
      assertEquals("1", ask(client, "SELECT 1"));
      system.pause(servers.old());
      awaitSource(servers.candidate());
      assertThrows(
          SQLException.class, () -> ask(client, "SELECT 1"), "its clients have been sent away");
    }
    writeOne();
    assertIsSource(servers.candidate());
    system.resume(servers.old());
    assertIsWell(servers.candidate());
  }

  private void begin() throws Exception {
    recover();
    writeOne();
    assertIsWell(source());
    failoversBefore = failovers();
  }

  private long failoversBefore;

  private void assertNoFailover(String source) throws Exception {
    JsonNode state = storedState();
    assertEquals(source, state.path("source").asText());
    assertEquals(failoversBefore, failovers());
    assertIsSource(source);
    assertEquals(system.listeningPort(source), portBehindWriter());
  }

  private long failovers() throws Exception {
    return storedState().path("totals").path("successful_failover").asLong();
  }

  /** The leader and one manager more, of three. */
  private void cutMajorityOff(String server) {
    String leader = leader();
    String other = system.managers().stream().filter(m -> !m.equals(leader)).findFirst().get();
    links().cutBoth(leader, server, Cut.BLACK_HOLE);
    links().cutBoth(other, server, Cut.BLACK_HOLE);
  }

  private static final String SESSIONS_OF_EPOCH =
      """
      SELECT COUNT(*) FROM performance_schema.session_connect_attrs
      WHERE ATTR_NAME = 'mysql_manager_epoch' AND ATTR_VALUE = '%d'
      """;
}
