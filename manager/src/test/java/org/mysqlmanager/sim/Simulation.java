package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs scenarios, and makes those smaller in which something is violated. */
final class Simulation {
  private final Planted planted;
  private final Coverage coverage;

  Simulation(Planted planted, Coverage coverage) {
    this.planted = planted;
    this.coverage = coverage;
  }

  /**
   * What became of one scenario.
   *
   * @param violation empty if all invariants held
   */
  record Outcome(Optional<Violation> violation, long events, long virtualNanos) {}

  Outcome run(Scenario scenario, Timeline timeline) {
    World world = new World(scenario, planted, coverage, timeline);
    timeline.add(0, "seed", scenario::toString);
    world.start();
    world
        .scheduler()
        .after(
            scenario.end(),
            () -> {
              world.nemesis().heal();
              Convergence.watch(world);
            });
    Optional<Violation> violation = Optional.empty();
    try {
      world.scheduler().run();
    } catch (Violation e) {
      violation = Optional.of(e);
      timeline.add(world.scheduler().now(), "!", () -> "VIOLATION " + e.getMessage());
    }
    return new Outcome(violation, world.scheduler().happened(), world.scheduler().now());
  }

  Optional<Violation> violation(Scenario scenario) {
    return run(scenario, Timeline.none()).violation();
  }

  /** The same violation with as few faults as possible, leaving out one after the other. */
  Scenario shrink(Scenario scenario, Violation violation) {
    Scenario smallest = scenario;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (Fault fault : smallest.faults()) {
        List<Fault> fewer = new ArrayList<>(smallest.faults());
        fewer.remove(fault);
        Scenario candidate = smallest.with(fewer);
        if (violation(candidate)
            .filter(found -> found.invariant().equals(violation.invariant()))
            .isPresent()) {
          smallest = candidate;
          smaller = true;
          break;
        }
      }
    }
    return smallest;
  }

  /** A report for people: what was violated, the smallest plan of faults, and what happened. */
  String report(Scenario scenario, Violation violation) {
    Scenario smallest = shrink(scenario, violation);
    Timeline timeline = Timeline.kept();
    Violation found = run(smallest, timeline).violation().orElse(violation);
    StringBuilder text = new StringBuilder();
    text.append("VIOLATION of \"%s\" with %s\n".formatted(found.invariant(), scenario));
    text.append(found.getMessage()).append('\n');
    text.append(
        "%d of %d faults are enough:\n"
            .formatted(smallest.faults().size(), scenario.faults().size()));
    smallest.faults().forEach(fault -> text.append("  ").append(fault).append('\n'));
    List<String> numbers =
        smallest.faults().stream().map(fault -> String.valueOf(fault.number())).toList();
    text.append(
        "again: mvn test -pl zk,deploy/local,manager -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dmysqlmanager.sim.seed=%d -Dmysqlmanager.sim.faults=%s\n"
            .formatted(scenario.seed(), numbers.isEmpty() ? "none" : String.join(",", numbers)));
    text.append(timeline).append('\n');
    return text.toString();
  }
}
