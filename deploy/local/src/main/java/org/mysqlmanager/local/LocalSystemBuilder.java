package org.mysqlmanager.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.install.MysqlLocator;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.process.Ports;
import org.mysqlmanager.local.tls.CertificateAuthority;

/**
 * Says what a {@link LocalSystem} consists of. By default: one ZooKeeper, nothing else, on free
 * ports.
 */
public final class LocalSystemBuilder {
  private static final int USUAL_MYSQL = 3306;
  private static final int USUAL_ZOOKEEPER = 2181;
  private static final int USUAL_PROXY_ADMIN = 6032;
  private static final int USUAL_PROXY_WRITER = 6033;
  private static final int USUAL_PROXY_READER = 6034;
  private static final int USUAL_MANAGER_APPLICATION = 8081;
  private static final int USUAL_MANAGER_ADMIN = 9081;

  private final Path folder;
  private int servers;
  private int zookeepers = 1;
  private int managers;
  private List<ProxyDistribution> proxies = List.of();
  private @Nullable MysqlDistribution mysql;
  private List<String> serverOptions = List.of();
  private final Map<Account, String> chosenPasswords = new EnumMap<>(Account.class);
  private Optional<List<String>> managerProgram = Optional.empty();
  private Optional<Path> managerJar = Optional.empty();
  private Duration checkInterval = Duration.ofSeconds(5);
  private final Map<String, Object> managerSettings = new LinkedHashMap<>();
  private UnaryOperator<String> rewriting = UnaryOperator.identity();
  private boolean usualPorts;
  private boolean relays;
  private Consumer<String> progress = _ -> {};

