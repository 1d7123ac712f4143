package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.ServerObservation.Cause;

class BootstrapDecisionTest {
  @Test
  void firstOfTwoFreshServersBecomesSource() {
    FakeWorld world = FakeWorld.of("s1", "s2");
    world.untilRunning();
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(Role.REPLICA, world.state.server(id("s2")).role());
    assertFalse(world.server("s1").readOnly);
    assertTrue(world.server("s1").setUp);
    assertTrue(world.server("s2").readOnly);
    assertFalse(world.server("s2").superReadOnly);
    assertEquals(world.server("s1"), world.server("s2").source);
    assertEquals(new Routing(Optional.of(id("s1")), Set.of(id("s2"))), world.routed);
    assertTrue(world.state.oldMasterJoined());
    assertEquals(
        List.of("bootstrap", "rejoin"),
        world.history.stream().map(r -> r.operation().kindName()).toList());
  }

  @Test
  void oneFreshServerBecomesSourceAndReader() {
    FakeWorld world = FakeWorld.of("s1");
    world.untilRunning();
    assertEquals(new Routing(Optional.of(id("s1")), Set.of(id("s1"))), world.routed);
    assertTrue(world.server("s1").setUp);
  }

  @Test
  void waitsUntilAllServersAreUp() {
    FakeWorld world = FakeWorld.of("s1", "s2").given(w -> w.server("s2").up = false);
    world.checks(10);
    assertEquals(Phase.WAITING, world.state.phase());
    assertEquals(List.of(), world.steps);
    world.server("s2").restart();
    world.untilRunning();
  }

  @Test
  void waitsForAServerThatRefusesThePassword() {
    FakeWorld world =
        FakeWorld.of("s1", "s2")
            .given(w -> {
              w.server("s2").up = false;
              w.server("s2").whyAway = Cause.ACCESS_DENIED;
            });
    world.checks(5);
    assertEquals(Phase.WAITING, world.state.phase());
    assertEquals(List.of(), world.steps);
  }

  @Test
  void waitsForAProxyThatDoesNotAnswer() {
    FakeWorld world = FakeWorld.of("s1", "s2").given(w -> w.proxyUp = false);
    world.checks(3);
    assertEquals(Phase.WAITING, world.state.phase());
    assertEquals(List.of(), world.steps);
  }

  @Test
  void adoptsServersThatAlreadyReplicate() {
    FakeWorld world = FakeWorld.of("s1", "s2").given(w -> replicating(w, "s1", "s2"));
    world.untilRunning();
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(
        List.of(Step.ApplyRouting.class), world.steps.stream().map(Object::getClass).toList());
  }

  @Test
  void adoptsServersThatReplicateTheOtherWayRound() {
    FakeWorld world = FakeWorld.of("s1", "s2").given(w -> replicating(w, "s2", "s1"));
    world.untilRunning();
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertEquals(Role.REPLICA, world.state.server(id("s1")).role());
    assertEquals(Optional.of(id("s2")), world.routed.writer());
  }

  @Test
  void adoptsAReplicaThatCannotReachItsSource() {
    FakeWorld world =
        FakeWorld.of("s1", "s2")
            .given(w -> {
              replicating(w, "s1", "s2");
              w.server("s2").receiverError = "cannot connect";
            });
    world.checks(3);
    assertEquals(Phase.DEGRADED, world.state.phase());
    assertEquals(Optional.of(id("s1")), world.routed.writer());
    assertEquals(Membership.JOINED, world.membership("s2"));
    assertTrue(world.steps.contains(new Step.RestartReplication(id("s2"))));
    world.server("s2").receiverError = "";
    world.untilRunning();
  }

  @Test
  void leavesTwoServersWithDataToTheOperator() {
    FakeWorld world = FakeWorld.of("s1", "s2").given(w -> withData(w, "s1", "s2"));
    world.checks(5);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(List.of(), world.steps);
  }

  @Test
  void goesOnWhenTheOperatorHasEmptiedOneOfTwoServersWithData() {
    FakeWorld world = FakeWorld.of("s1", "s2").given(w -> withData(w, "s1", "s2"));
    world.checks(2);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    world.server("s1").executed = GtidSet.EMPTY;
    world.server("s1").userData = false;
    world.untilRunning();
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertEquals(world.server("s2"), world.server("s1").source);
    assertEquals(world.server("s2").executed, world.server("s1").executed);
    assertEquals(0, world.server("s2").clones);
    assertFalse(
        world.steps.stream().anyMatch(Step.SetUpSource.class::isInstance),
        "an adopted source is left as it is");
  }

