package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.observe.ServerObservation.MissingPrivileges;

/** A server on which the manager's account may not do all that it needs. */
class PrivilegesDecisionTest {
  private static final MissingPrivileges SOME =
      new MissingPrivileges("s2: the account lacks CLONE_ADMIN", false);
  private static final MissingPrivileges VITAL =
      new MissingPrivileges("s2: the account lacks RELOAD", true);

  @Test
  void aNewClusterIsNotBegunUntilNothingIsMissing() {
    FakeWorld world =
        FakeWorld.of("s1", "s2").given(w -> w.server("s2").lacking = Optional.of(SOME));
    world.checks(3);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(SOME.sentence(), world.state.reason());
    assertEquals(List.of(), world.steps);
    world.server("s2").lacking = Optional.empty();
    world.untilRunning();
  }

  @Test
  void aReplicaThatCouldNotBePromotedIsAmissBeforehandAndNoCandidate() {
    FakeWorld world =
        FakeWorld.running("s1", "s2").given(w -> w.server("s2").lacking = Optional.of(VITAL));
    world.check();
    assertEquals(Phase.DEGRADED, world.state.phase());
    assertEquals(VITAL.sentence(), world.state.reason());
    world.server("s1").up = false;
    world.checks(6);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(List.of(), world.steps);
    assertTrue(world.state.reason().contains(VITAL.sentence()), world.state.reason());
    world.server("s2").lacking = Optional.empty();
    world.check();
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @Test
  void anotherReplicaTakesOverInstead() {
    FakeWorld world =
        FakeWorld.running("s1", "s2", "s3")
            .given(w -> {
              w.server("s2").lacking = Optional.of(VITAL);
              w.server("s1").up = false;
            });
    world.checks(4);
    assertEquals(Optional.of(id("s3")), world.state.source());
  }

  @Test
  void whatIsNotNeededForPromotionStopsNoFailover() {
    FakeWorld world =
        FakeWorld.running("s1", "s2").given(w -> w.server("s2").lacking = Optional.of(SOME));
    world.check();
    assertEquals(Phase.RUNNING, world.state.phase());
    assertTrue(world.state.reason().contains(SOME.sentence()), world.state.reason());
    world.server("s1").up = false;
    world.checks(4);
    assertEquals(Optional.of(id("s2")), world.state.source());
  }
}
