package org.mysqlmanager.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Policy;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.model.WriteProbing;

/**
 * What a seed stands for: the system, how it begins, and what goes wrong.
 *
 * @param receivePause the longest time between two looks of a receiver, in nanoseconds
 * @param applyPause the longest time an applier needs for one transaction, in nanoseconds
 */
record Scenario(
    long seed,
    Beginning beginning,
    int managers,
    ClusterSpec spec,
    long receivePause,
    long applyPause,
    List<Long> skews,
    List<Fault> faults,
    boolean isLong) {
  /** Places in the network. */
  static final int FIRST_MANAGER = 1;

  static final int FIRST_SERVER = 4;
  static final int FIRST_PROXY = 7;
  static final int ZOOKEEPER = 9;

  /** How the system is found. */
  enum Beginning {
    /** All servers are empty. */
    FRESH,
    /** The servers replicate, but no manager has seen them yet. */
    REPLICATING,
    /** All is as a manager has left it. */
    RUNNING
  }

  static Scenario of(long seed) {
    SplittableRandom chance = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
    int kind = chance.nextInt(10);
    Beginning beginning =
        kind < 3 ? Beginning.FRESH : kind < 4 ? Beginning.REPLICATING : Beginning.RUNNING;
    int managers = chance.nextInt(4) == 0 ? 3 : 2;
    int servers = pick(chance, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3);
    int proxies = chance.nextInt(3) == 0 ? 2 : 1;
    long receivePause = pick(chance, 50, 100, 100, 800);
    long applyPause = pick(chance, 20, 50, 1500, 7000);
    Plan.Focus focus = Plan.Focus.of(seed);
    if (focus.step().equals("failover/catch_up")) {
      // It takes an applier that is late.
      applyPause = 7000;
    }
    List<Long> skews = new ArrayList<>();
    for (int i = 0; i < managers; i++) {
      skews.add(Times.millis(chance.nextLong(-2000, 2000)));
    }
    ClusterSpec spec = spec(chance, servers, proxies);
    boolean isLong = servers > 1 && chance.nextInt(8) == 0;
    return new Scenario(
        seed,
        beginning,
        managers,
        spec,
        Times.millis(receivePause),
        Times.millis(applyPause),
        List.copyOf(skews),
        Plan.draw(chance, beginning, managers, servers, proxies, isLong, focus),
        isLong);
  }

  private static int pick(SplittableRandom chance, int... choices) {
    return choices[chance.nextInt(choices.length)];
  }

  private static ClusterSpec spec(SplittableRandom chance, int servers, int proxies) {
    List<ServerSpec> serverSpecs = new ArrayList<>();
    for (int i = 1; i <= servers; i++) {
      serverSpecs.add(new ServerSpec(new ServerId("s" + i), "10.0.0." + i, 3306));
    }
    List<ProxySpec> proxySpecs = new ArrayList<>();
    for (int i = 1; i <= proxies; i++) {
      ProxyKind kind = chance.nextBoolean() ? ProxyKind.PROXYSQL : ProxyKind.HAPROXY;
      proxySpecs.add(
          new ProxySpec(new ProxyName("p" + i), kind, "10.0.1." + i, 6032, 10, 20, "w", "r"));
    }
    return new ClusterSpec(
        new ClusterName("main"),
        new Policy(
            1,
            Duration.ofSeconds(pick(chance, 0, 10, 20)),
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            chance.nextInt(4) == 0,
            chance.nextBoolean(),
            WriteProbing.values()[chance.nextInt(3)]),
        MySqlTls.REQUIRED,
        serverSpecs,
        proxySpecs,
        SetupSpec.ALL);
  }

  long skew(int manager) {
    return skews.get(manager);
  }

  /** The same with only those faults. */
  Scenario with(List<Fault> fewer) {
    return new Scenario(
        seed,
        beginning,
        managers,
        spec,
        receivePause,
        applyPause,
        skews,
        List.copyOf(fewer),
        isLong);
  }

  /** When all faults are over. */
  long end() {
    return isLong ? Plan.LATE_END : Plan.END;
  }

  /** Makes the world as it is found. */
  void prepare(World world) {
    if (beginning == Beginning.FRESH) {
      world.servers().values().forEach(server -> server.begin(false, null));
      return;
    }
    List<SimServer> servers = List.copyOf(world.servers().values());
    SimServer source = servers.getFirst();
    source.begin(true, null);
    source.beginWithSetup();
    for (SimServer replica : servers.subList(1, servers.size())) {
      replica.begin(false, source);
    }
    if (beginning == Beginning.REPLICATING) {
      return;
    }
    Map<ServerId, ServerState> states = new TreeMap<>();
    servers.forEach(server ->
        states.put(server.id(), ServerState.joined(server == source ? Role.SOURCE : Role.REPLICA)));
    Set<ServerId> readers =
        servers.stream()
            .skip(servers.size() > 1 ? 1 : 0)
            .map(SimServer::id)
            .collect(Collectors.toCollection(TreeSet::new));
    world.proxies().values().forEach(proxy -> proxy.begin(source.id(), readers));
    world
        .zk()
        .begin(
            spec,
            ClusterState.INITIAL
                .withSource(source.id(), states)
                .withSourceUuid(source.uuid())
                .withPhase(Phase.RUNNING, "as before"));
  }

  @Override
  public String toString() {
    return "seed %d: %s, %d managers, %d servers, proxies %s, receivers every %d ms, appliers every %d ms, %s"
        .formatted(
            seed,
            beginning,
            managers,
            spec.servers().size(),
            spec.proxies().stream().map(ProxySpec::kind).toList(),
            receivePause / 1_000_000,
            applyPause / 1_000_000,
            spec.policy());
  }
}
