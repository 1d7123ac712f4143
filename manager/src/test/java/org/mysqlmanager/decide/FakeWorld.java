package org.mysqlmanager.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.observe.Evidence;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.Observation.SavedTransactions;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.Sight;
import org.mysqlmanager.observe.WriteProbe;

/**
 * A cluster made of fakes, in which decisions are carried out. It starts with fresh servers, a
 * proxy that routes nowhere, and no state.
 */
final class FakeWorld {
  static final ProxyName PROXY = new ProxyName("proxy");

  final Map<ServerId, FakeServer> servers = new LinkedHashMap<>();
  final Map<ServerId, Instant> lastSeen = new TreeMap<>();
  final Map<ServerId, List<SavedTransactions>> saved = new TreeMap<>();
  final List<Step> steps = new ArrayList<>();

  /** Servers that an administrator could have written to when another was promoted. */
  final Set<ServerId> writableAtPromotion = new TreeSet<>();

  final List<HistoryRecord> history = new ArrayList<>();
  final List<String> reasons = new ArrayList<>();
  ClusterSpec spec;
  ClusterState state = ClusterState.INITIAL;
  boolean proxyUp = true;
  boolean proxyInitialised;
  final Map<String, Map<ServerId, Sight>> witnesses = new TreeMap<>();
  Optional<GtidSet> sourceExecuted = Optional.empty();
  Optional<WriteProbe> writeProbe = Optional.empty();
  Optional<String> lastFailure = Optional.empty();
  int resignations;
  Routing routed = Routing.NOWHERE;
  Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private FakeWorld(ClusterSpec spec) {
    this.spec = spec;
  }

  static FakeWorld of(String... names) {
    Map<ServerId, FakeServer> servers = new LinkedHashMap<>();
    List<ServerSpec> specs = new ArrayList<>();
    for (String name : names) {
      FakeServer server = new FakeServer(name, servers.size() + 1);
      servers.put(id(name), server);
      specs.add(new ServerSpec(id(name), server.endpoint.host(), server.endpoint.port()));
    }
    ProxySpec proxy =
        new ProxySpec(PROXY, ProxyKind.PROXYSQL, "10.0.1.1", 6032, 10, 20, "writer", "readers");
    FakeWorld world =
        new FakeWorld(
            new ClusterSpec(
                new ClusterName("main"),
                3,
                Duration.ofSeconds(60),
                false,
                specs,
                List.of(proxy),
                SetupSpec.ALL));
    world.servers.putAll(servers);
    return world;
  }

  /** A healthy cluster with some data, the first server its source. */
  static FakeWorld running(String... names) {
    FakeWorld world = of(names);
    FakeServer source = world.server(names[0]);
    source.executed = source.own(100);
    source.readOnly = false;
    source.superReadOnly = false;
    source.userData = true;
    source.setUp = true;
    Map<ServerId, ServerState> states = new TreeMap<>();
    Set<ServerId> readers = new TreeSet<>();
    for (String name : names) {
      FakeServer server = world.server(name);
      server.setUp = true;
      server.userData = true;
      if (server != source) {
        server.executed = source.executed;
        server.superReadOnly = false;
        server.follow(source);
        readers.add(id(name));
      }
      states.put(id(name), ServerState.joined(server == source ? Role.SOURCE : Role.REPLICA));
    }
    world.proxyInitialised = true;
    world.routed =
        new Routing(Optional.of(id(names[0])), readers.isEmpty() ? Set.of(id(names[0])) : readers);
    world.state = ClusterState.INITIAL.withSource(id(names[0]), states);
    Decision settled = world.decide(Trigger.CHECK);
    if (settled.next().phase() != Phase.RUNNING) {
      throw new IllegalStateException(settled.next().reason());
    }
    world.state = settled.next();
    return world;
  }

  static ServerId id(String name) {
    return new ServerId(name);
  }

  FakeServer server(String name) {
    FakeServer server = servers.get(id(name));
    if (server == null) {
      throw new IllegalArgumentException(name);
    }
    return server;
  }

  FakeWorld given(Consumer<FakeWorld> change) {
    change.accept(this);
    return this;
  }

  Membership membership(String name) {
    return state.server(id(name)).membership();
  }

  Observation observe(Trigger trigger) {
    Map<ServerId, ServerObservation> seen = new TreeMap<>();
    servers.forEach((id, server) -> seen.put(id, server.observe()));
    ProxyObservation proxy =
        !proxyUp
            ? new ProxyObservation.Unreachable("proxy does not answer")
            : new ProxyObservation.Reachable(
                proxyInitialised,
                routed.writer().map(Set::of).orElse(Set.of()),
                routed.readers(),
                Set.of(),
                true,
                List.of());
    return new Observation(
        now,
        trigger,
        seen,
        Map.of(PROXY, proxy),
        Map.copyOf(lastSeen),
        new TreeMap<>(saved),
        evidence());
  }

  /** All transactions of that server that were saved. */
  GtidSet savedOf(String server) {
    return saved.getOrDefault(id(server), List.of()).stream()
        .map(SavedTransactions::transactions)
        .reduce(GtidSet.EMPTY, GtidSet::union);
  }

  private Evidence evidence() {
    Map<ServerId, Duration> lags = new TreeMap<>();
    servers.forEach((id, server) -> lags.put(id, server.receiverLag));
    return new Evidence(witnesses, lags, sourceExecuted, writeProbe, lastFailure);
  }

  /** Another manager says that it sees that server so. */
  void witness(String manager, String server, Sight sight) {
    witnesses.put(manager, Map.of(id(server), sight));
  }

