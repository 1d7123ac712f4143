package org.mysqlmanager.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.containers.Questions.await;

import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The source is out of the reach of some: nothing tells them but silence. */
@Order(4)
class PartitionIT extends Scenario {
  @Test
  void aSourceThatOnlyTheManagersCannotReachIsNotReplacedWhileAReplicaHearsIt() throws Exception {
    String source = system.source();
    long failovers = questions.failovers();

    containers.node(source).leave(containers.managementOf(source));
    await(
        "checks beyond the threshold",
        () -> questions.state().path("master_failure_count").asInt() > 4);
    system.load.awaitMore();
    system.assertNoFailover(source, failovers);

    containers.node(source).rejoin(containers.managementOf(source));
    system.assertWell(source);
    assertEquals(failovers, questions.failovers());
  }

  @Test
  @EnabledIfSystemProperty(named = ALL, matches = "all", disabledReason = ALL_REASON)
  void aSourceThatNeitherManagersNorTheReplicaCanReachIsReplaced() throws Exception {
    String old = system.source();
    String next = system.replica();
    long failovers = questions.failovers();

    containers.node(old).leave(containers.managementOf(old));
    containers.node(old).leave(containers.replication());
    system.awaitFailedOver(next);
    // It lives and is open, and the proxy could reach it: but it sends nobody there.
    assertEquals("0", questions.ask(old, "SELECT @@read_only"));
    system.load.awaitMore();
    assertEquals(List.of(), system.watch.violations());

    containers.node(old).rejoin(containers.managementOf(old));
    containers.node(old).rejoin(containers.replication());
    system.assertWell(next);
    assertEquals(failovers + 1, questions.failovers());
  }

  @Test
  @EnabledIfSystemProperty(named = ALL, matches = "all", disabledReason = ALL_REASON)
  void aSourceThatOnlyTheProxyCannotReachIsNotReplaced() throws Exception {
    String source = system.source();
    long failovers = questions.failovers();

    containers.node(source).leave(containers.trafficOf(source));
    system.awaitChecks(6);
    system.assertNoFailover(source, failovers);

    containers.node(source).rejoin(containers.trafficOf(source));
    system.assertWell(source);
    assertEquals(failovers, questions.failovers());
  }

  @Test
  @EnabledIfSystemProperty(named = ALL, matches = "all", disabledReason = ALL_REASON)
  void aSourceThatOnlyTheReplicaCannotReachGoesOnAndTheReplicaCatchesUp() throws Exception {
    String source = system.source();
    String replica = system.replica();
    long failovers = questions.failovers();

    containers.node(replica).leave(containers.replication());
    await(
        "the replica's silence is seen",
        () -> questions.state().path("phase").asText().equals("degraded"));
    system.load.awaitMore();
    system.assertNoFailover(source, failovers);
    assertTrue(questions.replicaStatus(source).isEmpty());

    containers.node(replica).rejoin(containers.replication());
    system.assertWell(source);
    assertEquals(failovers, questions.failovers());
  }
}
