package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.reconcile.DecisionFunction;

/** Everything there is in one simulated system. */
final class World {
  private final Scheduler scheduler = new Scheduler();
  private final Scenario scenario;
  private final Planted planted;
  private final SplittableRandom chance;
  private final Network network;
  private final Nemesis nemesis;
  private final Remote remote;
  private final Invariants invariants;
  private final Timeline timeline;
  private final Looks looks = new Looks();
  private final SimZooKeeper zk;
  private final Map<ServerId, SimServer> servers = new TreeMap<>();
  private final Map<ProxyName, SimProxy> proxies = new TreeMap<>();
  private final List<SimManager> managers = new ArrayList<>();
  private final Map<String, SimArchive> archives = new TreeMap<>();
  private @Nullable Clients clients;
  private boolean changed;

  World(Scenario scenario, Planted planted, Coverage coverage, Timeline timeline) {
    this.scenario = scenario;
    this.planted = planted;
    this.timeline = timeline;
    SplittableRandom root = new SplittableRandom(scenario.seed());
    this.chance = root.split();
    this.network = new Network(root.split());
    this.nemesis = new Nemesis(this, coverage);
    this.remote = new Remote(scheduler, network, nemesis);
    this.invariants = new Invariants(this);
    this.zk = new SimZooKeeper(this, Scenario.ZOOKEEPER);
    int place = Scenario.FIRST_SERVER;
    for (ServerSpec server : scenario.spec().servers()) {
      String uuid = "00000000-0000-0000-0000-0000000000%02d".formatted(place);
      servers.put(server.name(), new SimServer(this, server, place++, uuid));
    }
    int proxyPlace = Scenario.FIRST_PROXY;
    for (ProxySpec proxy : scenario.spec().proxies()) {
      proxies.put(proxy.name(), new SimProxy(this, proxy, proxyPlace++));
    }
    scheduler.afterEach(() -> {
      if (changed) {
        changed = false;
        invariants.check();
      }
    });
  }

  void start() {
    scenario.prepare(this);
    for (int i = 0; i < scenario.managers(); i++) {
      String id = "m" + (i + 1);
      archives.put(id, new SimArchive(id));
      SimManager manager = managerAt(i);
      managers.add(manager);
      // Not all at once.
      scheduler.after(chance.nextLong(Times.millis(200)), manager::start);
    }
    new Clients(this).start();
    nemesis.plan(scenario.faults());
  }

  private SimManager managerAt(int index) {
    String id = "m" + (index + 1);
    SimArchive archive = archives.computeIfAbsent(id, SimArchive::new);
    return new SimManager(this, id, Scenario.FIRST_MANAGER + index, archive, scenario.skew(index));
  }

  /** A new process in the place of one that was killed. */
  void restart(SimManager manager) {
    int index = managers.indexOf(manager);
    SimManager fresh = managerAt(index);
    managers.set(index, fresh);
    fresh.start();
  }

  Scheduler scheduler() {
    return scheduler;
  }

  SplittableRandom chance() {
    return chance;
  }

  Network network() {
    return network;
  }

  Nemesis nemesis() {
    return nemesis;
  }

  Remote remote() {
    return remote;
  }

  Invariants invariants() {
    return invariants;
  }

  Looks views() {
    return looks;
  }

  Planted planted() {
    return planted;
  }

  DecisionFunction decisions() {
    return planted.decisions();
  }

  boolean has(Bug bug) {
    return planted.bugs().contains(bug);
  }

  ClusterSpec spec() {
    return scenario.spec();
  }

  SimZooKeeper zk() {
    return zk;
  }

  Map<ServerId, SimServer> servers() {
    return servers;
  }

  SimServer server(ServerId id) {
    SimServer server = servers.get(id);
    if (server == null) {
      throw new IllegalArgumentException("no server " + id);
    }
    return server;
  }

  ServerId serverAt(Endpoint endpoint) {
    return spec().servers().stream()
        .filter(server -> server.endpoint().equals(endpoint))
        .findFirst()
        .orElseThrow()
        .name();
  }

  Map<ProxyName, SimProxy> proxies() {
    return proxies;
  }

  SimProxy proxy(ProxyName name) {
    SimProxy proxy = proxies.get(name);
    if (proxy == null) {
      throw new IllegalArgumentException("no proxy " + name);
    }
    return proxy;
  }

  List<SimManager> managers() {
    return managers;
  }

  Iterable<SimArchive> archives() {
    return archives.values();
  }

  long receivePause() {
    return chance.nextLong(scenario.receivePause() / 2, scenario.receivePause());
  }

  long applyPause() {
    return chance.nextLong(scenario.applyPause() / 2, scenario.applyPause());
  }

  void clients(Clients started) {
    clients = started;
  }

  void stopClients() {
    Clients started = clients;
    if (started != null) {
      started.stop();
    }
  }

  /** Something has changed that an invariant may be about. */
  void changed() {
    changed = true;
  }

  void trace(String who, Supplier<String> what) {
    timeline.add(scheduler.now(), who, what);
  }

  void traceAcknowledged(Tx tx) {
    timeline.acknowledged(scheduler.now(), tx);
  }

  String brief(GtidSet gtids) {
    return gtids.toString().replace("\n", "").replace("00000000-0000-0000-0000-0000000000", "");
  }

  String brief(ClusterState state) {
    return state.phase()
        + state.operation().map(o -> " " + o.kindName() + "/" + o.stepName()).orElse("")
        + ", source "
        + state.source().map(ServerId::value).orElse("none")
        + ", failures "
        + state.masterFailureCount()
        + ", epoch "
        + state.epoch()
        + ", servers "
        + briefServers(state)
        + ": "
        + brief(state.reason());
  }

  private static String brief(String text) {
    return text.replace("00000000-0000-0000-0000-0000000000", "");
  }

  private static String briefServers(ClusterState state) {
    StringBuilder text = new StringBuilder();
    state
        .servers()
        .forEach((id, server) ->
            text.append(id)
                .append('=')
                .append(server.role())
                .append('/')
                .append(server.membership())
                .append('/')
                .append(server.status())
                .append(server.cloneRequired() ? "/clone_required" : "")
                .append(' '));
    return text.toString().strip();
  }
}
