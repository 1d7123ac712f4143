package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.Operation.Failover;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.ServerObservation.Cause;
import org.mysqlmanager.observe.Sight;
import org.mysqlmanager.observe.WriteProbe;

/** What could stand still for ever, go round without end, grow, or be counted wrongly. */
class LivenessDecisionTest {
  /** STOP REPLICA waits for a long transaction, so the step takes its whole deadline. */
  @Test
  void aBystanderThatTakesLongToRepointDoesNotKeepAFailoverFromRouting() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    for (int i = 0; i < 60; i++) {
      Decision decision = world.decideAndStore(i < 8 ? Trigger.CHECK : Trigger.EVENT);
      boolean hangs = decision.step().orElse(null) instanceof Step.Follow;
      if (!hangs) {
        decision.step().ifPresent(world::carryOut);
      }
      world.pass(hangs ? Duration.ofSeconds(5) : Duration.ofMillis(50));
    }
    assertEquals(Optional.of(id("s2")), world.state.source(), world.state.reason());
  }

  /** Its applier was 61 s late when the source died; a minute later it has applied everything. */
  @Test
  void aReplicaThatHasAppliedAllTheSourceHadIsPromotedHoweverLateItOnceWas() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s2").lag = Duration.ofSeconds(61);
    world.check();
    world.server("s1").up = false;
    world.checks(3);
    assertTrue(
        world.server("s2").executed.contains(world.state.sourceExecuted().orElseThrow()),
        "nothing at all would be lost");
    world.checks(60);
    assertEquals(Optional.of(id("s2")), world.state.source(), world.state.reason());
  }

  /** s1 comes back with a refused password; s3 could follow at once. */
  @Test
  void aServerThatCannotJoinDoesNotKeepOthersFromJoining() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.server("s3").up = false;
    world.checks(6);
    assertEquals(Optional.of(id("s2")), world.state.source());
    world.server("s1").receiverError = "Access denied for user 'mm_replication'";
    world.server("s1").restart();
    world.checks(2);
    world.server("s3").restart();
    world.checks(200);
    assertTrue(world.state.server(id("s3")).isJoined(), world.state.reason());
  }

  /** The source hangs, and is not to be given up for a candidate that is merely slow. */
  @Test
  void aFailoverFromASourceThatCannotWriteIsNotGivenUpAfterThreeSeconds() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withWriteProbe(WriteProbing.FAILOVER));
    world.writeProbe = Optional.of(new WriteProbe.Failed("s1: disk full"));
    FakeServer s2 = world.server("s2");
    s2.executed = world.server("s1").own(90);
    s2.retrieved = world.server("s1").own(100).minus(s2.executed);
    s2.applierOn = false;
    Rounds.checksWithout(
        world,
        12,
        step -> step instanceof Step.AwaitApplied || step instanceof Step.RestartReplication);
    long begun = world.steps.stream().filter(Step.OpenSource.class::isInstance).count();
    assertEquals(0, begun, "opened again though it cannot write: " + world.steps);
  }

  /** Its manager's clock was four minutes fast, the pause was to be two seconds. */
  @Test
  void aPauseLongerThanItsOwnLengthComesFromAClockThatWasWrong() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s1").restart();
    Retry wrong = Retry.NONE.next(world.now.plus(Duration.ofMinutes(4)));
    world.state = world.state.withServer(id("s1"), s -> s.withRetry(wrong));
    world.checks(3);
    assertTrue(!world.server("s1").readOnly, "no writes for four minutes: " + world.reasons);
  }

  /** The pauses between restarts of its replication are none between attempts at closing it. */
  @Test
  void aBrokenReplicaThatIsOpenIsClosedSoon() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s2").applierError = "duplicate key";
    world.checks(60);
    while (world.state.server(id("s2")).retry().isDue(world.now)) {
      world.check();
    }
    world.server("s2").readOnly = false;
    world.checks(4);
    assertTrue(world.server("s2").readOnly, "open for " + Duration.ofSeconds(20));
  }

  @Test
  void aReplicaThatCannotBeClosedIsLeftToAnOperatorAfterBoundedAttempts() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s2").readOnly = false;
    Rounds.checksWithout(world, 30, Step.CloseReplica.class::isInstance);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase(), world.state.reason());
  }

  @Test
  void aJoiningServerThatCannotBeClosedIsPacedAndLeftToAnOperator() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    world.server("s1").restart();
    Rounds.checksWithout(world, 60, Step.CloseReplica.class::isInstance);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase(), world.state.reason());
  }

  /** Restarts count from the last time it was well, not from the last time the source was away. */
  @Test
  void aSourceThatIsAwayForAMomentDoesNotPermitAnotherCloneOfABrokenReplica() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withCloneBrokenReplicas(true));
    world.server("s2").applierError = "duplicate key";
    while (world.server("s2").clones == 0) {
      world.check();
    }
    world.server("s2").applierError = "";
    world.untilRunning();
    world.server("s2").applierError = "duplicate key";
    world.checks(100);
    assertEquals(1, world.server("s2").clones);
    for (int i = 0; i < 3; i++) {
      world.server("s1").up = false;
      world.pass(Duration.ofMinutes(6));
      world.check();
      world.server("s1").restart();
      world.checks(60);
    }
    assertEquals(1, world.server("s2").clones, "a clone for each blip of the source");
  }

  /** s2 and s3 are away in turn, each longer than the threshold, never both back for long. */
  @Test
  void theReasonOfAFailoverDoesNotGrowWithEachCandidate() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    Rounds.reach(world, FailoverStep.STOP_RECEIVER, Step.StopReceiver.class::isInstance);
    for (int i = 0; i < 40; i++) {
      Failover failover = (Failover) world.state.operation().orElseThrow();
      world.servers.get(failover.candidate()).up = false;
      for (int j = 0; j < 6; j++) {
        world.decideAndStore(Trigger.CHECK);
        world.pass(Duration.ofSeconds(5));
      }
      world.servers.get(failover.candidate()).restart();
    }
    Failover failover = (Failover) world.state.operation().orElseThrow();
    assertTrue(failover.why().length() < 500, failover.why().length() + " characters");
  }

  /** Somebody else's tool starts the receiver again whenever it is stopped. */
  @Test
  void aReceiverThatIsStartedOverAndOverDoesNotMakeTheStateGrow() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.server("s2").applierOn = false;
    world.server("s2").retrieved = world.server("s1").own(120).minus(world.server("s1").own(100));
    for (int i = 0; i < 200; i++) {
      Decision decision = world.decideAndStore(Trigger.CHECK);
      decision
          .step()
          .filter(step -> !(step instanceof Step.AwaitApplied))
          .ifPresent(world::carryOut);
      if (decision.step().orElse(null) instanceof Step.AwaitApplied) {
        world.server("s2").receiverOn = true;
      }
      world.now = world.now.plusSeconds(1);
    }
    int done = world.state.operation().map(operation -> operation.done().size()).orElse(0);
    assertTrue(done < 20, done + " records of steps in the state");
  }

  @Test
  void aCheckInWhichAServerJoinsCountsAWriteFailureOnce() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    world.spec = world.spec.withPolicy(world.spec.policy().withWriteProbe(WriteProbing.ALARM));
    world.server("s1").restart();
    int before = 0;
    for (int i = 0; i < 40 && !world.state.oldMasterJoined(); i++) {
      world.writeProbe = Optional.of(new WriteProbe.Failed("s2: disk full"));
      before = world.state.writeFailureCount();
      world.round(Trigger.CHECK);
      int after = world.state.writeFailureCount();
      assertTrue(after <= before + 1, "from " + before + " to " + after);
    }
    assertTrue(world.state.oldMasterJoined());
  }

  @Test
  void theCountOfWriteFailuresIsNotWrittenAtEachCheckForEver() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withWriteProbe(WriteProbing.ALARM));
    world.writeProbe = Optional.of(new WriteProbe.Failed("s1: disk full"));
    world.checks(50);
    var before = world.state;
    world.check();
    assertEquals(before, world.state);
  }

  /** It is dead and its operator takes it out: the candidate is chosen, and there is no writer. */
  @Test
  void aDeadSourceThatIsTakenOutOfTheSpecDoesNotStopItsFailover() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    Rounds.reach(world, FailoverStep.STOP_RECEIVER, Step.StopReceiver.class::isInstance);
    Rounds.remove(world, "s1");
    world.checks(10);
    assertEquals(Optional.of(id("s2")), world.state.source(), world.state.reason());
  }

  /** What the last step said differs each time, as the applier makes progress. */
  @Test
  void whatTheLastStepSaidDoesNotMakeTheStateChangeForEver() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    Rounds.checksWithout(world, 40, Step.Promote.class::isInstance);
    world.lastFailure = Optional.of("promote: it has not executed a:1-1000");
    world.decideAndStore(Trigger.EVENT);
    var before = world.state;
    world.lastFailure = Optional.of("promote: it has not executed a:1-1001");
    world.decideAndStore(Trigger.EVENT);
    assertEquals(before, world.state);
  }

  /** A proxy that restarts empty while the source refuses the manager's password. */
  @Test
  void aProxyIsPutRightWhileTheSourceRefusesTheManager() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s1").hidden = true;
    world.server("s1").whyAway = Cause.ACCESS_DENIED;
    world.routed = Routing.NOWHERE;
    world.checks(5);
    assertEquals(Optional.of(id("s1")), world.routed.writer(), world.state.reason());
  }

  /** Two of four do not see it, the leader among them: nobody acts, and nobody else leads. */
  @Test
  void aLeaderWithoutAMajorityGivesWayToOneThatSeesTheSource() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").hidden = true);
    world.witness("manager-2", "s1", Sight.DOWN);
    world.witness("manager-3", "s1", Sight.UP);
    world.witness("manager-4", "s1", Sight.UP);
    for (int i = 0; i < 60; i++) {
      world.round(Trigger.CHECK);
    }
    assertNotEquals(0, world.resignations, world.state.reason());
  }

  /** The next leader counts its own checks: one late answer of a living source is no failure. */
  @Test
  void aLeaderThatResignsLeavesNoCountBehind() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").hidden = true);
    world.witness("manager-2", "s1", Sight.UP);
    for (int i = 0; i < 20 && world.resignations == 0; i++) {
      world.round(Trigger.CHECK);
    }
    assertEquals(1, world.resignations);
    assertEquals(0, world.state.masterFailureCount());
    assertEquals(Set.of(), world.writableAtPromotion);
  }
}
