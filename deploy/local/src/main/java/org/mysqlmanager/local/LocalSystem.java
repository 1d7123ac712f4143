package org.mysqlmanager.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.link.Links;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.local.process.Ports;

/**
 * A system of real processes on the loopback: MySQL servers {@code s1}, {@code s2} …, a ZooKeeper
 * ensemble {@code zk1} …, a proxy {@code proxy} (or {@code proxy-1} …) and managers {@code
 * manager-1} …. Each component can be started, ended, killed and frozen by its name. Nothing runs
 * at first.
 *
 * <p>All its processes end with {@link #close()} and with this JVM, however that ends.
 *
 * <p>What takes a name throws {@link LocalException} when there is no such component, with the
 * names there are.
 */
public final class LocalSystem implements AutoCloseable {
  /** The name of the one cluster in the managers' configuration. */
  public static final String CLUSTER = "main";

  /** The database that the manager makes for the application. */
  public static final String DATABASE = "app";

  private static final Duration QUERY_DEADLINE = Duration.ofSeconds(20);
  private static final Duration QUORUM_DEADLINE = Duration.ofSeconds(60);

  private final Path folder;
  private final Map<String, Component> components = new LinkedHashMap<>();
  private final Ports ports;
  private final Passwords passwords;
  private final Optional<MysqlDistribution> mysql;
  private final ManagerConfigurations managerConfigurations;
  private final Consumer<String> progress;
  private final Optional<Links> links;

  LocalSystem(
      Path folder,
      List<Program> programs,
      Ports ports,
      Passwords passwords,
      Optional<MysqlDistribution> mysql,
      ManagerConfigurations managerConfigurations,
      Consumer<String> progress,
      boolean relays) {
    this.folder = folder;
    this.ports = ports;
    this.passwords = passwords;
    this.mysql = mysql;
    this.managerConfigurations = managerConfigurations;
    this.progress = progress;
    for (Program program : programs) {
      components.put(program.name(), new Component(program, ports));
    }
    this.links = relays ? Optional.of(ComponentLinks.between(components)) : Optional.empty();
    links.ifPresent(Links::open);
  }

  /** A system whose data is in {@code folder}: new, or what an earlier system left there. */
  public static LocalSystemBuilder builder(Path folder) {
    return new LocalSystemBuilder(folder);
  }

  // --- What there is

  /** All names, in the order of starting. */
  public List<String> names() {
    return List.copyOf(components.keySet());
  }

  public List<String> servers() {
    return names(MysqlServer.class);
  }

  public List<String> zookeepers() {
    return names(ZookeeperNode.class);
  }

  public List<String> proxies() {
    return names(Proxy.class);
  }

  public List<String> managers() {
    return names(ManagerNode.class);
  }

  /** The folder of everything. */
  public Path folder() {
    return folder;
  }

  public Passwords passwords() {
    return passwords;
  }

  /** The MySQL that the servers run; empty without servers. */
  public Optional<MysqlDistribution> mysql() {
    return mysql;
  }

  // --- Processes

  /**
   * Starts everything that does not run yet: first what the managers need, then the managers.
   * Returns when all of it answers, and ZooKeeper has its quorum.
   *
   * @throws LocalException when something does not start, with the end of its log
   */
  public void startAll() {
    start(namesThat(program -> !(program instanceof ManagerNode)));
    awaitZookeeper();
    start(namesThat(ManagerNode.class::isInstance));
  }

  /** Starts components, all at once, and returns when each answers. */
  public void start(String... names) {
    start(List.of(names));
  }

  /** Starts a component and does not wait until it answers. */
  public void launch(String name) {
    component(name).launch();
  }

  /** Waits until a component that was launched answers. */
  public void awaitReady(String name) {
    component(name).awaitReady();
  }

  /** {@code kill -9} on the process itself. Returns when it is gone. */
  public void kill(String name) {
    component(name).kill();
    links.ifPresent(between -> between.ended(name));
  }

  /** An orderly end (SIGTERM), or a kill when that takes too long. */
  public void stop(String name) {
    component(name).stop();
    links.ifPresent(between -> between.ended(name));
  }

