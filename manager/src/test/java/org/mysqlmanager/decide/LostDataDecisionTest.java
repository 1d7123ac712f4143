package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;
import static org.mysqlmanager.decide.Rounds.add;
import static org.mysqlmanager.decide.Rounds.checksWithout;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.GtidSet;
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
        world.saved.get(id("s1")).transactions().contains(GtidSet.parse(old.uuid + ":101-120")),
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
}
