package org.mysqlmanager.local.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
  @Test
  void theSameSeedGivesTheSameFaultsAndAnotherOneOthers() {
    assertEquals(bursts(7), bursts(7));
    assertNotEquals(bursts(7), bursts(8));
  }

  @Test
  void everyKindOfFaultComes() {
    Set<String> kinds = new TreeSet<>();
    bursts(1).forEach(burst -> burst.faults().forEach(timed -> kinds.add(timed.fault().kind())));
    assertEquals(
        Set.of(
            "cut both sides black hole",
            "cut both sides refusing",
            "cut one-sided black hole",
            "cut one-sided refusing",
            "freeze leader in failover",
            "freeze manager",
            "freeze mysqld",
            "freeze proxy",
            "freeze zookeeper",
            "isolate manager",
            "isolate mysqld",
            "isolate proxy",
            "isolate zookeeper",
            "kill leader in failover",
            "kill manager",
            "kill mysqld",
            "kill new source before old has joined",
            "kill proxy",
            "kill source that its replicas could not hear",
            "kill zookeeper",
            "restart manager",
            "restart mysqld",
            "restart proxy",
            "restart zookeeper"),
        kinds);
  }

  @Test
  void aBurstHasFaultsAndAnEndAndNobodyIsCutOffFromItself() {
    for (FaultPlan.Burst burst : bursts(3)) {
      assertTrue(!burst.faults().isEmpty(), burst.toString());
      for (FaultPlan.Timed timed : burst.faults()) {
        assertTrue(timed.lasts().compareTo(Duration.ofSeconds(20)) <= 0, timed.toString());
        if (timed.fault() instanceof Fault.CutLink cut) {
          assertNotEquals(cut.from(), cut.to());
        }
      }
    }
  }

  private static List<FaultPlan.Burst> bursts(long seed) {
    FaultPlan plan =
        new FaultPlan(
            seed,
            List.of("manager-1", "manager-2", "manager-3"),
            List.of("zk1", "zk2", "zk3"),
            List.of("s1", "s2", "s3"),
            List.of("proxy"));
    return Stream.generate(plan::next).limit(2_000).toList();
  }
}
