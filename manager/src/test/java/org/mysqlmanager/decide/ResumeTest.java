package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.observe.Observation.Trigger;

/**
 * Every operation, interrupted at every one of its steps: the manager dies before the state is
 * written, after that but before the step, or after the step's effect; the next one goes on.
 */
class ResumeTest {
  private enum Crash {
    BEFORE_THE_WRITE,
    BEFORE_THE_EFFECT,
    AFTER_THE_EFFECT
  }

  @TestFactory
  Stream<DynamicTest> bootstrapResumes() {
    return everywhere("bootstrap", () -> FakeWorld.of("s1", "s2"), "s1");
  }

  @TestFactory
  Stream<DynamicTest> bootstrapWithCloneResumes() {
    return everywhere(
        "bootstrap with clone",
        () -> FakeWorld.of("s1", "s2").given(w -> w.server("s2").executed = w.server("s2").own(3)),
        "s1");
  }

  @TestFactory
  Stream<DynamicTest> failoverResumes() {
    return everywhere(
        "failover",
        () -> {
          FakeWorld world = FakeWorld.running("s1", "s2", "s3");
          world.server("s1").up = false;
          world.checks(3);
          return world;
        },
        "s2");
  }

  @TestFactory
  Stream<DynamicTest> rejoinWithCloneResumes() {
    return everywhere(
        "rejoin",
        () -> {
          FakeWorld world = FailoverDecisionTest.failedOver();
          world.server("s1").executed = world.server("s1").own(107);
          world.server("s1").restart();
          return world;
        },
        "s2");
  }

  private static Stream<DynamicTest> everywhere(
      String name, Supplier<FakeWorld> start, String expectedSource) {
    FakeWorld undisturbed = start.get();
    int before = undisturbed.steps.size();
    undisturbed.checks(15);
    int steps = undisturbed.steps.size() - before;
    assertTrue(steps > 3, "nothing to interrupt in " + name);
    List<DynamicTest> tests = new ArrayList<>();
    for (int at = 0; at < steps; at++) {
      for (Crash crash : Crash.values()) {
        int step = at;
        tests.add(
            DynamicTest.dynamicTest(
                "%s, crash %s %d".formatted(name, crash, at),
                () -> interrupt(start.get(), step, crash, expectedSource)));
      }
    }
    return tests.stream();
  }

  private static void interrupt(FakeWorld world, int at, Crash crash, String expectedSource) {
    int taken = 0;
    for (int round = 0; round < 200 && taken <= at; round++) {
      Trigger trigger = round % 4 == 0 ? Trigger.CHECK : Trigger.EVENT;
      Decision decision = world.decide(trigger);
      boolean crashesHere = decision.step().isPresent() && taken == at;
      if (decision.step().isPresent()) {
        taken++;
      }
      if (!crashesHere || crash != Crash.BEFORE_THE_WRITE) {
        decision = world.decideAndStore(trigger);
      }
      if (!crashesHere || crash == Crash.AFTER_THE_EFFECT) {
        decision.step().ifPresent(world::carryOut);
      }
      assertTrue(world.writableAndRouted() <= 1);
      world.pass(Duration.ofSeconds(2));
    }
    // The successor knows nothing but the state.
    world.lastSeen.clear();
    for (int i = 0; i < 60; i++) {
      world.check();
      assertTrue(world.writableAndRouted() <= 1);
    }
    assertEquals(Optional.of(id(expectedSource)), world.state.source());
    boolean allUp = world.servers.values().stream().allMatch(server -> server.up);
    assertEquals(allUp ? Phase.RUNNING : Phase.DEGRADED, world.state.phase(), world.state.reason());
    assertTrue(world.state.operation().isEmpty());
  }
}
