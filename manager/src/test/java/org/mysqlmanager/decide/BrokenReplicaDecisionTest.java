package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.observe.Observation.Trigger;

/**
 * A replica that cannot sync, and steps that do not succeed: bounded attempts, then an operator.
 */
class BrokenReplicaDecisionTest {
  private static final String CONFLICT = "duplicate key";

  private static FakeWorld conflicting(boolean mayClone) {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withCloneBrokenReplicas(mayClone));
    world.server("s2").applierError = CONFLICT;
    return world;
  }

  private static long count(FakeWorld world, Class<? extends Step> kind) {
    return world.steps.stream().filter(kind::isInstance).count();
  }

  @Test
  void isRestartedAndThenLeftToAnOperator() {
    FakeWorld world = conflicting(false);
    world.checks(60);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(0, count(world, Step.CloneFrom.class));
    assertTrue(count(world, Step.RestartReplication.class) >= Attempts.MOST);
    world.server("s2").applierError = "";
    world.untilRunning();
  }

  @Test
  void isNoReaderForTheMomentThatItRunsAfterEachRestart() {
    FakeWorld world = conflicting(false);
    int restarts = 0;
    for (int round = 0; round < 200; round++) {
      Optional<Step> step = world.round(round % 3 == 0 ? Trigger.CHECK : Trigger.EVENT);
      boolean isRestarted = step.orElse(null) instanceof Step.RestartReplication;
      restarts += isRestarted ? 1 : 0;
      // It runs until it comes to the transaction that it cannot apply.
      world.server("s2").applierError = isRestarted ? "" : CONFLICT;
      if (restarts > 1) {
        assertFalse(world.routed.readers().contains(id("s2")), "after restart " + restarts);
      }
    }
    assertTrue(restarts > 2, world.steps::toString);

    world.server("s2").applierError = "";
    Instant mended = world.now;
    while (!world.routed.readers().contains(id("s2"))) {
      world.check();
      assertTrue(
          Duration.between(mended, world.now).compareTo(Duration.ofMinutes(6)) < 0,
          world.steps::toString);
    }
  }

  @Test
  void isClonedWhereThatIsAllowedAndRestartsWereOfNoUse() {
    FakeWorld world = conflicting(true);
    while (count(world, Step.CloneFrom.class) == 0) {
      assertTrue(world.steps.size() < 20, world.steps::toString);
      world.check();
    }
    assertEquals(Attempts.MOST, count(world, Step.RestartReplication.class));
    world.server("s2").applierError = "";
    world.untilRunning();
    assertEquals(1, count(world, Step.CloneFrom.class));
    assertEquals(Membership.JOINED, world.membership("s2"));
  }

  @Test
  void isNotClonedOverAndOver() {
    FakeWorld world = conflicting(true);
    // Whatever is done, the conflict is there again.
    world.checks(400);
    assertEquals(1, count(world, Step.CloneFrom.class));
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    world.server("s2").applierError = "";
    world.checks(100);
    assertEquals(Phase.RUNNING, world.state.phase());

    // After it was well for long, the next trouble is a new one.
    world.server("s2").applierError = CONFLICT;
    world.checks(60);
    assertEquals(2, count(world, Step.CloneFrom.class));
  }

  @Test
  void isNotClonedIfItHasTransactionsOfItsOwn() {
    FakeWorld world = conflicting(true);
    world.server("s2").executed =
        world.server("s2").executed.union(GtidSet.parse(world.server("s2").uuid + ":1"));
    world.checks(100);
    assertEquals(0, count(world, Step.CloneFrom.class));
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
  }

  @Test
  void isNotClonedIfItOnlyCannotConnect() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withCloneBrokenReplicas(true));
    world.server("s2").receiverError = "Access denied for user 'mm_replication'";
    world.checks(100);
    assertEquals(0, count(world, Step.CloneFrom.class));
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertTrue(count(world, Step.Follow.class) > 0, "the password may be an old one");
    world.server("s2").receiverError = "";
    world.untilRunning();
  }

  @Test
  void anAdoptedReplicaIsNotGivenAUserThatIsNotThere() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s1").setUp = false;
    world.server("s2").receiverError = "cannot connect";
    world.checks(100);
    assertEquals(0, count(world, Step.Follow.class));
  }

  @Test
  void aRejoinThatNeverSucceedsAsksAnOperatorAndGoesOnByItself() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    world.server("s1").executed = world.server("s1").own(107);
    world.server("s1").restart();
    Rounds.checksWithout(world, 60, Step.CloneFrom.class::isInstance);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    world.checks(60);
    assertEquals(Phase.RUNNING, world.state.phase());
  }

  @Test
  void aBootstrapThatNeverSucceedsAsksAnOperatorAndGoesOnByItself() {
    FakeWorld world = FakeWorld.of("s1", "s2");
    world.lastFailure = Optional.of("set_up_source: no room on the disk");
    Rounds.checksWithout(world, 60, Step.SetUpSource.class::isInstance);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertTrue(world.state.reason().contains("no room on the disk"), world.state.reason());
    assertTrue(count(world, Step.SetUpSource.class) < 20, "paced");
    world.checks(60);
    assertEquals(Phase.RUNNING, world.state.phase());
  }

  @Test
  void aPromotionThatNeverSucceedsAsksAnOperatorAndGoesOnByItself() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    Rounds.checksWithout(world, 20, Step.Promote.class::isInstance);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    world.checks(2);
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @Test
  void aSourceThatCannotBeOpenedAsksAnOperatorAndGoesOnByItself() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s1").readOnly = true;
    world.server("s1").superReadOnly = true;
    Rounds.checksWithout(world, 60, Step.OpenSource.class::isInstance);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    world.untilRunning();
    assertEquals(List.of(id("s1")), world.routed.writer().stream().toList());
  }

  @Test
  void aServerThatDiesInItsCloneKeepsOthersWaitingForAWhileOnly() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(4);
    world.server("s1").executed = world.server("s1").own(107);
    world.server("s1").restart();
    Rounds.checksWithout(world, 3, Step.CloneFrom.class::isInstance);
    assertTrue(world.state.server(id("s1")).cloneRequired());
    world.server("s1").up = false;
    world.server("s3").source = null;
    world.checks(20);
    assertEquals(Membership.LOST, world.membership("s3"), "a big server takes its time to restart");
    world.checks(60);
    assertEquals(Membership.JOINED, world.membership("s3"));

    world.server("s1").restart();
    world.untilRunning();
    assertEquals(world.server("s2").executed, world.server("s1").executed);
  }
}