  /** What would be decided now; changes nothing. */
  Decision decide(Trigger trigger) {
    return Decider.decide(spec, state, observe(trigger));
  }

  /** Decides and stores, and returns what is to be done. */
  Decision decideAndStore(Trigger trigger) {
    Decision decision = decide(trigger);
    state = decision.next();
    history.addAll(decision.finished());
    reasons.add(state.phase() + ": " + state.reason());
    servers.forEach((id, server) -> {
      if (server.up) {
        lastSeen.put(id, now);
        if (state.source().filter(id::equals).isPresent()) {
          sourceExecuted = Optional.of(server.executed);
        }
      }
    });
    return decision;
  }

  /** One whole round, as the loop does it; returns the step taken. */
  Optional<Step> round(Trigger trigger) {
    Decision decision = decideAndStore(trigger);
    decision.step().ifPresent(this::carryOut);
    pass(trigger == Trigger.CHECK ? Duration.ofSeconds(5) : Duration.ofMillis(20));
    return decision.step();
  }

  /** A timed check and all rounds that follow it at once. */
  void check() {
    Optional<Step> step = round(Trigger.CHECK);
    for (int i = 0; i < 30 && step.isPresent(); i++) {
      step = round(Trigger.EVENT);
    }
    if (step.isPresent()) {
      throw new AssertionError("goes round and round: " + steps + "\n" + reasons);
    }
  }

  void checks(int n) {
    for (int i = 0; i < n; i++) {
      check();
    }
  }

  /** Checks until the cluster runs, as often as a patient operator would watch. */
  void untilRunning() {
    for (int i = 0; i < 60; i++) {
      check();
      if (state.phase() == Phase.RUNNING) {
        return;
      }
    }
    throw new AssertionError(
        "not running: " + state.reason() + "\nsteps " + steps + "\n" + reasons);
  }

  void pass(Duration time) {
    now = now.plus(time);
    servers.values().forEach(FakeServer::replicate);
  }

  /** The effect of a step on the fakes. */
  void carryOut(Step step) {
    steps.add(step);
    switch (step) {
      case Step.OpenSource(ServerId id) -> flags(id, false, false);
      case Step.CloseReplica(ServerId id) -> flags(id, true, false);
      case Step.FenceServer(ServerId id) -> flags(id, true, true);
      case Step.SetUpSource(ServerId id) -> {
        FakeServer server = servers.get(id);
        if (server.up && !server.readOnly) {
          server.write();
          server.setUp = true;
        }
      }
      case Step.ApplyRouting(Routing routing, Set<ProxyName> proxies) -> apply(routing, proxies);
      case Step.FenceOldSource(ServerId id, Routing routing, Set<ProxyName> proxies) -> {
        apply(routing, proxies);
        flags(id, true, true);
      }
      case Step.StopReceiver(ServerId id) -> ifUp(id, server -> server.receiverOn = false);
      case Step.AwaitApplied(ServerId id, GtidSet required) ->
          ifUp(
              id,
              server -> {
                server.applierOn = true;
                server.replicate();
              });
      case Step.Promote(ServerId id, GtidSet required) ->
          ifUp(
              id,
              server -> {
                if (!server.executed.contains(required)) {
                  throw new AssertionError("promoted without " + required);
                }
                servers.forEach((other, theOther) -> {
                  if (!other.equals(id) && theOther.up && !theOther.superReadOnly) {
                    writableAtPromotion.add(other);
                  }
                });
                server.source = null;
                server.retrieved = GtidSet.EMPTY;
                server.readOnly = false;
                server.superReadOnly = false;
              });
      case Step.Follow(ServerId id, ServerId from) ->
          ifUp(id, server -> server.follow(servers.get(from)));
      case Step.RestartReplication(ServerId id) ->
          ifUp(
              id,
              server -> {
                server.receiverOn = true;
                server.applierOn = true;
              });
      case Step.SaveErrantTransactions(ServerId id, String data, GtidSet errant) ->
          saved
              .computeIfAbsent(id, _ -> new ArrayList<>())
              .add(new SavedTransactions(data, errant, "manager-1:file"));
      case Step.CloneFrom(ServerId id, ServerId donor) ->
          ifUp(id, server -> cloneInto(server, servers.get(donor)));
      case Step.AwaitFirstCommit(ServerId id, GtidSet after) ->
          ifUp(
              id,
              server -> {
                if (!server.readOnly) {
                  server.write();
                }
              });
      case Step.Resign _ -> resignations++;
    }
  }

  private static void cloneInto(FakeServer recipient, FakeServer donor) {
    recipient.clones++;
    recipient.clone = CloneState.COMPLETED;
    recipient.executed = donor.executed;
    recipient.purged = donor.executed;
    recipient.source = null;
    recipient.userData = donor.userData;
    recipient.setUp = donor.setUp;
    recipient.restart();
  }

  private void apply(Routing routing, Set<ProxyName> proxies) {
    if (proxyUp && proxies.contains(PROXY)) {
      proxyInitialised = true;
      routed = routing;
    }
  }

  private void flags(ServerId id, boolean readOnly, boolean superReadOnly) {
    ifUp(
        id,
        server -> {
          server.readOnly = readOnly;
          server.superReadOnly = superReadOnly;
        });
  }

  private void ifUp(ServerId id, Consumer<FakeServer> change) {
    FakeServer server = servers.get(id);
    if (server.up) {
      change.accept(server);
    }
  }

  /** At most one server is both open for writes and routed as writer. */
  long writableAndRouted() {
    return servers.entrySet().stream()
        .filter(e -> e.getValue().up && !e.getValue().readOnly)
        .filter(e -> routed.writer().filter(e.getKey()::equals).isPresent())
        .count();
  }
}
