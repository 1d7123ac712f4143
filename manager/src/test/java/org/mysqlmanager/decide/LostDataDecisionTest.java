package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;
import static org.mysqlmanager.decide.Rounds.add;
import static org.mysqlmanager.decide.Rounds.checksWithout;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.observe.Observation.Trigger;

/** Cases in which data was once lost, or could have been. */
class LostDataDecisionTest {
  private static final String FOREIGN = "99999999-0000-0000-0000-000000000001";

  /** Once: a healthy source that merely restarts is replaced by a diverged, stale replica. */
  @Test
  void aRestartedSourceIsNotReplacedByADivergedReplicaThatIsBehindIt() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              FakeServer s1 = w.server("s1");
              FakeServer s2 = w.server("s2");
              s2.executed = s2.executed.union(GtidSet.parse(FOREIGN + ":1"));
              s2.receiverOn = false;
              s2.receiverError = "error 1236";
              for (int i = 0; i < 50; i++) {
                s1.write();
              }
              s1.purged = s1.executed;
            });
    checksWithout(world, 2, Step.RestartReplication.class::isInstance);
    assertTrue(world.state.reason().contains("s2 has transactions that s1 lacks"));
    world.server("s1").restart();
    checksWithout(world, 15, Step.RestartReplication.class::isInstance);
    assertEquals(Optional.of(id("s1")), world.state.source(), world.reasons.toString());
    assertTrue(world.server("s1").executed.contains(world.server("s1").own(150)));
  }

  /** Once: a server with data but without GTIDs is cloned over. */
  @Test
  void aServerWithDataAndNoGtidsThatIsAddedIsNotCloned() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              w.server("s1").purged = w.server("s1").own(10);
              FakeServer s3 = add(w, "s3", 3);
              s3.userData = true;
            });
    world.checks(10);
    assertEquals(0, world.server("s3").clones, world.steps.toString());
  }

  /** Once: At adoption: s2 replicates from s1, s3 holds data of its own without GTIDs. */
  @Test
  void aServerWithDataAndNoGtidsBesideAReplicatingPairIsNotCloned() {
    FakeWorld world =
        FakeWorld.of("s1", "s2", "s3")
            .given(w -> {
              FakeServer from = w.server("s1");
              from.executed = from.own(50);
              from.purged = from.own(10);
              from.userData = true;
              from.setUp = true;
              from.readOnly = false;
              from.superReadOnly = false;
              w.server("s2").executed = from.executed;
              w.server("s2").userData = true;
              w.server("s2").follow(from);
              w.server("s3").userData = true;
            });
    world.checks(10);
    assertEquals(0, world.server("s3").clones, world.steps.toString());
  }

  /** Once: what a replica has received but not applied counts for "came back with less". */
  @Test
  void aSourceThatComesBackWithLessThanWasReceivedIsNotOpened() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              w.server("s2").applierOn = false;
              w.server("s2").retrieved = GtidSet.parse(w.server("s1").uuid + ":101-110");
              // executed 1-100 on both; 101-110 were committed on s1, sent, and lost in its crash
              w.server("s1").restart();
            });
    Optional<Step> step = world.round(Trigger.CHECK);
    assertNotEquals(Optional.of(new Step.OpenSource(id("s1"))), step);
  }

  /** Once: a source that comes back empty is opened for writes when no replica answers. */
  @Test
  void anEmptyServerInThePlaceOfTheSourceIsNotOpenedForWrites() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              w.server("s2").up = false;
              FakeServer s1 = w.server("s1");
              s1.uuid = "00000000-0000-0000-0000-0000000000aa";
              s1.executed = s1.own(3);
              s1.userData = false;
              s1.setUp = false;
              s1.restart();
            });
    world.checks(2);
    assertTrue(world.server("s1").readOnly, world.steps.toString());
  }

  /** Once: transactions that arrive between saving and cloning are thrown away unsaved. */
  @Test
  void whatIsWrittenBetweenSavingAndCloningIsNotLost() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    FakeServer old = world.server("s1");
    old.executed = old.own(107);
    old.restart();
    for (int i = 0; i < 20 && world.saved.isEmpty(); i++) {
      world.round(Trigger.EVENT);
    }
    assertFalse(world.saved.isEmpty());
    old.restart();
    old.executed = old.own(120); // it came back open for a moment, and a client wrote directly
    world.untilRunning();
    assertTrue(
        world.savedOf("s1").contains(GtidSet.parse(old.uuid + ":101-120")),
        "cloned " + old.clones + ", saved only " + world.saved);
  }

  /** Once: a replica known to have diverged is promoted after it was seen down once. */
  @Test
  void aReplicaThatDivergedIsStillUnfitAfterARestart() {
    FakeWorld world =
        FakeWorld.running("s1", "s2")
            .given(w -> {
              FakeServer s2 = w.server("s2");
              s2.executed = s2.executed.union(s2.own(1));
            });
    world.check();
    world.servers.values().forEach(s -> s.up = false);
    world.check();
    world.server("s2").restart();
    world.checks(8);
    assertEquals(Optional.of(id("s1")), world.state.source(), world.state.reason());
  }

  @Test
  void whatACandidateReceivesAfterARestartIsAppliedBeforeItIsPromoted() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    Rounds.reach(world, FailoverStep.PROMOTE, Step.Promote.class::isInstance);
    FakeServer s1 = world.server("s1");
    FakeServer s2 = world.server("s2");
    // Both are back, and the receiver with its server; the applier is slow.
    s2.restart();
    s1.up = true;
    s1.executed = s1.own(103);
    world.pass(Duration.ofMillis(10));
    s2.executed = s1.own(100);
    s2.retrieved = s1.own(103).minus(s1.own(100));
    s2.applierOn = false;
    s1.up = false;
    world.checks(3);
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertTrue(s2.executed.contains(s1.own(103)), s2.executed::toString);
    assertTrue(world.saved.isEmpty(), "nothing was left behind");
  }

  @Test
  void nothingArrivesAnyMoreOnceALostReplicaWasCompared() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.server("s3").up = false;
    world.checks(4);
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertEquals(Membership.LOST, world.membership("s3"));
    world.server("s3").restart();
    for (int i = 0; i < 10 && world.membership("s3") != Membership.JOINED; i++) {
      world.check();
    }
    assertEquals(Membership.JOINED, world.membership("s3"));
    int stop = world.steps.indexOf(new Step.StopReceiver(id("s3")));
    int follow = world.steps.indexOf(new Step.Follow(id("s3"), id("s2")));
    assertTrue(stop >= 0 && stop < follow, world.steps::toString);
  }

  @Test
  void aBystandersReceiverIsStoppedBeforeItIsRepointed() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(5);
    int stop = world.steps.indexOf(new Step.StopReceiver(id("s3")));
    int follow = world.steps.indexOf(new Step.Follow(id("s3"), id("s2")));
    assertTrue(stop >= 0 && stop < follow, world.steps::toString);
  }

  /** s1 committed one transaction that s2 never got; s2 took over, and s1 was cloned from it. */
  private static FakeWorld withOneGivenUp() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s1").executed = world.server("s1").own(101);
    world.server("s1").up = false;
    world.checks(4);
    assertEquals(Optional.of(id("s2")), world.state.source());
    world.server("s1").restart();
    world.untilRunning();
    assertEquals(1, world.server("s1").clones);
    assertEquals(1, saves(world));
    return world;
  }

  private static long saves(FakeWorld world) {
    return world.steps.stream().filter(Step.SaveErrantTransactions.class::isInstance).count();
  }

  @Test
  void aGtidThatIsGivenOutAgainIsAnotherTransaction() {
    FakeWorld world = withOneGivenUp();
    FakeServer s1 = world.server("s1");
    FakeServer s2 = world.server("s2");
    // s1 is source again, and MySQL gives out the lowest number that is free: 101 once more.
    world.pass(world.spec.minFailoverInterval());
    s2.up = false;
    world.checks(4);
    s2.restart();
    world.untilRunning();
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertTrue(s1.executed.contains(s1.own(101)), "given out again");
    // Let us say that it has not been replicated.
    s2.retrieved = GtidSet.EMPTY;
    s2.executed = s2.executed.minus(s1.own(101)).union(s1.own(100));
    s2.receiverOn = false;
    s1.up = false;
    world.pass(world.spec.minFailoverInterval());
    world.checks(4);
    assertEquals(Optional.of(id("s2")), world.state.source());
    s1.restart();
    world.untilRunning();
    assertEquals(2, saves(world), "what was saved first is another transaction");
  }

  @Test
  void aServerThatMayHoldAVersionThatWasGivenUpIsNotTakenForAReplica() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3");
    FakeServer s1 = world.server("s1");
    FakeServer s3 = world.server("s3");
    // s1 and s3 have 101; both are away when s2 takes over.
    s1.executed = s1.own(101);
    s3.executed = s1.own(101);
    s1.up = false;
    s3.up = false;
    world.checks(4);
    assertEquals(Optional.of(id("s2")), world.state.source());
    s1.restart();
    world.checks(10);
    assertEquals(1, s1.clones);
    assertTrue(world.state.oldMasterJoined());

    // Another 101 becomes known to the cluster.
    world.server("s2").executed = world.server("s2").executed.union(s1.own(101));
    s3.restart();
    world.checks(10);
    assertTrue(world.membership("s3") != Membership.JOINED, world.state::reason);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
  }

  @Test
  void whatAFormerSourceHasFromACloneAndTheSourceLacksIsLeftToAnOperator() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(4);
    FakeServer s1 = world.server("s1");
    s1.executed = s1.own(107);
    s1.purged = s1.own(107);
    s1.restart();
    world.checks(10);
    assertEquals(0, s1.clones);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(s1.own(107), s1.executed);
  }

  @Test
  void aFormerSourceThatHasLostItsOwnTransactionsIsClonedBecauseItWouldSkipThem() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(4);
    FakeServer s1 = world.server("s1");
    s1.executed = s1.own(90);
    s1.restart();
    world.untilRunning();
    assertEquals(1, s1.clones);
  }

  @Test
  void aFormerSourceOnANewDiskIsClonedForTheSameReason() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(4);
    FakeServer s1 = world.server("s1");
    s1.uuid = "00000000-0000-0000-0000-000000000099";
    s1.executed = GtidSet.EMPTY;
    s1.userData = false;
    s1.restart();
    world.untilRunning();
    assertEquals(1, s1.clones);
  }
}
