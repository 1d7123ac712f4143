package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;
import static org.mysqlmanager.decide.Rounds.add;
import static org.mysqlmanager.decide.Rounds.checksWithout;
import static org.mysqlmanager.decide.Rounds.reach;
import static org.mysqlmanager.decide.Rounds.remove;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Operation.Rejoin;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.ServerObservation.Cause;

/** Cases in which a cluster once got stuck, or somebody was harmed. */
class StuckDecisionTest {

  /** Once: a stranger that cannot be fenced keeps the failover of the source from beginning. */
  @Test
  void aStrangerThatCannotBeClosedDoesNotPreventAFailover() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(5);
    assertEquals(Optional.of(id("s2")), world.state.source());
    world.server("s1").restart();
    world.server("s1").readOnly = false;
    world.server("s1").superReadOnly = false;
    checksWithout(world, 3, Step.FenceServer.class::isInstance);
    world.server("s2").up = false;
    checksWithout(world, 20, Step.FenceServer.class::isInstance);
    assertEquals(
        Optional.of(id("s3")),
        world.state.source(),
        world.state.masterFailureCount() + " failed checks; " + world.state.reason());
  }

  /** Once: containers swapped addresses, and the source was closed under its replica's name. */
  @Test
  void nothingIsClosedUnderANameThatLeadsToTheSource() {
    for (FakeWorld world :
        List.of(FakeWorld.running("s2", "s1"), FailoverDecisionTest.failedOver())) {
      FakeServer former = world.servers.put(id("s1"), world.server("s2"));
      world.steps.clear();
      world.checks(10);
      assertEquals(List.of(), world.steps);
      assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());

      former.restart();
      world.servers.put(id("s1"), former);
      world.untilRunning();
      assertEquals(Optional.of(id("s2")), world.state.source());
    }
  }

  /** It says that clients still reach the old source, which managers may only be unable to see. */
  @Test
  void aProxyThatAnswersButStillSendsClientsToTheOldSourceLeavesTheFailoverToAnOperator() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    Predicate<Step> noEffect =
        step -> step instanceof Step.ApplyRouting || step instanceof Step.FenceOldSource;
    checksWithout(world, 100, noEffect);
    assertEquals(Optional.of(id("s1")), world.state.source(), world.state.reason());
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    world.checks(2);
    assertEquals(Optional.of(id("s2")), world.state.source(), world.state.reason());
  }

  @Test
  void aProxyThatDoesNotAnswerAnyMoreHoldsNoFailoverUp() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    Predicate<Step> noEffect =
        step -> step instanceof Step.ApplyRouting || step instanceof Step.FenceOldSource;
    checksWithout(world, 10, noEffect);
    world.proxyUp = false;
    world.checks(3);
    assertEquals(Optional.of(id("s2")), world.state.source(), world.state.reason());
  }

  /** Once: the same proxy, at ROUTE: the source never changes, the new one is not watched. */
  @Test
  void aProxyThatIsNotInitialisedDoesNotKeepAFailoverInRoute() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    checksWithout(world, 10, Step.ApplyRouting.class::isInstance);
    assertEquals(Optional.of(id("s2")), world.state.source(), world.state.reason());
  }

  /** Once: the same proxy in peace: the old source never rejoins. */
  @Test
  void aProxyThatCannotBePutRightDoesNotKeepTheOldSourceFromRejoining() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    world.proxyInitialised = false;
    world.server("s1").restart();
    checksWithout(world, 100, Step.ApplyRouting.class::isInstance);
    assertTrue(world.state.oldMasterJoined(), world.state.reason());
  }

  /** Once: the candidate dies at PROMOTE; another replica has everything. */
  @Test
  void aCandidateThatDiesAtPromoteIsReplacedByAnotherReplica() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(3);
    reach(world, FailoverStep.PROMOTE, Step.Promote.class::isInstance);
    world.server("s2").up = false; // before the step had any effect
    world.checks(30);
    assertEquals(Optional.of(id("s3")), world.state.source(), world.state.reason());
  }

  /** Once: the same with two servers, and the old source is back with everything. */
  @Test
  void aCandidateThatDiesAtPromoteForGoodDoesNotKeepTheOldSourceOut() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(3);
    reach(world, FailoverStep.PROMOTE, Step.Promote.class::isInstance);
    world.server("s2").up = false;
    world.server("s1").restart();
    world.checks(60);
    assertNotEquals(Phase.UNAVAILABLE, world.state.phase(), world.state.reason());
  }

  /**
   * Once: relay_log_recovery=ON: the candidate restarts in CATCH_UP, what it had received is gone.
   */
  @Test
  void aCandidateThatRestartsWhileCatchingUpDoesNotHangTheFailover() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              FakeServer s2 = w.server("s2");
              s2.applierOn = false;
              s2.retrieved = GtidSet.parse(w.server("s1").uuid + ":101-120");
              w.server("s1").executed = w.server("s1").own(120);
              w.server("s1").up = false;
            });
    reach(world, FailoverStep.CATCH_UP, Step.AwaitApplied.class::isInstance);
    world.server("s2").restart();
    for (int i = 0; i < 100; i++) {
      world.round(Trigger.CHECK);
    }
    assertTrue(
        world.state.source().equals(Optional.of(id("s2")))
            || world.state.phase() == Phase.NEEDS_OPERATOR,
        world.state.phase() + ": " + world.state.reason());
  }

  /** Once: a third server has it all, and is not asked. */
  @Test
  void aCandidateThatCannotCatchUpIsReplacedByOneThatCan() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(3);
    FakeServer s2 = world.server("s2");
    s2.retrieved = GtidSet.parse(world.server("s1").uuid + ":101-105");
    s2.applierOn = false;
    world.server("s3").executed = world.server("s1").own(105);
    reach(world, FailoverStep.CATCH_UP, Step.AwaitApplied.class::isInstance);
    s2.applierError = "duplicate key";
    checksWithout(world, 60, Step.AwaitApplied.class::isInstance);
    assertEquals(Optional.of(id("s3")), world.state.source(), world.state.reason());
  }

  /** Once: a healthy old source stays closed for as long as a slow candidate applies. */
  @Test
  void anOldSourceThatIsBackIsTakenAgainWhenTheCandidateCannotApply() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(3);
    FakeServer s2 = world.server("s2");
    s2.retrieved = GtidSet.parse(world.server("s1").uuid + ":101-105");
    world.server("s1").executed = world.server("s1").own(105);
    s2.applierOn = false;
    reach(world, FailoverStep.CATCH_UP, Step.AwaitApplied.class::isInstance);
    s2.applierError = "duplicate key";
    world.server("s1").restart();
    checksWithout(world, 100, Step.AwaitApplied.class::isInstance);
    assertFalse(world.server("s1").readOnly, world.state.phase() + ": " + world.state.reason());
  }

  /** Once: a rejoin of a server that has died for good keeps every other server from joining. */
  @Test
  void aServerThatDiesWhileItRejoinsDoesNotKeepOthersFromJoining() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(5);
    FakeServer old = world.server("s1");
    old.executed = old.own(107);
    old.restart();
    for (int i = 0; i < 20 && !(world.state.operation().orElse(null) instanceof Rejoin); i++) {
      world.round(Trigger.EVENT);
    }
    old.up = false;
    world.server("s3").source = null; // its replication was reset by somebody
    world.checks(100);
    assertEquals(Membership.JOINED, world.membership("s3"), world.state.reason());
  }

  /** Once: the binary logs are purged while a server follows but has not caught up yet. */
  @Test
  void aRejoinWhoseBinaryLogsArePurgedOnTheWayIsFinishedByAClone() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    FakeServer old = world.server("s1");
    old.lag = Duration.ofHours(1);
    old.restart();
    for (int i = 0; i < 20 && old.source == null; i++) {
      world.check();
    }
    old.up = false;
    world.check();
    for (int i = 0; i < 10; i++) {
      world.server("s2").write();
    }
    world.server("s2").purged = world.server("s2").executed;
    old.restart();
    old.lag = Duration.ZERO;
    old.receiverError = "error 1236: purged required binary logs";
    Predicate<Step> noHelp = Step.RestartReplication.class::isInstance;
    for (int i = 0; i < 200; i++) {
      Decision d = world.decideAndStore(Trigger.CHECK);
      if (d.step().orElse(null) instanceof Step.CloneFrom) {
        old.receiverError = "";
      }
      d.step().filter(noHelp.negate()).ifPresent(world::carryOut);
      world.pass(Duration.ofSeconds(30));
    }
    assertTrue(world.state.oldMasterJoined(), world.state.reason());
  }

  /** Once: the source is taken out of the spec. */
  @Test
  void aSourceThatIsNoLongerInTheSpecIsReported() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    remove(world, "s1");
    world.checks(10);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase(), world.state.reason());
  }

  /** Once: the candidate is taken out of the spec in the middle of a failover. */
  @Test
  void aCandidateThatIsTakenOutOfTheSpecIsReplaced() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(3);
    world.round(Trigger.CHECK);
    remove(world, "s2");
    world.checks(30);
    assertEquals(Optional.of(id("s3")), world.state.source(), world.state.reason());
  }

  /** Once: the dead old source is taken out of the spec: nothing is left to join. */
  @Test
  void anOldSourceThatWasTakenOutOfTheSpecIsForgotten() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(5);
    remove(world, "s1");
    world.checks(5);
    assertTrue(world.state.oldMasterJoined(), world.state.servers().toString());
  }

  /** Once: a replica whose disk was replaced (same name, fresh data) joins again. */
  @Test
  void aReplicaThatComesBackEmptyIsClonedAgain() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              FakeServer s2 = w.server("s2");
              s2.uuid = "00000000-0000-0000-0000-0000000000bb";
              s2.executed = s2.own(5);
              s2.userData = false;
              s2.source = null;
              s2.restart();
            });
    world.untilRunning();
    assertEquals(1, world.server("s2").clones);
  }

  /** Once: a server that is added and holds data of its own is left alone. */
  @Test
  void aServerWithDataOfItsOwnThatIsAddedByMistakeIsNotTouched() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    FakeServer s3 = add(world, "s3", 3);
    s3.executed = s3.own(1000);
    s3.userData = true;
    s3.readOnly = false;
    s3.superReadOnly = false; // in production elsewhere
    world.checks(3);
    assertFalse(s3.readOnly, world.steps.toString());
  }

  /** Once: a leader whose clock was ahead does not put repairs off for its whole error. */
  @Test
  void aRetryFromAManagerWhoseClockIsAheadIsNotWaitedForAllDay() {
    Retry ahead = Retry.NONE.next(FakeWorld.of("s1").now.plus(Duration.ofDays(1)));
    assertTrue(ahead.isDue(FakeWorld.of("s1").now.plus(Duration.ofMinutes(10))));
  }

  /** Once: a wrong setting on one server keeps another from rejoining. */
  @Test
  void aWrongSettingOnOneServerDoesNotKeepAnotherFromRejoining() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(5);
    world.server("s3").gtidMode = false;
    world.server("s1").restart();
    world.checks(30);
    assertTrue(world.state.oldMasterJoined(), world.state.reason());
  }

  /** Once: a server deliberately delayed (SOURCE_DELAY) that was lost keeps the others out. */
  @Test
  void aDelayedReplicaThatRejoinsDoesNotKeepTheOldSourceOut() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3");
    world.server("s3").lag = Duration.ofHours(1);
    world.server("s3").source = null;
    world.checks(10);
    world.server("s1").up = false;
    world.checks(6);
    assertEquals(Optional.of(id("s2")), world.state.source(), world.state.reason());
    world.checks(5);
    world.server("s1").restart();
    world.checks(50);
    assertTrue(world.state.oldMasterJoined(), world.state.reason());
  }

  /** Once: a candidate that refuses connections is counted as neither here nor away. */
  @Test
  void aCandidateThatRefusesTheManagerIsReplaced() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(3);
    world.round(Trigger.CHECK);
    world.server("s2").up = false;
    world.server("s2").whyAway = Cause.TOO_MANY_CONNECTIONS;
    world.checks(60);
    assertEquals(Optional.of(id("s3")), world.state.source(), world.state.reason());
  }

  /** Once: a wiped source that boots writable is noticed. */
  @Test
  void aSourceThatComesBackEmptyAndWritableIsNotKeptAsSource() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              FakeServer s1 = w.server("s1");
              s1.uuid = "00000000-0000-0000-0000-0000000000aa";
              s1.executed = s1.own(3);
              s1.userData = false;
              s1.readOnly = false;
              s1.superReadOnly = false;
            });
    world.checks(5);
    assertTrue(
        world.state.source().equals(Optional.of(id("s2")))
            || world.state.phase() == Phase.NEEDS_OPERATOR,
        world.state.phase() + " " + world.state.source() + ": " + world.state.reason());
  }

  /** Once: candidate choice ignores what an unfit replica has received; it is lost unrecorded. */
  @Test
  void whatOnlyAnUnfitReplicaHasReceivedIsNotDeletedUnrecorded() {
    FakeWorld world =
        FakeWorld.running("s1", "s2", "s3")
            .given(w -> {
              w.server("s3").applierError = "duplicate key";
              w.server("s3").retrieved = GtidSet.parse(w.server("s1").uuid + ":101-110");
              w.server("s1").executed = w.server("s1").own(110);
              w.server("s1").up = false;
            });
    world.checks(6);
    boolean followed = world.steps.contains(new Step.Follow(id("s3"), id("s2")));
    assertFalse(
        world.state.source().equals(Optional.of(id("s2"))) && followed,
        "relay log of s3 with 101-110 deleted by Follow: " + world.state.reason());
  }
}
