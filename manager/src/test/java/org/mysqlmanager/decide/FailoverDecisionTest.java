package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.ServerObservation.Cause;

class FailoverDecisionTest {
  @Test
  void countsEachCheckThatFindsTheSourceDownAndNothingElse() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.check();
    assertEquals(1, world.state.masterFailureCount());
    world.round(Trigger.EVENT);
    world.round(Trigger.EVENT);
    assertEquals(1, world.state.masterFailureCount());
    world.check();
    assertEquals(2, world.state.masterFailureCount());
    assertEquals(List.of(), world.steps);
  }

  @Test
  void failsOverAboveTheThresholdOnly() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(3);
    assertEquals(3, world.state.masterFailureCount());
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(Phase.DEGRADED, world.state.phase());
    world.check();
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @Test
  void resetsTheCountWithTheFirstSuccess() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(3);
    world.server("s1").restart();
    world.untilRunning();
    assertEquals(0, world.state.masterFailureCount());
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertFalse(world.server("s1").readOnly);
  }

  @Test
  void leavesEveryServerAndTheProxyAsPromised() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(5);
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertEquals(Role.REPLICA, world.state.server(id("s1")).role());
    assertFalse(world.state.oldMasterJoined());
    assertEquals(1, world.state.totals().successfulFailover());
    assertEquals(0, world.state.masterFailureCount());
    FakeServer source = world.server("s2");
    assertFalse(source.readOnly);
    assertFalse(source.superReadOnly);
    assertEquals(null, source.source);
    assertEquals(new Routing(Optional.of(id("s2")), Set.of(id("s2"))), world.routed);
    world.server("s1").restart();
    world.untilRunning();
    assertTrue(world.state.oldMasterJoined());
    FakeServer old = world.server("s1");
    assertTrue(old.readOnly);
    assertFalse(old.superReadOnly);
    assertEquals(source, old.source);
    assertEquals(source.executed, old.executed);
    assertEquals(Set.of(id("s1")), world.routed.readers());
  }

  @Test
  void fencesBeforeItStopsTheReceiverAndPromotesAfterCatchingUp() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(4);
    assertEquals(
        List.of(
            Step.FenceOldSource.class,
            Step.StopReceiver.class,
            Step.Promote.class,
            Step.ApplyRouting.class,
            Step.AwaitFirstCommit.class),
        world.steps.stream().map(Object::getClass).toList());
  }

  @Test
  void appliesAllThatWasReceivedBeforePromotion() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              w.server("s2").applierOn = false;
              w.server("s2").retrieved = GtidSet.parse(w.server("s1").uuid + ":101-120");
              w.server("s1").executed = w.server("s1").own(120);
              w.server("s1").up = false;
            });
    world.checks(4);
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertTrue(world.server("s2").executed.contains(world.server("s1").own(120)));
  }

  @Test
  void choosesTheReplicaThatReceivedTheMost() {
    FakeWorld world =
        FakeWorld.running("s1", "s2", "s3")
            .given(w -> {
              w.server("s3").retrieved = GtidSet.parse(w.server("s1").uuid + ":101-110");
              w.server("s1").up = false;
            });
    world.checks(4);
    assertEquals(Optional.of(id("s3")), world.state.source());
    assertEquals(world.server("s3"), world.server("s2").source);
    assertEquals(Membership.JOINED, world.membership("s2"));
  }

  @Test
  void refusesTwoReplicasThatEachHaveWhatTheOtherLacks() {
    FakeWorld world =
        FakeWorld.running("s1", "s2", "s3")
            .given(w -> {
              w.server("s1").up = false;
              w.server("s2").retrieved = GtidSet.parse(w.server("s1").uuid + ":101");
              w.server("s3").retrieved = GtidSet.parse(w.server("s1").uuid + ":102");
              w.servers.values().forEach(s -> s.applierOn = false);
            });
    world.checks(8);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(List.of(), world.steps);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
  }

  @Test
  void refusesCandidateWithErrantTransactions() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              FakeServer s2 = w.server("s2");
              s2.executed = s2.executed.union(s2.own(1));
            });
    world.check();
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    world.server("s1").up = false;
    world.checks(8);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(0, world.state.totals().successfulFailover());
  }

  @Test
  void refusesCandidateThatCannotApplyWhatItHasReceived() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              w.server("s2").applierError = "duplicate key";
              w.server("s2").retrieved = GtidSet.parse(w.server("s1").uuid + ":101");
              w.server("s1").up = false;
            });
    world.checks(8);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(Phase.UNAVAILABLE, world.state.phase());
  }

  @Test
  void aServerThatRefusesConnectionsIsNotDead() {
    for (Cause cause : List.of(Cause.ACCESS_DENIED, Cause.TOO_MANY_CONNECTIONS, Cause.TLS_FAILED)) {
      FakeWorld world =
          FakeWorld.running("s1", "s2")
              .given(w -> {
                w.server("s1").up = false;
                w.server("s1").whyAway = cause;
              });
      world.checks(10);
      assertEquals(0, world.state.masterFailureCount(), cause.toString());
      assertEquals(Optional.of(id("s1")), world.state.source());
      assertEquals(Phase.DEGRADED, world.state.phase());
    }
  }

  @Test
  void countsBothDownAndTouchesNothing() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> w.servers.values().forEach(server -> server.up = false));
    world.checks(7);
    assertEquals(Phase.UNAVAILABLE, world.state.phase());
    assertEquals(7, world.state.totals().clusterConnectionFailure());
    assertEquals(7, world.state.masterFailureCount());
    assertEquals(List.of(), world.steps);
    world.servers.values().forEach(FakeServer::restart);
    world.untilRunning();
    assertEquals(Optional.of(id("s1")), world.state.source());
  }

  @Test
  void doesNotPromoteAServerThatHasNotJoined() {
    FakeWorld world = failedOver();
    world.server("s2").up = false;
    world.server("s1").restart();
    world.checks(10);
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertTrue(world.server("s1").superReadOnly);
    assertEquals(1, world.state.totals().successfulFailover());
    world.server("s2").restart();
    world.untilRunning();
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertTrue(world.state.oldMasterJoined());
  }

  @Test
  void failsOverToAThirdServerWhileTheFirstHasNotRejoined() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(5);
    assertEquals(Optional.of(id("s2")), world.state.source());
    world.server("s2").up = false;
    world.checks(5);
    assertEquals(Optional.of(id("s3")), world.state.source());
    assertFalse(world.state.oldMasterJoined());
    world.server("s1").restart();
    world.server("s2").restart();
    world.untilRunning();
    assertTrue(world.state.oldMasterJoined());
  }

  @Test
  void goesOnWithoutAProxyThatDoesNotAnswerAndPutsItRightLater() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              w.server("s1").up = false;
              w.proxyUp = false;
            });
    world.checks(5);
    assertEquals(Optional.of(id("s2")), world.state.source());
    world.proxyUp = true;
    world.check();
    assertEquals(Optional.of(id("s2")), world.routed.writer());
  }

  @Test
  void closesAnOldSourceThatComesBackWritableInTheMiddle() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(3);
    world.round(Trigger.CHECK);
    world.round(Trigger.EVENT);
    FakeServer old = world.server("s1");
    old.restart();
    old.readOnly = false;
    old.superReadOnly = false;
    world.check();
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertEquals(Set.of(), world.writableAtPromotion);
    assertTrue(old.readOnly);
  }

  @Test
  void givesUpBeforePromotionWhenTheCandidateDiesAndTheSourceIsBack() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(3);
    world.round(Trigger.CHECK);
    assertTrue(world.state.operation().orElseThrow() instanceof Operation.Failover);
    world.server("s2").up = false;
    world.checks(2);
    world.server("s1").restart();
    world.checks(6);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertFalse(world.server("s1").readOnly);
    assertEquals(Optional.of(id("s1")), world.routed.writer());
    assertEquals(0, world.state.totals().successfulFailover());
  }

  @Test
  void choosesAnotherCandidateWhenTheFirstDiesBeforePromotion() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(3);
    world.round(Trigger.CHECK);
    world.server("s2").up = false;
    world.checks(6);
    assertEquals(Optional.of(id("s3")), world.state.source());
  }

  @Test
  void aSourceThatComesBackWithLessThanItsReplicaIsReplaced() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              w.server("s1").executed = w.server("s1").own(90);
              w.server("s1").restart();
            });
    world.untilRunning();
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertTrue(world.server("s1").executed.contains(world.server("s1").own(100)));
  }

  @Test
  void recordsTheTimesOfAFailover() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(5);
    var record = world.history.getFirst();
    assertEquals("failover", record.operation().kindName());
    assertTrue(
        record
            .durationsMillis()
            .keySet()
            .containsAll(
                Set.of(
                    "first_failure_to_decision",
                    "decision_to_routed",
                    "decision_to_first_commit")));
    assertEquals(
        List.of("fence", "stop_receiver", "catch_up", "promote", "repoint", "route", "confirm"),
        record.operation().done().stream().map(step -> step.step()).toList());
  }

  static FakeWorld failedOver() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(5);
    if (!world.state.source().equals(Optional.of(id("s2")))) {
      throw new AssertionError(world.state.reason());
    }
    return world;
  }
}
