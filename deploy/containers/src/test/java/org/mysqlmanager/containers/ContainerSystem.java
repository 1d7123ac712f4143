package org.mysqlmanager.containers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * ZooKeepers, MySQL servers, a proxy and managers, each in a container, and a container to ask
 * questions from.
 *
 * <p>In a system that can be cut every relation has a network of its own, so that {@code docker
 * network disconnect} cuts just one: a server shares one with the managers, one with the proxy, and
 * one with the other servers. Nothing leads from these networks to the outside. Thread-safe once
 * started.
 */
final class ContainerSystem implements AutoCloseable {
  static final String PROXY = "proxy";
  static final String TOOLS = "tools";

  private final Map<String, Network> networks = new LinkedHashMap<>();
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final List<String> zookeepers;
  private final List<String> managers;
  private final List<String> servers = List.of("s1", "s2");

  private ContainerSystem(int zookeepers, int managers) {
    this.zookeepers = numbered("zookeeper-", zookeepers);
    this.managers = numbered("manager-", managers);
  }

  /** Three ZooKeepers, three managers, two servers behind ProxySQL; any relation can be cut. */
  static ContainerSystem withProxysql() {
    Images.require(Images.MYSQL, Images.ZOOKEEPER, Images.PROXYSQL, Images.MANAGER);
    ContainerSystem system = new ContainerSystem(3, 3);
    try {
      system.makeCuttable();
      return system;
    } catch (RuntimeException e) {
      system.close();
      throw e;
    }
  }

  /**
   * One ZooKeeper, one manager, two servers behind HAProxy, all in one network: HAProxy is told
   * addresses, not names, and they must be the same ones for the manager.
   */
  static ContainerSystem withHaproxy() {
    requireImagesForHaproxy();
    ContainerSystem system = new ContainerSystem(1, 1);
    try {
      Network all = system.network("control");
      system.add(Recipes.zookeeper(1, true).joins(all));
      system.servers.forEach(name -> system.add(system.mysql(name).joins(all)));
      system.add(Recipes.haproxy().joins(all));
      system.add(Recipes.managerForHaproxy("manager-1", system.zookeepers).joins(all));
      system.add(tools().joins(all));
      return system;
    } catch (RuntimeException e) {
      system.close();
      throw e;
    }
  }

  /** Builds or pulls what is missing; skips or fails the test where something cannot be had. */
  static void requireImagesForHaproxy() {
    Images.require(Images.MYSQL, Images.ZOOKEEPER, Images.HAPROXY, Images.MANAGER);
  }

  private void makeCuttable() {
    Network control = network("control");
    Network replication = network("replication");
    servers.forEach(server -> {
      network(management(server));
      network(traffic(server));
    });
    for (int i = 1; i <= zookeepers.size(); i++) {
      add(Recipes.zookeeper(i, false).joins(control));
    }
    for (String server : servers) {
      add(mysql(server).joins(network(management(server)), network(traffic(server)), replication));
    }
    Node proxy = Recipes.proxysql().joins(control);
    // Its name stands for the one network that its admin interface listens on.
    servers.forEach(server -> proxy.joinsAs("proxy-traffic", network(traffic(server))));
    add(proxy);
    for (String name : managers) {
      Node manager = Recipes.manager(name, zookeepers).joins(control);
      servers.forEach(server -> manager.joins(network(management(server))));
      add(manager);
    }
    add(tools().joins(control));
  }

  private Node mysql(String name) {
    return Recipes.mysql(name, servers.indexOf(name) + 1);
  }

  /** Has a shell and MySQL's client, and does nothing by itself. */
  private static Node tools() {
    return new Node(TOOLS, Images.MYSQL).entrypoint("sleep").command("infinity");
  }

  private static List<String> numbered(String prefix, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      names.add(prefix + i);
    }
    return List.copyOf(names);
  }

  private static String management(String server) {
    return "management-" + server;
  }

  private static String traffic(String server) {
    return "traffic-" + server;
  }

  private void add(Node node) {
    nodes.put(node.name(), node);
  }

  // --- The parts

  List<String> zookeepers() {
    return zookeepers;
  }

  List<String> managers() {
    return managers;
  }

  List<String> servers() {
    return servers;
  }

  Node node(String name) {
    return Objects.requireNonNull(nodes.get(name), name);
  }

  /** ZooKeepers, managers, and the proxy's admin interface. */
  Network control() {
    return network("control");
  }

  /** Between the servers. */
  Network replication() {
    return network("replication");
  }

  /** Between the managers and that server. */
  Network managementOf(String server) {
    return network(management(server));
  }

  /** Between the proxy and that server. */
  Network trafficOf(String server) {
    return network(traffic(server));
  }

  private Network network(String name) {
    return networks.computeIfAbsent(name, Network::new);
  }

  // --- Its life

  /** Starts everything at once, without waiting for what runs in it. */
  void launch() {
    inParallel(Node::launch);
  }

  /** Undoes everything that was done to its containers, except to their data. */
  void heal() {
    inParallel(Node::heal);
  }

  private void inParallel(Consumer<Node> action) {
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads =
        nodes.values().stream()
            .map(node ->
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        action.accept(node);
                      } catch (RuntimeException | Error e) {
                        failures.add(e);
                      }
                    }))
            .toList();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    Throwable first = failures.peek();
    if (first != null) {
      throw new IllegalStateException("the containers do not obey", first);
    }
  }

  /** What a person would look at first. */
  String logs(int lines) {
    StringBuilder text = new StringBuilder();
    for (Node node : nodes.values()) {
      text.append("--- end of the log of ").append(node.name()).append('\n');
      try {
        text.append(node.log(lines));
      } catch (RuntimeException e) {
        text.append(e.getMessage());
      }
      text.append('\n');
    }
    return text.toString();
  }

  @Override
  public void close() {
    inParallel(Node::remove);
    networks.values().forEach(Network::close);
  }
}
