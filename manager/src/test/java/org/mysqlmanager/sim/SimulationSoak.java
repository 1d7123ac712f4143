package org.mysqlmanager.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** As many schedules as fit into a time; run by the profile {@code soak} only. */
class SimulationSoak {
  @Test
  void noScheduleBreaksAGuaranteeForAsLongAsAsked() {
    long minutes = Long.getLong("mysqlmanager.soak.minutes", 10);
    long first = Long.getLong("mysqlmanager.sim.first", 1_000_000);
    long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
    Seeds seeds = new Seeds(Planted.NOTHING);
    Seeds.Result result = seeds.run(first, _ -> System.nanoTime() - end < 0, 20);
    System.out.println(result.speed() + ", from seed " + first + " on");
    System.out.println(seeds.coverage().table());
    assertTrue(
        result.violations().isEmpty(),
        () -> result.violations().isEmpty() ? "" : seeds.report(result));
  }
}
