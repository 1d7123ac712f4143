package org.mysqlmanager.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.mysqlmanager.sim.Coverage.Way;

/** Nothing that goes wrong breaks a guarantee; see the package for how to choose the seeds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulationTest {
  private static final long STANDARD = 3000;

  private final Seeds seeds = new Seeds(Planted.NOTHING);

  @Test
  void noScheduleBreaksAGuaranteeAndEachStepIsInterruptedInEachWayOfBeingKilled() {
    Long only = Long.getLong("mysqlmanager.sim.seed");
    if (only != null) {
      runOne(only);
      return;
    }
    long first = Long.getLong("mysqlmanager.sim.first", 1);
    long count = Long.getLong("mysqlmanager.sim.seeds", STANDARD);
    Seeds.Result result = seeds.run(first, count, 5);
    System.out.println(result.speed());
    assertTrue(
        result.violations().isEmpty(),
        () -> result.violations().isEmpty() ? "" : seeds.report(result));
    if (count >= STANDARD) {
      assertEquals(List.of(), neverKilled(), () -> seeds.coverage().table());
    }
  }

  private List<String> neverKilled() {
    List<String> never = new ArrayList<>();
    for (String step : Coverage.STEPS) {
      for (Way way :
          List.of(Way.KILLED_BEFORE_WRITE, Way.KILLED_BEFORE_EFFECT, Way.KILLED_AFTER_EFFECT)) {
        if (!step.startsWith("upkeep/") && seeds.coverage().of(step, way) == 0) {
          never.add(step + " " + way);
        }
      }
    }
    return never;
  }

  /** One schedule, perhaps with only some of its faults, and all that happens in it. */
  private static void runOne(long seed) {
    Scenario scenario = Scenario.of(seed);
    String wanted = System.getProperty("mysqlmanager.sim.faults", "all");
    if (!wanted.equals("all")) {
      Set<String> numbers = new TreeSet<>(List.of(wanted.split(",", -1)));
      scenario =
          scenario.with(
              scenario.faults().stream()
                  .filter(fault -> numbers.contains(String.valueOf(fault.number())))
                  .toList());
    }
    Timeline timeline = Timeline.kept();
    Simulation.Outcome outcome =
        new Simulation(Planted.NOTHING, new Coverage()).run(scenario, timeline);
    System.out.println(timeline);
    assertTrue(outcome.violation().isEmpty(), () -> String.valueOf(outcome.violation()));
  }

  @Test
  void theSameSeedDoesTheSameToTheLetter() {
    for (long seed = 1; seed <= 20; seed++) {
      assertEquals(timeline(seed), timeline(seed), "seed " + seed);
    }
  }

  private static String timeline(long seed) {
    Timeline timeline = Timeline.kept();
    new Simulation(Planted.NOTHING, new Coverage()).run(Scenario.of(seed), timeline);
    return timeline.toString();
  }

  @Test
  void aViolationIsReportedWithItsSeedTheFewestFaultsAndATimeline() {
    Planted withoutEpochs = PlantedBugs.DEPOSED_LEADERS_ARE_LET_IN.planted();
    Seeds planted = new Seeds(withoutEpochs);
    Seeds.Result result = planted.run(1, 2000, 1);
    String report = planted.report(result);
    long seed = result.violations().firstKey();
    assertTrue(report.contains("-Dmysqlmanager.sim.seed=" + seed), report);
    assertTrue(report.contains("faults are enough"), report);
    assertTrue(report.contains("VIOLATION"), report);
  }
}