  @Test
  void leavesTheOnlyServerWithDataToTheOperatorIfAProxyKnowsAnotherWriter() {
    FakeWorld world =
        FakeWorld.of("s1", "s2")
            .given(w -> {
              withData(w, "s1");
              w.routed = new Routing(Optional.of(id("s2")), Set.of());
            });
    world.checks(3);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(List.of(), world.steps);
    assertTrue(world.state.reason().contains("s2"), world.state.reason());
  }

  @Test
  void doesNotTakeTheOnlyServerWithDataBeforeItKnowsWhatTheProxySays() {
    FakeWorld world =
        FakeWorld.of("s1", "s2")
            .given(w -> {
              withData(w, "s1");
              w.proxyUp = false;
            });
    world.checks(3);
    assertEquals(Phase.WAITING, world.state.phase());
    assertEquals(List.of(), world.steps);
  }

  private static void withData(FakeWorld world, String... servers) {
    for (String name : servers) {
      FakeServer server = world.server(name);
      server.executed = server.own(10);
      server.userData = true;
      server.readOnly = false;
      server.superReadOnly = false;
    }
  }

  @Test
  void leavesServersThatReplicateInACircleToTheOperator() {
    FakeWorld world =
        FakeWorld.of("s1", "s2")
            .given(w -> {
              w.server("s1").follow(w.server("s2"));
              w.server("s2").follow(w.server("s1"));
            });
    world.checks(3);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(List.of(), world.steps);
  }

  @Test
  void leavesAReplicaOfAStrangerToTheOperator() {
    FakeWorld world =
        FakeWorld.of("s1", "s2").given(w -> w.server("s2").follow(new FakeServer("x", 9)));
    world.checks(3);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(List.of(), world.steps);
  }

  @Test
  void leavesEmptyServersBehindAProxyThatKnowsAnotherWriterToTheOperator() {
    FakeWorld world =
        FakeWorld.of("s1", "s2")
            .given(w -> w.routed = new Routing(Optional.of(id("s2")), Set.of()));
    world.checks(3);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(List.of(), world.steps);
  }

  @Test
  void refusesTwoServersWithOneServerId() {
    FakeWorld world = FakeWorld.of("s1", "s2").given(w -> w.server("s2").serverId = 1);
    world.checks(3);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(List.of(), world.steps);
    world.server("s2").serverId = 2;
    world.untilRunning();
  }

  @Test
  void refusesServersWithoutGtids() {
    FakeWorld world = FakeWorld.of("s1", "s2").given(w -> w.server("s2").gtidMode = false);
    world.checks(3);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(List.of(), world.steps);
  }

  @Test
  void clonesAFreshServerThatHasTransactionsOfItsOwnInitialisation() {
    FakeWorld world =
        FakeWorld.of("s1", "s2")
            .given(w -> {
              w.server("s1").executed = w.server("s1").own(5);
              w.server("s2").executed = w.server("s2").own(5);
            });
    world.untilRunning();
    assertEquals(1, world.server("s2").clones);
    assertEquals(0, world.server("s1").clones);
    assertEquals(List.of(), world.saved.values().stream().toList());
  }

  @Test
  void waitsForASourceThatDiesDuringItsSetUp() {
    FakeWorld world = FakeWorld.of("s1", "s2");
    world.round(Trigger.CHECK);
    world.server("s1").up = false;
    world.checks(10);
    assertEquals(Phase.BOOTSTRAPPING, world.state.phase());
    world.server("s1").restart();
    world.untilRunning();
    assertEquals(Optional.of(id("s1")), world.state.source());
  }

  @Test
  void aFirstLookWithNothingUpCountsNoFailure() {
    FakeWorld world =
        FakeWorld.of("s1", "s2")
            .given(w -> w.servers.values().forEach(server -> server.up = false));
    world.checks(5);
    assertEquals(0, world.state.masterFailureCount());
    assertInstanceOf(Phase.class, world.state.phase());
    assertEquals(Phase.WAITING, world.state.phase());
  }

  private static void replicating(FakeWorld world, String source, String replica) {
    FakeServer from = world.server(source);
    FakeServer to = world.server(replica);
    from.executed = from.own(50);
    from.userData = true;
    from.setUp = true;
    from.readOnly = false;
    from.superReadOnly = false;
    to.executed = from.executed;
    to.userData = true;
    to.setUp = true;
    to.superReadOnly = false;
    to.follow(from);
  }

  @Test
  void opensASourceAgainThatRestartsInTheMiddleOfTheSetUp() {
    FakeWorld world = FakeWorld.of("s1", "s2");
    Rounds.checksWithout(world, 2, Step.SetUpSource.class::isInstance);
    assertFalse(world.server("s1").readOnly);
    world.server("s1").restart();
    world.untilRunning();
    assertFalse(world.server("s1").readOnly);
    assertTrue(world.server("s1").setUp);
  }
}