  /** Freezes the process (SIGSTOP): connections stay, nothing is answered. */
  public void pause(String name) {
    component(name).pause();
  }

  /** Lets a frozen process go on (SIGCONT). */
  public void resume(String name) {
    component(name).resume();
  }

  /**
   * Forgets all data of a MySQL server that is not running: it starts as a new one, with a new
   * identity.
   */
  public void wipe(String server) {
    if (isAlive(server)) {
      throw new LocalException(server + " is running: its data cannot be wiped");
    }
    program(server, MysqlServer.class).wipe();
  }

  public boolean isAlive(String name) {
    return component(name).isAlive();
  }

  public boolean isPaused(String name) {
    return component(name).isPaused();
  }

  /** The id of the process itself (of mysqld, not of its supervisor). */
  public long pid(String name) {
    return component(name).pid();
  }

  public Path logFile(String name) {
    return component(name).program().log();
  }

  /** The folder of a component's data and configuration. */
  public Path folder(String name) {
    return component(name).program().folder();
  }

  // --- Addresses

  /**
   * The port that a component's users connect to: MySQL, ZooKeeper's clients, the writer port, the
   * application port.
   */
  public int port(String name) {
    return component(name).program().ports().first();
  }

  public String host() {
    return Probe.LOOPBACK;
  }

  /** The port that a component's process listens on, which no relay has; else {@link #port}. */
  public int listeningPort(String name) {
    return component(name).program().ports().allListening().iterator().next();
  }

  /**
   * What lies between the components.
   *
   * @throws LocalException when the system was not built with relays
   */
  public Links links() {
    return links.orElseThrow(() -> new LocalException("this system has no relays"));
  }

  /** ZooKeeper's connect string, all members. */
  public String zookeeperConnect() {
    return zookeepers().stream()
        .map(name -> host() + ":" + port(name))
        .collect(Collectors.joining(","));
  }

  /** What the managers authenticate with at ZooKeeper, as {@code addauth digest} takes it. */
  public String zookeeperCredentials() {
    return Account.ZOOKEEPER.user() + ":" + passwords().of(Account.ZOOKEEPER);
  }

  /** The writer port of the first proxy. */
  public int writerPort() {
    return writerPort(proxies().getFirst());
  }

  public int writerPort(String proxy) {
    return program(proxy, Proxy.class).port(Proxy.WRITER);
  }

  /** The reader port of the first proxy. */
  public int readerPort() {
    return readerPort(proxies().getFirst());
  }

  public int readerPort(String proxy) {
    return program(proxy, Proxy.class).port(Proxy.READER);
  }

  /** The port of a proxy's admin interface or Runtime API. */
  public int proxyAdminPort(String proxy) {
    return program(proxy, Proxy.class).port(Proxy.ADMIN);
  }

  /** The same, past any relay. */
  public int proxyAdminListeningPort(String proxy) {
    return program(proxy, Proxy.class).listeningPort(Proxy.ADMIN);
  }

  public ProxyDistribution.Kind proxyKind(String proxy) {
    return program(proxy, Proxy.class).distribution().kind();
  }

  /** Where a manager answers {@code /clusters} and {@code /metrics}; without a slash at its end. */
  public URI applicationUrl(String manager) {
    return url(manager, ManagerNode.APPLICATION);
  }

  /**
   * Where a manager answers {@code /healthcheck} and {@code /tasks}; without a slash at its end.
   */
  public URI adminUrl(String manager) {
    return url(manager, ManagerNode.ADMIN);
  }

  // --- Talking to it

  /** Root's connection to a server itself, past any relay. Answers are waited for 20 s. */
  public Connection connect(String server) throws SQLException {
    return connectAs(Account.ROOT, program(server, MysqlServer.class).listeningPort(), "");
  }

  /** The application's connection through the first proxy's writer port. */
  public Connection connectWriter() throws SQLException {
    return connectAs(Account.APPLICATION, writerPort(), DATABASE);
  }

  /** The application's connection through the first proxy's reader port. */
  public Connection connectReader() throws SQLException {
    return connectAs(Account.APPLICATION, readerPort(), DATABASE);
  }

