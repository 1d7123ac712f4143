package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three managers, three ZooKeepers. */
class LeadershipIT extends Scenario {
  @Test
  void aKilledLeaderIsReplacedAndTheNewOneFailsOver() throws Exception {
    run(builder -> builder.managers(3).zookeepers(3));
    createTable();
    write(1);
    String first = leader();
    long epoch = storedState().path("epoch").asLong();
    system.kill(first);
    system.kill("s1");
    write(2);
    awaitSource("s2");
    assertNotEquals(first, leader());
    assertTrue(storedState().path("epoch").asLong() > epoch);
    assertIsSource("s2");

    // A minority of ZooKeeper's servers dies: everything goes on.
    system.kill("zk1");
    system.start("s1");
    awaitPhase("running");
    assertIsReplicaOf("s1", "s2");
    system.start(first);
    await(
        "all managers agree",
        () -> {
          for (String manager : system.managers()) {
            JsonNode seen = get(system.applicationUrl(manager).resolve("/clusters/main"));
            if (!seen.path("source").asText().equals("s2")
                || !seen.path("phase").asText().equals("running")) {
              return false;
            }
          }
          return true;
        });
  }

  @Test
  void withoutZookeeperNobodyActsEverybodyLooksAndAllGoesOnAfterwards() throws Exception {
    run(builder -> builder.managers(2).zookeepers(3));
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    system.kill("zk1");
    system.kill("zk2");
    for (String manager : system.managers()) {
      await(
          manager + " knows that ZooKeeper is away",
          () -> metric(manager, "mysql_manager_zookeeper_connected") == 0);
    }
    write(2);
    system.kill("s1");
    await(
        "the death is seen all the same",
        () -> {
          JsonNode seen = get(system.applicationUrl("manager-1").resolve("/clusters/main"));
          return !seen.path("problem").isNull()
              && seen.toString().contains("127.0.0.1:" + system.port("s1"));
        });
    // Well over the threshold of checks passes, and the replica stays a replica.
    String looked = observedAt();
    await(
        "more looks",
        () -> Duration.between(instant(looked), instant(observedAt())).toSeconds() >= 8);
    assertEquals("1", ask("s2", "SELECT @@read_only"));

    system.start("zk1", "zk2");
    write(3);
    awaitSource("s2");
    assertIsSource("s2");
    assertEquals(List.of(1, 2, 3), rows("s2"));
  }

  @Test
  void aManagerThatIsStoppedHandsLeadershipOverAtOnce() throws Exception {
    // With a session that would take half a minute to expire.
    run(builder -> builder.managers(2).managerSetting("zookeeper.session_timeout", "20s"));
    String first = leader();
    long stopped = System.nanoTime();
    system.stop(first);
    await("another leads", () -> !leader().equals(first));
    Duration took = Duration.ofNanos(System.nanoTime() - stopped);
    assertTrue(took.toSeconds() < 15, "handed over after " + took);
  }

  @Test
  void theTasksReconcileAndResignDoWhatTheySay() throws Exception {
    run(builder -> builder.managers(2));
    String first = leader();
    String answer = post(system.adminUrl(first).resolve("/tasks/resign"));
    await("another leads: " + answer, () -> !leader().equals(first));
    post(system.adminUrl(leader()).resolve("/tasks/reconcile"));
    awaitPhase("running");
    JsonNode health = get(system.adminUrl(leader()).resolve("/healthcheck"));
    for (String check : List.of("zookeeper", "leadership", "cluster-main")) {
      assertTrue(health.path(check).path("healthy").asBoolean(), health.toPrettyString());
    }
  }

  private String observedAt() throws Exception {
    return get(system.applicationUrl("manager-1").resolve("/clusters/main"))
        .path("observed_at")
        .asText();
  }

  private static java.time.Instant instant(String text) {
    return java.time.Instant.parse(text);
  }
}
