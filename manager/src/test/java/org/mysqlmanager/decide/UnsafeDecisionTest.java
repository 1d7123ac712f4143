package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.Operation.Failover;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.Evidence;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.ServerObservation.Cause;
import org.mysqlmanager.observe.WriteProbe;

/** Decisions that could lose data, or leave two servers open, in states that are seldom reached. */
class UnsafeDecisionTest {
  // --- A source that comes back with less than it had

  /** s1 has lost 91 to 100 in a crash; s2 has them, begins to take over, and goes away. */
  @Test
  void aSourceThatLacksWhatIsRequiredIsNotOpenedAgainWhenTheCandidateGoesAway() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s1").executed = world.server("s1").own(90);
    world.server("s1").restart();
    Rounds.reach(world, FailoverStep.PROMOTE, Step.Promote.class::isInstance);
    world.server("s2").up = false;
    world.checks(20);
    assertTrue(world.server("s1").readOnly, "it would use 91 to 100 once more: " + world.reasons);
  }

  /** The same UUID, as after a restore from a backup; nobody else answers. */
  @Test
  void aSourceThatLacksWhatItWasLastSeenToHaveIsNotOpenedAgain() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.check();
    world.servers.values().forEach(server -> server.up = false);
    world.checks(2);
    assertEquals(Optional.of(world.server("s1").own(100)), world.state.sourceExecuted());
    world.server("s1").executed = world.server("s1").own(90);
    world.server("s1").restart();
    world.checks(3);
    assertTrue(world.server("s1").readOnly, "it would use 91 to 100 once more: " + world.reasons);
  }

  // --- How far behind a candidate is

  /** s2 was away for an hour and is back when s1, which was written to all the time, is not. */
  @Test
  void aReplicaThatMissedAnHourIsNotPromotedWithoutAnOperator() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s2").up = false;
    world.checks(3);
    for (int i = 0; i < 50; i++) {
      world.server("s1").write();
    }
    world.pass(Duration.ofHours(1));
    world.check();
    world.server("s1").up = false;
    world.server("s2").restart();
    world.server("s2").receiverLag = Duration.ofHours(1);
    world.checks(8);
    assertEquals(Optional.of(id("s1")), world.state.source(), world.reasons.toString());
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
  }

  /** A new leader has no history of the source, and MySQL says that the applier is 1 s late. */
  @Test
  void whatAnEarlierLeaderFoundOfALateReceiverIsNotForgottenByANewOne() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s2").receiverError = "cannot connect";
    world.server("s2").receiverLag = Duration.ofMinutes(10);
    world.check();
    assertTrue(world.state.server(id("s2")).behind().isPresent());
    world.server("s2").receiverError = "";
    world.server("s2").lag = Duration.ofSeconds(1);
    Observation unknown =
        world
            .observe(Trigger.CHECK)
            .with(
                new Evidence(
                    Map.of(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
    Decision decision = Decider.decide(world.spec, world.state, unknown);
    assertTrue(decision.next().server(id("s2")).behind().isPresent(), decision.next().reason());
  }

  // --- An old source that is alive

  /** s1 cannot commit, so its clients pile up until it lets nobody in; nor can it be closed. */
  @Test
  void nobodyIsPromotedBesideASourceThatOnlyRefusesTheManager() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withWriteProbe(WriteProbing.FAILOVER));
    world.writeProbe = Optional.of(new WriteProbe.Failed("s1: a commit is stuck"));
    for (int i = 0; i < 5; i++) {
      Decision decision = world.decideAndStore(Trigger.CHECK);
      if (decision.step().orElse(null) instanceof Step.FenceOldSource) {
        break;
      }
    }
    assertTrue(world.state.operation().orElseThrow() instanceof Failover);
    world.server("s1").hidden = true;
    world.server("s1").whyAway = Cause.TOO_MANY_CONNECTIONS;
    Rounds.checksWithout(world, 3, Step.FenceOldSource.class::isInstance);
    assertEquals(Set.of(), world.writableAtPromotion, world.reasons.toString());
  }

  /** What s1 committed until it was closed is on its way: s1 answers and sends it. */
  @Test
  void theReceiverOfTheCandidateIsNotStoppedWhileAClosedSourceStillSends() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withWriteProbe(WriteProbing.FAILOVER));
    world.writeProbe = Optional.of(new WriteProbe.Failed("s1: a commit is stuck"));
    Decision decision = world.decideAndStore(Trigger.CHECK);
    while (decision.step().isEmpty()) {
      decision = world.decideAndStore(Trigger.CHECK);
    }
    // The commit that was stuck ends at last; then the fence is up.
    world.server("s1").write();
    world.carryOut(decision.step().orElseThrow());
    assertNotEquals(
        Optional.of(new Step.StopReceiver(id("s2"))),
        world.decideAndStore(Trigger.EVENT).step(),
        "s2 would lack " + world.server("s1").own(101).minus(world.server("s2").executed));
  }

  // --- Data that is given up

  /** Its clone does not begin; meanwhile somebody mends it by hand and writes to it. */
  @Test
  void whatIsWrittenToAReplicaBeforeItsCloneBeginsIsNotOverwritten() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withCloneBrokenReplicas(true));
    FakeServer s2 = world.server("s2");
    s2.applierError = "duplicate key";
    Rounds.checksWithout(world, 60, Step.CloneFrom.class::isInstance);
    assertTrue(world.steps.stream().anyMatch(Step.CloneFrom.class::isInstance));
    s2.executed = s2.executed.union(s2.own(1));
    world.checks(100);
    assertTrue(s2.clones == 0 || world.saved.containsKey(id("s2")), world.reasons.toString());
  }

  /** A server that is taken out of the spec and put back may be half cloned all the same. */
  @Test
  void aHalfClonedServerThatLeavesTheSpecAndComesBackIsStillCloned() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3");
    world.state = world.state.withServer(id("s3"), s -> s.withCloneRequired(""));
    var all = world.spec;
    world.spec =
        Rounds.withServers(
            world, all.servers().stream().filter(s -> !s.name().equals(id("s3"))).toList());
    world.checks(2);
    world.spec = all;
    world.server("s3").source = null;
    world.server("s3").userData = false;
    world.untilRunning();
    assertEquals(1, world.server("s3").clones, world.steps.toString());
  }

  /** Another cluster's server at the address of the source: it is nobody's to fence or clone. */
  @Test
  void aForeignServerInThePlaceOfTheSourceIsNeverCloned() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    FakeServer s1 = world.server("s1");
    s1.uuid = "00000000-0000-0000-0000-0000000000aa";
    s1.executed = s1.own(500);
    world.server("s2").receiverError = "the password there is another";
    world.checks(30);
    assertEquals(0, s1.clones, world.steps.toString());
    assertFalse(s1.readOnly, "another cluster's clients write there");
  }

  /** s1 stays dead; s2 and s3 fail in turn, each joining again at once. */
  @Test
  void anotherServerThatIsDeadForGoodDoesNotSwitchTheGuardAgainstFlappingOff() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(5);
    assertEquals(Optional.of(id("s2")), world.state.source());
    world.pass(Duration.ofMinutes(10));
    world.server("s2").up = false;
    world.checks(4);
    assertEquals(Optional.of(id("s3")), world.state.source());
    world.server("s2").restart();
    world.checks(2);
    assertTrue(world.state.server(id("s2")).isJoined(), world.state.reason());
    world.server("s3").up = false;
    world.checks(4);
    assertTrue(
        Duration.between(world.state.lastFailover().orElseThrow().ended(), world.now)
                .compareTo(world.spec.minFailoverInterval())
            < 0);
    assertEquals(Optional.of(id("s3")), world.state.source(), world.reasons.toString());
  }
}