  LocalSystemBuilder(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /** How many MySQL servers there are. */
  public LocalSystemBuilder servers(int count) {
    servers = count;
    return this;
  }

  /** How many members the ZooKeeper ensemble has. */
  public LocalSystemBuilder zookeepers(int count) {
    zookeepers = count;
    return this;
  }

  /** How many managers there are. */
  public LocalSystemBuilder managers(int count) {
    managers = count;
    return this;
  }

  /** The proxies: none, one ("proxy") or several ("proxy-1" …). */
  public LocalSystemBuilder proxies(ProxyDistribution... distributions) {
    proxies = List.of(distributions);
    return this;
  }

  /** The MySQL to run; by default the first that is found, which may mean to unpack one. */
  public LocalSystemBuilder mysql(MysqlDistribution distribution) {
    mysql = distribution;
    return this;
  }

  /** Options for each mysqld's command line; they have precedence over its configuration. */
  public LocalSystemBuilder serverOptions(List<String> options) {
    serverOptions = List.copyOf(options);
    return this;
  }

  /**
   * The password of an account, instead of one made at random: for systems whose servers clone each
   * other, which takes over the accounts too. Anybody may know it, so it is not for systems that
   * last.
   *
   * @throws IllegalArgumentException when it has not 1 to 32 characters, or one of them is a
   *     control character; or one that ProxySQL cannot read, for its administrators
   */
  public LocalSystemBuilder password(Account account, String password) {
    boolean isProxysqls = account == Account.ROOT || account == Account.PROXY_ADMIN;
    if (!password.matches(isProxysqls ? "[^\\p{Cntrl}\":;]{1,32}" : "[^\\p{Cntrl}]{1,32}")) {
      throw new IllegalArgumentException(
          "the password of %s must be 1 to 32 characters%s"
              .formatted(account, isProxysqls ? ", none of them '\"', ':' or ';'" : ""));
    }
    chosenPasswords.put(account, password);
    return this;
  }

  /** What to run as a manager instead of its jar; it is followed by {@code server CONFIG}. */
  public LocalSystemBuilder managerProgram(List<String> command) {
    managerProgram = Optional.of(List.copyOf(command));
    return this;
  }

  /** The manager's jar; by default the one that was built in this project. */
  public LocalSystemBuilder managerJar(Path jar) {
    managerJar = Optional.of(jar);
    return this;
  }

  /** The managers' {@code reconcile.check_interval}. */
  public LocalSystemBuilder checkInterval(Duration interval) {
    checkInterval = interval;
    return this;
  }

  /** Changes one setting of the managers' configuration; see {@link LocalSystem#managerSetting}. */
  public LocalSystemBuilder managerSetting(String path, Object value) {
    managerSettings.put(path, value);
    return this;
  }

  /** Changes the text of each manager's configuration as the last thing before it is written. */
  public LocalSystemBuilder rewriteManagerConfiguration(UnaryOperator<String> change) {
    UnaryOperator<String> before = rewriting;
    rewriting = text -> change.apply(before.apply(text));
    return this;
  }

  /** Takes the ports that people expect (3306, 2181, 6033 …) where they are free. Not for tests. */
  public LocalSystemBuilder usualPorts() {
    usualPorts = true;
    return this;
  }

  /**
   * Puts a relay between any two components, so that {@link LocalSystem#links} can cut, slow down
   * and stop what one sends to another. Linux only. The port that a component is known under is the
   * relay's then: {@link LocalSystem#port}.
   */
  public LocalSystemBuilder relays(boolean wanted) {
    relays = wanted;
    return this;
  }

  /**
   * Has the servers offer no TLS, so that {@link org.mysqlmanager.local.link.Links#hold} finds
   * statements in what is said to them.
   */
  public LocalSystemBuilder withoutTls() {
    addServerOptions("--tls-version=");
    return managerSetting("clusters.0.tls", ManagerSettings.map("mode", "disabled"));
  }

  /**
   * Gives the servers a certificate of an authority of their own, in the folder {@code tls}, and
   * has the managers, replicas and clones check it. Otherwise all of them encrypt and check
   * nothing: the certificates are those that MySQL makes for itself.
   */
  public LocalSystemBuilder verifiedTls() {
    CertificateAuthority authority =
        CertificateAuthority.create(folder.resolve("tls"), "authority");
    CertificateAuthority.Identity server = authority.issueForLoopback("mysql");
    addServerOptions("--ssl-cert=" + server.certificate(), "--ssl-key=" + server.key());
    return managerSetting(
        "clusters.0.tls",
        ManagerSettings.map(
            "mode", "verify_identity",
            "ca_file", authority.file().toString(),
            "server_ca_file", authority.file().toString()));
  }

  private void addServerOptions(String... options) {
    serverOptions = Stream.concat(serverOptions.stream(), Stream.of(options)).toList();
  }

  /** Gets a line for each thing that takes long, from any thread. */
  public LocalSystemBuilder progress(Consumer<String> listener) {
    progress = listener;
    return this;
  }

  /**
   * Chooses the ports and makes the folders. Nothing runs yet.
   *
   * @throws org.mysqlmanager.local.process.LocalException when MySQL is needed and cannot be had,
   *     or the manager's jar is missing
   */
  public LocalSystem build() {
    makeFolder();
    CacheFolder cache = CacheFolder.ofUser();
    Optional<MysqlDistribution> distribution =
        servers == 0 ? Optional.empty() : Optional.of(mysqlDistribution(cache));
    Passwords passwords = Passwords.loadOrCreate(folder.resolve(Passwords.FILE), chosenPasswords);
    Ports ports = new Ports();
    SavedPorts saved = new SavedPorts(folder.resolve("ports"), ports, usualPorts);
    List<Program> programs = new ArrayList<>();
    addZookeepers(programs, saved);
    distribution.ifPresent(mysql ->
        addServers(programs, saved, mysql, new DataDirectoryTemplate(cache, mysql), passwords));
    addProxies(programs, saved, passwords);
    ManagerConfigurations configurations =
        new ManagerConfigurations(
            checkInterval,
            passwords,
            folder.toAbsolutePath().resolve("operator.password"),
            programs,
            managerSettings,
            rewriting);
    addManagers(programs, saved, configurations);
    saved.save();
    return new LocalSystem(
        folder, programs, ports, passwords, distribution, configurations, progress, relays);
  }

  private MysqlDistribution mysqlDistribution(CacheFolder cache) {
    return mysql != null ? mysql : new MysqlLocator(cache, progress).locate(Optional.empty());
  }

  private void addZookeepers(List<Program> programs, SavedPorts saved) {
    List<NamedPorts> ports = new ArrayList<>();
    for (int id = 1; id <= zookeepers; id++) {
      Map<String, Integer> own = new LinkedHashMap<>();
      own.put(
          ZookeeperNode.CLIENT,
          saved.choose("zk" + id, ZookeeperNode.CLIENT, USUAL_ZOOKEEPER + id - 1));
      own.put(ZookeeperNode.PEER, saved.choose("zk" + id, ZookeeperNode.PEER));
      own.put(ZookeeperNode.ELECTION, saved.choose("zk" + id, ZookeeperNode.ELECTION));
      ports.add(named(saved, "zk" + id, own));
    }
    for (int id = 1; id <= zookeepers; id++) {
      programs.add(
          new ZookeeperNode(
              "zk" + id,
              folder.resolve("zk" + id),
              id,
              ports.get(id - 1),
              List.copyOf(ports),
              JavaRuntime.current()));
    }
  }

  private void addServers(
      List<Program> programs,
      SavedPorts saved,
      MysqlDistribution distribution,
      DataDirectoryTemplate template,
      Passwords passwords) {
    for (int id = 1; id <= servers; id++) {
      String name = "s" + id;
      NamedPorts ports =
          named(
              saved,
              name,
              Map.of(
                  MysqlServer.MYSQL, saved.choose(name, MysqlServer.MYSQL, USUAL_MYSQL + id - 1)));
      programs.add(
          new MysqlServer(
              name,
              folder.resolve(name),
              id,
              ports,
              distribution,
              serverOptions,
              template,
              passwords));
    }
  }

  private void addProxies(List<Program> programs, SavedPorts saved, Passwords passwords) {
    for (int i = 0; i < proxies.size(); i++) {
      ProxyDistribution distribution = proxies.get(i);
      String name = proxies.size() == 1 ? "proxy" : "proxy-" + (i + 1);
      // Data of one kind means nothing to the other, so each kind has its folder.
      Path own = folder.resolve(name + "-" + distribution.kind().key());
      Map<String, Integer> ports = new LinkedHashMap<>();
      ports.put(Proxy.WRITER, saved.choose(name, Proxy.WRITER, USUAL_PROXY_WRITER + 10 * i));
      ports.put(Proxy.READER, saved.choose(name, Proxy.READER, USUAL_PROXY_READER + 10 * i));
      ports.put(Proxy.ADMIN, saved.choose(name, Proxy.ADMIN, USUAL_PROXY_ADMIN + 10 * i));
      programs.add(
          switch (distribution.kind()) {
            case HAPROXY -> new HaproxyProxy(name, own, named(saved, name, ports), distribution);
            case PROXYSQL -> {
              ports.put(ProxysqlProxy.PGSQL, saved.choose(name, ProxysqlProxy.PGSQL));
              ports.put(ProxysqlProxy.PGSQL_ADMIN, saved.choose(name, ProxysqlProxy.PGSQL_ADMIN));
              yield new ProxysqlProxy(
                  name, own, named(saved, name, ports), distribution, passwords);
            }
          });
    }
  }

  private NamedPorts named(SavedPorts saved, String name, Map<String, Integer> known) {
    return relays ? saved.relayed(name, known) : new NamedPorts(known);
  }

  private void addManagers(
      List<Program> programs, SavedPorts saved, ManagerConfigurations configurations) {
    if (managers == 0) {
      return;
    }
    List<String> program = managerProgram.orElseGet(this::builtManager);
    for (int id = 1; id <= managers; id++) {
      String name = "manager-" + id;
      Map<String, Integer> own = new LinkedHashMap<>();
      own.put(
          ManagerNode.APPLICATION,
          saved.choose(name, ManagerNode.APPLICATION, USUAL_MANAGER_APPLICATION + id - 1));
      own.put(
          ManagerNode.ADMIN, saved.choose(name, ManagerNode.ADMIN, USUAL_MANAGER_ADMIN + id - 1));
      NamedPorts ports = new NamedPorts(own);
      programs.add(
          new ManagerNode(
              name, folder.resolve(name), ports, program, () -> configurations.text(name, ports)));
    }
  }

  private List<String> builtManager() {
    Path root = RepositoryRoot.find();
    return ManagerNode.program(
        managerJar.orElse(root.resolve("manager/target/mysql-manager.jar")),
        root.resolve("deploy/manager-jvm.options"));
  }

  private void makeFolder() {
    try {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + folder, e);
    }
  }
}
