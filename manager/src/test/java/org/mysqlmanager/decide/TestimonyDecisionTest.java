package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.Sight;

/** A source that this manager cannot see: what the others, and the replicas, say of it. */
class TestimonyDecisionTest {
  /** s1 lives and s2 follows it, but this manager does not see s1. */
  private static FakeWorld blind(String... servers) {
    return FakeWorld.running(servers).given(w -> w.server("s1").hidden = true);
  }

  /** s1 is gone. */
  private static FakeWorld dead(String... servers) {
    return FakeWorld.running(servers).given(w -> w.server("s1").up = false);
  }

  @Test
  void aManagerThatIsAloneDecidesAlone() {
    FakeWorld world = dead("s1", "s2");
    world.checks(4);
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @Test
  void aLeaderThatAloneCannotSeeTheSourceResignsAndTouchesNothing() {
    FakeWorld world = blind("s1", "s2");
    world.witness("manager-2", "s1", Sight.UP);
    world.witness("manager-3", "s1", Sight.UP);
    for (int i = 0; i < 20; i++) {
      world.round(Trigger.CHECK);
    }
    assertTrue(world.resignations > 0);
    assertTrue(world.steps.stream().allMatch(Step.Resign.class::isInstance), world.steps::toString);
    assertEquals(Optional.of(id("s1")), world.state.source());
  }

  @Test
  void nobodyResignsBecauseOfAManagerThatDiedWithTheSource() {
    FakeWorld world = dead("s1", "s2");
    world.witness("manager-2", "s1", Sight.UP);
    world.checks(8);
    // Its session ends.
    world.witnesses.clear();
    world.check();
    assertEquals(0, world.resignations);
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @ParameterizedTest
  @CsvSource({"DOWN,DOWN,true", "DOWN,UP,true", "UP,DOWN,true", "UP,UP,false"})
  void aMajorityOfThreeDecides(Sight second, Sight third, boolean failsOver) {
    FakeWorld world = dead("s1", "s2");
    world.witness("manager-2", "s1", second);
    world.witness("manager-3", "s1", third);
    for (int i = 0; i < 6; i++) {
      world.round(Trigger.CHECK);
    }
    assertEquals(failsOver, world.state.operation().isPresent());
  }

  @Test
  void halfOfFourIsNoMajority() {
    FakeWorld world = dead("s1", "s2");
    world.witness("manager-2", "s1", Sight.DOWN);
    world.witness("manager-3", "s1", Sight.UP);
    world.witness("manager-4", "s1", Sight.UP);
    world.checks(8);
    assertEquals(List.of(), world.steps);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(Phase.DEGRADED, world.state.phase());

    // The one that lagged behind comes to see it, too.
    world.witness("manager-3", "s1", Sight.DOWN);
    world.check();
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @Test
  void whoSaysNothingOfThisSourceIsNotAsked() {
    FakeWorld world = dead("s1", "s2");
    world.witness("manager-2", "s9", Sight.UP);
    world.checks(4);
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @Test
  void aSourceThatAReplicaStillHearsIsNotFailedOver() {
    FakeWorld world = blind("s1", "s2", "s3");
    world.witness("manager-2", "s1", Sight.DOWN);
    world.witness("manager-3", "s1", Sight.DOWN);
    world.checks(8);
    assertEquals(List.of(), world.steps);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(Phase.DEGRADED, world.state.phase());

    world.server("s1").up = false;
    world.check();
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @Test
  void aLeaderThatAloneCannotSeeTheCandidateResigns() {
    FakeWorld world = dead("s1", "s2", "s3");
    Rounds.reach(world, org.mysqlmanager.model.Operation.FailoverStep.PROMOTE, _ -> false);
    world.server("s2").hidden = true;
    world.witness("manager-2", "s2", Sight.UP);
    for (int i = 0; i < 12; i++) {
      world.round(Trigger.CHECK);
    }
    assertTrue(world.resignations > 0);
    // The next leader sees it, and goes on with it.
    world.server("s2").hidden = false;
    world.check();
    assertEquals(Optional.of(id("s2")), world.state.source());
  }
}
