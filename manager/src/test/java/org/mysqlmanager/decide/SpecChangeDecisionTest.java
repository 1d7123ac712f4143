package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ServerSpec;

/** Somebody edits the spec in ZooKeeper while the cluster runs. */
class SpecChangeDecisionTest {
  @Test
  void aServerThatIsAddedJoins() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3");
    ClusterSpec all = world.spec;
    world.spec = without(all, "s3");
    world.server("s3").source = null;
    world.server("s3").executed = org.mysqlmanager.model.GtidSet.EMPTY;
    world.server("s3").userData = false;
    world.untilRunning();
    assertFalse(world.state.servers().containsKey(id("s3")));
    world.spec = all;
    world.untilRunning();
    assertEquals(world.server("s1"), world.server("s3").source);
    assertEquals(Set.of(id("s2"), id("s3")), world.routed.readers());
  }

  @Test
  void aServerWithDataOfItsOwnThatIsAddedIsLeftToTheOperator() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3");
    ClusterSpec all = world.spec;
    world.spec = without(all, "s3");
    world.server("s3").source = null;
    world.server("s3").executed = world.server("s3").own(7);
    world.untilRunning();
    world.spec = all;
    world.checks(10);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(0, world.server("s3").clones);
    assertEquals(Optional.of(id("s1")), world.routed.writer());
  }

  @Test
  void aFormerSourceThatIsRemovedIsNotWaitedForAnyLonger() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(5);
    assertFalse(world.state.oldMasterJoined());
    world.spec = without(world.spec, "s1");
    world.untilRunning();
    assertTrue(world.state.oldMasterJoined());
  }

  @Test
  void theSourceItselfCannotBeRemoved() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    ClusterSpec all = world.spec;
    world.spec = without(all, "s1");
    world.checks(10);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(List.of(), world.steps);
    world.spec = all;
    world.untilRunning();
  }

  private static ClusterSpec without(ClusterSpec spec, String name) {
    List<ServerSpec> rest =
        spec.servers().stream().filter(server -> !server.name().equals(id(name))).toList();
    return new ClusterSpec(
        spec.name(),
        spec.masterFailureThreshold(),
        spec.maxReaderLag(),
        spec.replicaSuperReadOnly(),
        rest,
        spec.proxies(),
        spec.setup());
  }
}
