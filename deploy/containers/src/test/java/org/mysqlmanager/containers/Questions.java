package org.mysqlmanager.containers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** What can be asked of a system in containers. Thread-safe. */
final class Questions {
  /** What anything may take on a machine that is busy with something else. */
  static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final Duration ZOOKEEPER_PATIENCE = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private static final Duration HTTP_DEADLINE = Duration.ofSeconds(3);

  /** HAProxy 3 remembers in this bit that a server that is ready now was added as disabled. */
  private static final int ADDED_DISABLED = 4;

  private final ContainerSystem system;

  Questions(ContainerSystem system) {
    this.system = system;
  }

  /** Waits until it is so; what cannot be asked yet is not so yet. */
  static void await(String what, Callable<Boolean> condition) {
    AtomicReference<@Nullable Throwable> last = new AtomicReference<>();
    try {
      Awaitility.await(what)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> {
            try {
              last.set(null);
              return condition.call();
            } catch (Exception e) {
              last.set(e);
              return false;
            }
          });
    } catch (ConditionTimeoutException e) {
      Throwable reason = last.get();
      throw new AssertionError(
          what + ": not within " + PATIENCE + (reason == null ? "" : "; at last: " + reason),
          reason == null ? e : reason);
    }
  }

  // --- The managers

  /** A manager's answer to anybody who has the operator's password. */
  HttpResponse<String> http(String manager, int port, String path)
      throws IOException, InterruptedException {
    String login = Account.OPERATOR.user() + ":" + Account.OPERATOR.password();
    return HTTP.send(
        HttpRequest.newBuilder(url(manager, port, path))
            .timeout(HTTP_DEADLINE)
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The status of an answer to somebody without a password who wants something done. */
  int post(String manager, int port, String path) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(url(manager, port, path))
                .timeout(HTTP_DEADLINE)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private URI url(String manager, int port, String path) {
    return URI.create(
        "http://%s:%d%s".formatted(Engine.host(), system.node(manager).port(port), path));
  }

  /** What that manager says of the cluster. */
  JsonNode status(String manager) throws IOException, InterruptedException {
    return JSON.readTree(http(manager, Recipes.APPLICATION_PORT, "/clusters/main").body());
  }

  /** The manager that says of itself that it leads; empty while there is none. */
  Optional<String> leaderNow() {
    for (String manager : system.managers()) {
      if (!system.node(manager).isPaused() && system.node(manager).isRunning()) {
        try {
          if (status(manager).path("leader").asText().equals(manager)) {
            return Optional.of(manager);
          }
        } catch (IOException | IllegalStateException _) {
          // Another one will.
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException(e);
        }
      }
    }
    return Optional.empty();
  }

  String leader() {
    await("a leader", () -> leaderNow().isPresent());
    return leaderNow().orElseThrow();
  }

  /** The newest record of that kind of operation, such as {@code failover}. */
  JsonNode recordOf(String kind) throws IOException, InterruptedException {
    JsonNode history =
        JSON.readTree(http(leader(), Recipes.APPLICATION_PORT, "/clusters/main/history").body());
    for (JsonNode entry : history.path("history")) {
      if (entry.path("kind").asText().equals(kind)) {
        return entry;
      }
    }
    throw new AssertionError("no record of a " + kind + " in " + history.toPrettyString());
  }

  // --- ZooKeeper

  /** What has been decided, as it is stored. */
  JsonNode state() throws Exception {
    return JSON.readTree(znode("clusters/main/state"));
  }

  /** The higher, the later the leader. */
  long epoch() throws Exception {
    return state().path("epoch").asLong();
  }

  long failovers() throws Exception {
    return state().path("totals").path("successful_failover").asLong();
  }

  String znode(String path) throws Exception {
    return withZookeeper(client ->
        new String(client.getData("/mysql-manager/" + path, false, null), StandardCharsets.UTF_8));
  }

  /** Changes one setting of the cluster's spec, as an operator would. */
  void changeSpec(String setting, Object value) throws Exception {
    String path = "clusters/main/spec";
    ObjectNode spec = (ObjectNode) JSON.readTree(znode(path));
    spec.putPOJO(setting, value);
    byte[] text = JSON.writeValueAsBytes(spec);
    withZookeeper(client -> client.setData("/mysql-manager/" + path, text, -1));
  }

  private interface ZooKeeperCall<T> {
    T with(ZooKeeper client) throws Exception;
  }

  /** Asks until a member answers: one that has just started may not belong to the majority yet. */
  private <T> T withZookeeper(ZooKeeperCall<T> call) throws Exception {
    long begun = System.nanoTime();
    while (true) {
      try {
        return withZookeeperOnce(call);
      } catch (KeeperException.ConnectionLossException e) {
        if (System.nanoTime() - begun > ZOOKEEPER_PATIENCE.toNanos()) {
          throw e;
        }
      }
    }
  }

  private <T> T withZookeeperOnce(ZooKeeperCall<T> call) throws Exception {
    List<String> members = new ArrayList<>();
    for (String name : system.zookeepers()) {
      Node node = system.node(name);
      if (node.isRunning()) {
        members.add(Engine.host() + ":" + node.port(Recipes.ZOOKEEPER_PORT));
      }
    }
    ZooKeeper client = new ZooKeeper(String.join(",", members), 10_000, _ -> {});
    try {
      client.addAuthInfo(
          "digest",
          (Account.ZOOKEEPER.user() + ":" + Account.ZOOKEEPER.password())
              .getBytes(StandardCharsets.UTF_8));
      return call.with(client);
    } finally {
      client.close();
    }
  }

  // --- The servers

  Connection root(String server) throws SQLException {
    return connect(system.node(server).port(Recipes.MYSQL_PORT), Account.ROOT, "");
  }

  /** As the application does, through the proxy. */
  Connection application(int port) throws SQLException {
    return connect(system.node(ContainerSystem.PROXY).port(port), Account.APPLICATION, "app");
  }

  private static Connection connect(int port, Account account, String database)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", account.user());
    properties.setProperty("password", account.password());
    properties.setProperty("connectTimeout", "5000");
    properties.setProperty("socketTimeout", "30000");
    properties.setProperty("sslMode", "PREFERRED");
    properties.setProperty("allowPublicKeyRetrieval", "true");
    return DriverManager.getConnection(
        "jdbc:mysql://%s:%d/%s".formatted(Engine.host(), port, database), properties);
  }

  /** The first column of the first row. */
  @Nullable String ask(String server, String query) throws SQLException {
    try (Connection connection = root(server)) {
      return ask(connection, query);
    }
  }

  static @Nullable String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  /** {@code SHOW REPLICA STATUS} by column; empty without replication. */
  Map<String, String> replicaStatus(String server) throws SQLException {
    try (Connection connection = root(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW REPLICA STATUS")) {
      Map<String, String> status = new LinkedHashMap<>();
      if (rows.next()) {
        ResultSetMetaData columns = rows.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          status.put(columns.getColumnLabel(i), String.valueOf(rows.getString(i)));
        }
      }
      return status;
    }
  }

  // --- The proxy

  /** One row of ProxySQL's runtime table. */
  record Backend(int hostgroup, String server, String status) {}

  List<Backend> proxysqlRuntime() {
    Node.Output rows =
        proxysql("SELECT hostgroup_id, hostname, status FROM runtime_mysql_servers ORDER BY 1, 2");
    if (rows.status() != 0) {
      throw new IllegalStateException("ProxySQL's admin interface: " + rows.text());
    }
    return rows.text()
        .lines()
        .map(line -> line.split("\t"))
        .map(row -> new Backend(Integer.parseInt(row[0]), row[1], row[2]))
        .toList();
  }

  /** Asks ProxySQL's admin interface with MySQL's own client, which it understands. */
  private Node.Output proxysql(String query) {
    return system.node(ContainerSystem.TOOLS).exec(proxysqlClient(query));
  }

  static String[] proxysqlClient(String query) {
    return new String[] {
      "bash",
      "-c",
      "MYSQL_PWD=$0 exec mysql --no-defaults -N -B -h proxy -P %d -u %s -e \"$1\" 2>&1"
          .formatted(Recipes.PROXYSQL_ADMIN_PORT, Account.PROXY_ADMIN.user()),
      Account.PROXY_ADMIN.password(),
      query
    };
  }

  /** HAProxy's servers that are up and not in maintenance, as {@code backend/server}. */
  List<String> haproxyRuntime() {
    String answer =
        system
            .node(ContainerSystem.TOOLS)
            .exec(
                "bash",
                "-c",
                "exec 3<>/dev/tcp/proxy/%d && echo 'show servers state' >&3 && cat <&3"
                    .formatted(Recipes.HAPROXY_ADMIN_PORT))
            .text();
    if (!answer.contains("# be_id")) {
      throw new IllegalStateException("HAProxy's Runtime API: " + answer);
    }
    List<String> columns = new ArrayList<>();
    List<String> ready = new ArrayList<>();
    answer
        .lines()
        .forEach(line -> {
          if (line.startsWith("# ")) {
            columns.addAll(List.of(line.substring(2).split(" ")));
          } else if (line.contains(" mysql_")) {
            String[] fields = line.split(" ");
            if (fields[columns.indexOf("srv_op_state")].equals("2")
                && (Integer.parseInt(fields[columns.indexOf("srv_admin_state")]) & ~ADDED_DISABLED)
                    == 0) {
              ready.add(
                  fields[columns.indexOf("be_name")] + "/" + fields[columns.indexOf("srv_name")]);
            }
          }
        });
    return ready.stream().sorted().collect(Collectors.toList());
  }
}
