package org.mysqlmanager.decide;

import static org.mysqlmanager.decide.FakeWorld.id;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.Operation.Failover;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.observe.Observation.Trigger;

/** Rounds in which something does not work, and changes of the spec between them. */
final class Rounds {
  private Rounds() {}

  /** Rounds in which the steps that match have no effect. */
  static void checksWithout(FakeWorld world, int n, Predicate<Step> ineffective) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 8; j++) {
        Decision decision = world.decideAndStore(j == 0 ? Trigger.CHECK : Trigger.EVENT);
        decision
            .step()
            .ifPresent(step -> {
              if (ineffective.test(step)) {
                world.steps.add(step);
              } else {
                world.carryOut(step);
              }
            });
        world.pass(Duration.ofMillis(700));
        if (decision.step().isEmpty()) {
          break;
        }
      }
    }
  }

  /** Rounds until the failover is at that step, whose own effect does not come about. */
  static void reach(FakeWorld world, FailoverStep step, Predicate<Step> ineffective) {
    for (int i = 0; i < 50; i++) {
      Decision decision = world.decideAndStore(Trigger.CHECK);
      decision.step().filter(ineffective.negate()).ifPresent(world::carryOut);
      world.pass(Duration.ofMillis(20));
      if (world.state.operation().orElse(null) instanceof Failover failover
          && failover.step() == step) {
        return;
      }
    }
    throw new AssertionError("never at " + step + ": " + world.reasons);
  }

  static ClusterSpec withServers(FakeWorld world, List<ServerSpec> servers) {
    ClusterSpec s = world.spec;
    return new ClusterSpec(
        s.name(),
        s.masterFailureThreshold(),
        s.maxReaderLag(),
        s.replicaSuperReadOnly(),
        servers,
        s.proxies(),
        s.setup());
  }

  static void remove(FakeWorld world, String name) {
    world.spec =
        withServers(
            world, world.spec.servers().stream().filter(s -> !s.name().equals(id(name))).toList());
    world.servers.remove(id(name));
  }

  static FakeServer add(FakeWorld world, String name, int number) {
    FakeServer server = new FakeServer(name, number);
    world.servers.put(id(name), server);
    List<ServerSpec> servers = new ArrayList<>(world.spec.servers());
    servers.add(new ServerSpec(id(name), server.endpoint.host(), server.endpoint.port()));
    world.spec = withServers(world, servers);
    return server;
  }
}