  /** A connection to any loopback port as any of the accounts; {@code database} may be "". */
  public Connection connectAs(Account account, int port, String database) throws SQLException {
    return Jdbc.connect(port, account.user(), passwords.of(account), database, QUERY_DEADLINE);
  }

  /**
   * {@code GET /clusters/main} of a manager that answers, the leader's before any other's. Empty
   * when none answers, or it does not know the cluster (yet).
   */
  public Optional<JsonNode> clusterStatus() {
    return new StatusApi(CLUSTER).status(managerUrls());
  }

  /** {@code GET /clusters/main/history} of the first manager that answers. */
  public Optional<JsonNode> clusterHistory() {
    return new StatusApi(CLUSTER).history(managerUrls());
  }

  private List<URI> managerUrls() {
    return managers().stream().filter(this::isAlive).map(this::applicationUrl).toList();
  }

  /**
   * Waits until the managers say that the cluster is in a phase.
   *
   * @return whether that was so within the deadline
   */
  public boolean awaitPhase(String phase, Duration deadline) {
    return Await.until(
        deadline,
        () ->
            clusterStatus()
                .filter(status -> phase.equals(status.path("phase").asText()))
                .isPresent());
  }

  /**
   * Changes a setting of the managers' configuration, such as {@code zookeeper.session_timeout} or
   * {@code clusters.0.max_reader_lag}, for managers that are started from now on.
   *
   * @param value a text, number, boolean, or maps and lists of them
   */
  public void managerSetting(String path, Object value) {
    managerConfigurations.set(path, value);
  }

  // --- The end

  /**
   * Ends everything in an orderly way: managers, then the proxy and MySQL, then ZooKeeper. Nothing
   * can be started any more.
   */
  public void shutDown() {
    for (List<String> group :
        List.of(
            managers(),
            namesThat(program -> program instanceof Proxy || program instanceof MysqlServer),
            zookeepers())) {
      Parallel.run(group, name -> component(name).shutDown());
    }
    close();
  }

  /** Kills everything that runs. Data stays. */
  @Override
  public void close() {
    Parallel.run(names(), name -> component(name).close());
    links.ifPresent(Links::close);
    ports.close();
  }

  private void start(Collection<String> names) {
    List<String> idle = names.stream().filter(name -> !component(name).isAlive()).toList();
    Parallel.run(
        idle,
        name -> {
          Component component = component(name);
          component.launch();
          component.awaitReady();
          progress.accept("%s is up on port %d".formatted(name, port(name)));
        });
  }

  private void awaitZookeeper() {
    List<ZookeeperNode> members =
        zookeepers().stream().map(name -> program(name, ZookeeperNode.class)).toList();
    if (!Await.until(QUORUM_DEADLINE, () -> members.stream().allMatch(ZookeeperNode::isServing))) {
      throw new LocalException(
          "ZooKeeper found no quorum within %d s; see %s"
              .formatted(QUORUM_DEADLINE.toSeconds(), members.getFirst().log()));
    }
  }

  private Component component(String name) {
    Component component = components.get(name);
    if (component == null) {
      throw new LocalException(
          "there is no \"%s\"; there are: %s".formatted(name, String.join(", ", names())));
    }
    return component;
  }

  private <T extends Program> T program(String name, Class<T> kind) {
    Program program = component(name).program();
    if (!kind.isInstance(program)) {
      throw new LocalException(
          "%s is not one of: %s".formatted(name, String.join(", ", names(kind))));
    }
    return kind.cast(program);
  }

  private URI url(String manager, String port) {
    return URI.create(
        "http://%s:%d".formatted(host(), program(manager, ManagerNode.class).ports().of(port)));
  }

  private List<String> names(Class<? extends Program> kind) {
    return namesThat(kind::isInstance);
  }

  private List<String> namesThat(Predicate<Program> wanted) {
    List<String> names = new ArrayList<>();
    components.forEach((name, component) -> {
      if (wanted.test(component.program())) {
        names.add(name);
      }
    });
    return names;
  }
}
