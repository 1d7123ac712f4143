package org.mysqlmanager.sim;

import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation bites: of each mistake some schedule makes a violation, and none without it. */
class PlantedBugsTest {
  private static final long MOST = 3000;

  @ParameterizedTest
  @EnumSource
  void isFoundBySomeSeedThatPassesWithoutIt(PlantedBugs bug) {
    Seeds spoiled = new Seeds(bug.planted());
    long seed = 0;
    boolean isSound = false;
    while (!isSound) {
      Seeds.Result result = spoiled.run(seed + 1, MOST - seed, 1);
      assertFalse(result.violations().isEmpty(), bug + " was not found in " + MOST + " schedules");
      seed = result.violations().firstKey();
      isSound = new Seeds(Planted.NOTHING).run(seed, 1, 1).violations().isEmpty();
      if (isSound) {
        System.out.println(
            "%s: found by seed %d of %d: %s"
                .formatted(bug, seed, MOST, result.violations().get(seed).invariant()));
      }
    }
  }
}
