package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.Rejoin;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.ServerObservation.CloneState;

class RejoinDecisionTest {
  @Test
  void anOldSourceWithNothingOfItsOwnFollowsWithoutAClone() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    world.server("s1").restart();
    world.untilRunning();
    assertEquals(0, world.server("s1").clones);
    assertEquals(Set.of(), world.saved.keySet());
  }

  @Test
  void savesWhatOnlyTheOldSourceHasBeforeCloningIt() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    FakeServer old = world.server("s1");
    old.executed = old.own(107);
    old.restart();
    world.untilRunning();
    assertEquals(GtidSet.parse(old.uuid + ":101-107"), world.savedOf("s1"));
    assertEquals(1, old.clones);
    int save = indexOf(world, Step.SaveErrantTransactions.class);
    int clone = indexOf(world, Step.CloneFrom.class);
    assertTrue(save >= 0 && save < clone, world.steps.toString());
    Rejoin rejoin = (Rejoin) world.history.getLast().operation();
    assertEquals("manager-1:file", rejoin.savedTo());
  }

  @Test
  void doesNotCloneBeforeTheTransactionsAreSeenToBeSaved() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    FakeServer old = world.server("s1");
    old.executed = old.own(107);
    old.restart();
    for (int i = 0; i < 20; i++) {
      Decision decision = world.decideAndStore(Trigger.CHECK);
      decision
          .step()
          .filter(step -> !(step instanceof Step.SaveErrantTransactions))
          .ifPresent(world::carryOut);
      world.pass(Duration.ofSeconds(30));
    }
    assertEquals(0, old.clones);
    assertFalse(world.state.server(id("s1")).cloneRequired());
  }

  @Test
  void clonesWhenTheSourceHasPurgedTheBinaryLogs() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    world.server("s2").purged = world.server("s2").executed;
    world.server("s2").write();
    world.server("s1").restart();
    world.untilRunning();
    assertEquals(1, world.server("s1").clones);
    assertEquals(Set.of(), world.saved.keySet());
  }

  @Test
  void anOldSourceThatComesBackWritableIsClosedFirst() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    FakeServer old = world.server("s1");
    old.restart();
    old.readOnly = false;
    old.superReadOnly = false;
    assertEquals(Optional.of(new Step.FenceServer(id("s1"))), world.decide(Trigger.EVENT).step());
    world.untilRunning();
    assertTrue(old.readOnly);
  }

  @Test
  void aRunningCloneIsWaitedForAndDoesNotBlockFailureDetection() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(5);
    FakeServer old = world.server("s1");
    old.executed = old.own(107);
    old.restart();
    for (int i = 0; i < 30 && !world.state.server(id("s1")).cloneRequired(); i++) {
      Decision decision = world.decideAndStore(Trigger.CHECK);
      decision.step().filter(step -> !(step instanceof Step.CloneFrom)).ifPresent(world::carryOut);
      world.pass(Duration.ofSeconds(5));
    }
    assertTrue(world.state.server(id("s1")).cloneRequired());
    old.clones = 1;
    old.clone = CloneState.IN_PROGRESS;
    world.steps.clear();
    world.checks(3);
    assertEquals(List.of(), world.steps);
    world.server("s2").up = false;
    world.checks(5);
    assertEquals(Optional.of(id("s3")), world.state.source());
    assertTrue(world.state.server(id("s1")).cloneRequired());
  }

  @Test
  void aServerWhoseCloneFailedIsNeverTrustedForItsGtids() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    FakeServer old = world.server("s1");
    old.executed = old.own(107);
    old.restart();
    for (int i = 0; i < 30 && !world.state.server(id("s1")).cloneRequired(); i++) {
      Decision decision = world.decideAndStore(Trigger.CHECK);
      decision.step().filter(step -> !(step instanceof Step.CloneFrom)).ifPresent(world::carryOut);
      world.pass(Duration.ofSeconds(5));
    }
    old.clones = 1;
    old.clone = CloneState.FAILED;
    old.executed = old.own(100);
    world.state = world.state.withoutOperation();
    world.untilRunning();
    assertEquals(2, old.clones);
  }

  @Test
  void anEarlierCloneIsNotTakenForThisOne() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    FakeServer old = world.server("s1");
    old.clones = 3;
    old.clone = CloneState.COMPLETED;
    old.executed = old.own(107);
    old.restart();
    world.untilRunning();
    assertEquals(4, old.clones);
  }

  @Test
  void aReplicaWithErrantTransactionsThatLostItsSourceIsLeftToTheOperator() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              FakeServer s2 = w.server("s2");
              s2.source = null;
              s2.executed = s2.executed.union(s2.own(3));
            });
    world.checks(8);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(0, world.server("s2").clones);
    assertEquals(Set.of(id("s1")), world.routed.readers());
    assertEquals(Optional.of(id("s1")), world.routed.writer());
  }

  @Test
  void aReplicaWhoseReplicationWasForgottenFollowsAgain() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s2").source = null);
    world.check();
    assertEquals(Membership.JOINED, world.membership("s2"));
    world.untilRunning();
    assertEquals(world.server("s1"), world.server("s2").source);
  }

  @Test
  void aBrokenReplicationIsRestartedWithGrowingPauses() {
    FakeWorld world =
        FakeWorld.running("s1", "s2").given(w -> w.server("s2").applierError = "duplicate key");
    world.checks(60);
    long restarts = world.steps.stream().filter(Step.RestartReplication.class::isInstance).count();
    assertTrue(restarts >= 5 && restarts <= 10, "restarts in five minutes: " + restarts);
    assertEquals(restarts, world.state.totals().replicationRestart());
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(Set.of(id("s1")), world.routed.readers());
    world.server("s2").applierError = "";
    world.untilRunning();
    assertEquals(Set.of(id("s2")), world.routed.readers());
  }

  @Test
  void aReplicationThatBreaksAgainAfterEachRestartIsNotRestartedAllTheTime() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    for (int i = 0; i < 60; i++) {
      world.server("s2").applierError = "duplicate key";
      for (int round = 0; round < 4; round++) {
        if (world.round(round == 0 ? Trigger.CHECK : Trigger.EVENT).orElse(null)
            instanceof Step.RestartReplication) {
          // It runs for a moment, long enough to be seen well.
          world.server("s2").applierError = "";
        }
      }
    }
    long restarts = world.steps.stream().filter(Step.RestartReplication.class::isInstance).count();
    assertTrue(restarts >= 5 && restarts <= 10, "restarts in five minutes: " + restarts);
  }

  @Test
  void aReplicaThatIsDownIsTakenOutOfTheReadersAndComesBack() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s2").up = false);
    world.checks(2);
    assertEquals(Phase.DEGRADED, world.state.phase());
    assertEquals(Set.of(id("s1")), world.routed.readers());
    world.server("s2").restart();
    world.untilRunning();
    assertEquals(Set.of(id("s2")), world.routed.readers());
    assertFalse(world.server("s2").superReadOnly);
  }

  @Test
  void aReplicaTooFarBehindServesNoReads() {
    FakeWorld world =
        FakeWorld.running("s1", "s2").given(w -> w.server("s2").lag = Duration.ofSeconds(61));
    world.check();
    assertEquals(Set.of(id("s1")), world.routed.readers());
  }

  private static int indexOf(FakeWorld world, Class<? extends Step> type) {
    for (int i = 0; i < world.steps.size(); i++) {
      if (type.isInstance(world.steps.get(i))) {
        return i;
      }
    }
    return -1;
  }
}
