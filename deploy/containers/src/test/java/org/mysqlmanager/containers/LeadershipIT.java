package org.mysqlmanager.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.containers.Questions.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The leading manager, or the ensemble, fails. */
@Order(5)
class LeadershipIT extends Scenario {
  /** What {@code docker stop} gives a container before it is killed. */
  private static final int STOP_SECONDS = 10;

  /** What a process ends with that was killed: it took too long. */
  private static final long KILLED = 137;

  /** What tini and a JVM say of an orderly end after SIGTERM. */
  private static final Set<Long> ORDERLY = Set.of(0L, 143L);

  private static final String SESSIONS_OF_EPOCH =
      """
      SELECT COUNT(*) FROM performance_schema.session_connect_attrs
      WHERE ATTR_NAME = 'mysql_manager_epoch' AND ATTR_VALUE = '%d'
      """;

  @Test
  @EnabledIfSystemProperty(named = ALL, matches = "all", disabledReason = ALL_REASON)
  void aFrozenLeaderIsReplacedAndDoesNoHarmWhenItGoesOn() throws Exception {
    String source = system.source();
    String leader = questions.leader();
    long epoch = questions.epoch();
    long failovers = questions.failovers();

    containers.node(leader).pause();
    await("another leads", () -> questions.epoch() > epoch);
    assertNotEquals(leader, questions.leader());
    long next = questions.epoch();

    containers.node(leader).unpause();
    await(
        leader + " knows who leads",
        () -> {
          String seen = questions.status(leader).path("leader").asText();
          return !seen.isEmpty() && !seen.equals(leader);
        });
    system.assertWell(source);
    assertEquals(next, questions.epoch(), "nobody leads by an older election");
    assertEquals(failovers, questions.failovers());
  }

  @Test
  void aLeaderCutOffFromZookeeperStopsActingAndAnotherFailsOver() throws Exception {
    String old = system.source();
    String next = system.replica();
    String leader = questions.leader();
    long epoch = questions.epoch();

    // It still reaches both servers.
    containers.node(leader).leave(containers.control());
    await("another leads", () -> questions.epoch() > epoch);
    containers.node(old).kill();
    system.awaitFailedOver(next);
    assertTrue(questions.recordOf("failover").path("epoch").asLong() > epoch);
    system.load.awaitMore();
    assertNoSessionsOf(epoch);

    containers.node(leader).rejoin(containers.control());
    containers.node(old).start();
    system.assertWell(next);
  }

  @Test
  void withoutAMajorityOfZookeeperNothingChangesAndAllGoesOnAfterwards() throws Exception {
    String source = system.source();
    long failovers = questions.failovers();
    List<String> stopped = containers.zookeepers().subList(0, 2);

    stopped.forEach(zookeeper -> containers.node(zookeeper).kill());
    await("nobody leads", () -> questions.leaderNow().isEmpty());
    system.load.awaitMore();
    assertEquals("0", questions.ask(source, "SELECT @@read_only"));

    stopped.forEach(zookeeper -> containers.node(zookeeper).start());
    system.assertWell(source);
    assertEquals(failovers, questions.failovers());
  }

  @Test
  void aRollingRestartOfTheManagersFailsNoWriteAndHandsLeadershipOver() throws Exception {
    String source = system.source();
    long failovers = questions.failovers();
    int failed = system.load.failed();

    List<String> all = new ArrayList<>(others());
    all.addFirst(questions.leader());
    for (String manager : all) {
      boolean led = questions.leaderNow().equals(Optional.of(manager));
      long epoch = questions.epoch();
      Node node = containers.node(manager);
      node.stop(STOP_SECONDS);
      long status = node.inspect().getState().getExitCodeLong();
      assertNotEquals(KILLED, status, manager + " did not end within " + STOP_SECONDS + " s");
      assertTrue(ORDERLY.contains(status), manager + " ended with " + status);
      if (led) {
        await("leadership is handed over", () -> questions.epoch() > epoch);
      }
      node.start();
      await(
          manager + " looks again",
          () -> questions.status(manager).path("phase").asText().equals("running"));
    }
    system.load.awaitMore();
    assertEquals(List.of(), system.load.failuresAfter(failed), "failed writes");
    system.assertWell(source);
    assertEquals(failovers, questions.failovers());
  }

  @Test
  @EnabledIfSystemProperty(named = ALL, matches = "all", disabledReason = ALL_REASON)
  void aKilledLeaderIsReplacedAndStartsAgain() throws Exception {
    String source = system.source();
    String leader = questions.leader();
    long epoch = questions.epoch();
    containers.node(leader).kill();
    await("another leads", () -> questions.epoch() > epoch);
    containers.node(leader).start();
    system.assertWell(source);
  }

  private List<String> others() {
    String leader = questions.leader();
    return containers.managers().stream().filter(manager -> !manager.equals(leader)).toList();
  }

  /** A new leader ends the control sessions of older ones before its first change. */
  private void assertNoSessionsOf(long epoch) {
    for (String server : containers.servers()) {
      if (containers.node(server).isRunning()) {
        await(
            "no session of epoch " + epoch + " on " + server,
            () -> "0".equals(questions.ask(server, SESSIONS_OF_EPOCH.formatted(epoch))));
      }
    }
  }
}
