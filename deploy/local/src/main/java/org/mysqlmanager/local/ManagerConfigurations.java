package org.mysqlmanager.local;

import static org.mysqlmanager.local.ManagerSettings.list;
import static org.mysqlmanager.local.ManagerSettings.map;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The managers' configuration files, from what the system consists of and from settings that were
 * changed.
 */
final class ManagerConfigurations {
  private final Duration checkInterval;
  private final Passwords passwords;
  private final List<MysqlServer> servers;
  private final List<Proxy> proxies;
  private final List<ZookeeperNode> zookeepers;
  private final Path operatorPassword;
  private final Map<String, Object> changes = new LinkedHashMap<>();
  private final UnaryOperator<String> rewriting;

  /**
   * @param operatorPassword the file that will hold the operator's password
   */
  ManagerConfigurations(
      Duration checkInterval,
      Passwords passwords,
      Path operatorPassword,
      List<Program> programs,
      Map<String, Object> changes,
      UnaryOperator<String> rewriting) {
    this.checkInterval = checkInterval;
    this.passwords = passwords;
    this.operatorPassword = operatorPassword;
    this.servers = only(programs, MysqlServer.class);
    this.proxies = only(programs, Proxy.class);
    this.zookeepers = only(programs, ZookeeperNode.class);
    this.changes.putAll(changes);
    this.rewriting = rewriting;
  }

  synchronized void set(String path, Object value) {
    changes.put(path, value);
  }

  /** The file's text for one manager; the operator's password is in its file then. */
  synchronized String text(String manager, NamedPorts ports) {
    LocalFiles.write(operatorPassword, passwords.of(Account.OPERATOR) + "\n");
    ManagerSettings settings = new ManagerSettings(tree(manager, ports));
    changes.forEach(settings::set);
    return rewriting.apply("# Written anew at each start of this manager.\n" + settings.toYaml());
  }

  private Map<String, Object> tree(String manager, NamedPorts ports) {
    return map(
        "manager", map("id", manager, "host", Probe.LOOPBACK),
        "zookeeper",
            map(
                "connect",
                connect(),
                "root",
                "/mysql-manager",
                "user",
                Account.ZOOKEEPER.user(),
                "password",
                Quoted.inConfiguration(passwords.of(Account.ZOOKEEPER))),
        "reconcile", map("check_interval", checkInterval.toMillis() + "ms"),
        "errant_transactions_directory", "errant",
        "access", map("users", list(List.of(operator()))),
        "credentials", credentials(),
        "clusters",
            list(
                List.of(
                    map(
                        "name", LocalSystem.CLUSTER,
                        "servers",
                            list(servers.stream().map(ManagerConfigurations::server).toList()),
                        "proxies",
                            list(proxies.stream().map(ManagerConfigurations::proxy).toList()),
                        "setup", map("application_database", LocalSystem.DATABASE)))),
        "server",
            map(
                "applicationConnectors", connector(ports.of(ManagerNode.APPLICATION)),
                "adminConnectors", connector(ports.of(ManagerNode.ADMIN)),
                "requestLog", map("appenders", list(List.of()))),
        "logging", map("level", "INFO", "appenders", list(List.of(map("type", "console")))));
  }

  private String connect() {
    return String.join(
        ",",
        zookeepers.stream()
            .map(node -> Probe.LOOPBACK + ":" + node.ports().of(ZookeeperNode.CLIENT))
            .toList());
  }

  private Map<String, Object> credentials() {
    Map<String, Object> credentials = new LinkedHashMap<>();
    for (Account account : Account.values()) {
      if (account != Account.ROOT && account != Account.ZOOKEEPER && account != Account.OPERATOR) {
        credentials.put(
            account.key(),
            map("user", account.user(), "password", Quoted.inConfiguration(passwords.of(account))));
      }
    }
    return credentials;
  }

  private Map<String, Object> operator() {
    return map(
        "name", Account.OPERATOR.user(),
        "role", "operator",
        "password_file", operatorPassword.toString());
  }

  private static Map<String, Object> server(MysqlServer server) {
    return map("name", server.name(), "host", Probe.LOOPBACK, "port", server.port());
  }

  private static Map<String, Object> proxy(Proxy proxy) {
    return map(
        "name", proxy.name(),
        "kind", proxy.distribution().kind().key(),
        "host", Probe.LOOPBACK,
        "admin_port", proxy.port(Proxy.ADMIN));
  }

  private static List<Object> connector(int port) {
    return list(List.of(map("type", "http", "port", port, "bindHost", Probe.LOOPBACK)));
  }

  private static <T> List<T> only(List<Program> programs, Class<T> kind) {
    List<T> result = new ArrayList<>();
    for (Program program : programs) {
      if (kind.isInstance(program)) {
        result.add(kind.cast(program));
      }
    }
    return result;
  }
}
