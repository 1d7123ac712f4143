package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.zookeeper.ZooKeeper;
import org.awaitility.core.ConditionTimeoutException;
import org.mysqlmanager.local.Account;
import org.mysqlmanager.local.LocalSystem;

/** The questions that tests ask of a system of real processes. */
abstract class Questions {
  /** What anything may take on a machine that is busy with something else. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private static final Pattern METRIC = Pattern.compile("^(\\S+) (\\S+)$", Pattern.MULTILINE);

  LocalSystem system;

  // --- What the managers say

  final JsonNode status() {
    return system.clusterStatus().orElseThrow(() -> new AssertionError("no manager answers"));
  }

  final void awaitPhase(String phase) {
    awaitStatus("phase " + phase, status -> status.path("phase").asText().equals(phase));
  }

  final void awaitSource(String server) {
    awaitStatus("source " + server, status -> status.path("source").asText().equals(server));
  }

  /** Waits for a phase with a reason that holds all those texts. */
  final void awaitReason(String phase, String... texts) {
    awaitStatus(
        "phase " + phase + " because of " + List.of(texts),
        status ->
            status.path("phase").asText().equals(phase)
                && List.of(texts).stream().allMatch(status.path("reason").asText()::contains));
  }

  /** What the managers say of one server. */
  static JsonNode server(JsonNode status, String name) {
    for (JsonNode server : status.path("servers")) {
      if (server.path("name").asText().equals(name)) {
        return server;
      }
    }
    throw new AssertionError("no server " + name + " in " + status.toPrettyString());
  }

  final void awaitStatus(String what, Predicate<JsonNode> condition) {
    await(what, () -> system.clusterStatus().filter(condition).isPresent());
  }

  /** Waits until that server is source and the operation that made it so has its record. */
  final void awaitFailedOver(String source) {
    await(
        "the end of the failover to " + source,
        () ->
            storedState().path("source").asText().equals(source)
                && storedState().path("operation").isNull());
  }

  /** Waits for that many more looks of the manager that answers first. */
  final void awaitChecks(int count) {
    Set<String> looks = new HashSet<>();
    awaitStatus(
        count + " more checks",
        status -> looks.add(status.path("observed_at").asText()) && looks.size() > count);
  }

  final void await(String what, Callable<Boolean> condition) {
    try {
      org.awaitility.Awaitility.await(what)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .ignoreExceptions()
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(what + " was not reached; " + evidence(), e);
    }
  }

  /** What a person would look at first. */
  final String evidence() {
    StringBuilder text = new StringBuilder("status: ");
    text.append(system.clusterStatus().map(JsonNode::toPrettyString).orElse("none"));
    for (String manager : system.managers()) {
      text.append("\n--- end of the log of ").append(manager).append('\n');
      try (Stream<String> lines = Files.lines(system.logFile(manager))) {
        List<String> all = lines.toList();
        all.subList(Math.max(0, all.size() - 40), all.size())
            .forEach(line -> text.append(line).append('\n'));
      } catch (IOException e) {
        text.append(e.getMessage());
      }
    }
    return text.toString();
  }

  /** The manager that leads, as the managers say. */
  final String leader() {
    await("a leader", () -> leaderNow().isPresent());
    return leaderNow().orElseThrow();
  }

  private Optional<String> leaderNow() {
    return system
        .clusterStatus()
        .map(s -> s.path("leader"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText);
  }

  final JsonNode history(String manager) throws IOException, InterruptedException {
    return get(system.applicationUrl(manager).resolve("/clusters/main/history"));
  }

  /** The newest record of that kind of operation, such as {@code failover}. */
  final JsonNode recordOf(String kind) throws IOException, InterruptedException {
    JsonNode history = history(leader()).path("history");
    for (JsonNode record : history) {
      if (record.path("kind").asText().equals(kind)) {
        return record;
      }
    }
    throw new AssertionError("no record of a " + kind + " in " + history.toPrettyString());
  }

  final JsonNode get(URI uri) throws IOException, InterruptedException {
    return JSON.readTree(text(uri));
  }

  final String text(URI uri) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** As the operator, who alone may. */
  final String post(URI uri) throws IOException, InterruptedException {
    String credentials = Account.OPERATOR.user() + ":" + password(Account.OPERATOR);
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(10))
                .header(
                    "Authorization",
                    "Basic "
                        + Base64.getEncoder()
                            .encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return response.body();
  }

  /** The value of a metric of that manager, by its whole name with labels. */
  final double metric(String manager, String name) throws IOException, InterruptedException {
    Matcher matcher = METRIC.matcher(text(system.applicationUrl(manager).resolve("/metrics")));
    Map<String, Double> metrics = new LinkedHashMap<>();
    while (matcher.find()) {
      metrics.put(matcher.group(1), Double.valueOf(matcher.group(2)));
    }
    Double value = metrics.get(name);
    if (value == null) {
      throw new AssertionError("no metric " + name + " in " + metrics.keySet());
    }
    return value;
  }

  /** A value in ZooKeeper, below the root. */
  final String znode(String path) throws Exception {
    AtomicReference<String> value = new AtomicReference<>();
    withZookeeper(client -> {
      byte[] data = client.getData("/mysql-manager/" + path, false, null);
      value.set(new String(data, StandardCharsets.UTF_8));
    });
    return value.get();
  }

  /** What is done with a client of ZooKeeper, as often as it takes. */
  interface ZooKeeperCall {
    void with(ZooKeeper client) throws Exception;
  }

  final void withZookeeper(ZooKeeperCall call) throws Exception {
    ZooKeeper client = new ZooKeeper(system.zookeeperConnect(), 6_000, _ -> {});
    client.addAuthInfo("digest", system.zookeeperCredentials().getBytes(StandardCharsets.UTF_8));
    try {
      await(
          "an answer from ZooKeeper",
          () -> {
            call.with(client);
            return true;
          });
    } finally {
      client.close();
    }
  }

  final JsonNode storedState() throws Exception {
    return JSON.readTree(znode("clusters/main/state"));
  }

  /** Changes one setting of the cluster's spec in ZooKeeper, as an operator would. */
  final void changeSpec(String setting, Object value) throws Exception {
    ObjectNode spec = (ObjectNode) JSON.readTree(znode("clusters/main/spec"));
    spec.putPOJO(setting, value);
    byte[] text = JSON.writeValueAsBytes(spec);
    withZookeeper(client -> client.setData("/mysql-manager/clusters/main/spec", text, -1));
  }

  // --- What the servers say

  /** The first column of the first row, as text; null if there is no row. */
  final String ask(String server, String query) throws SQLException {
    try (Connection connection = system.connect(server)) {
      return ask(connection, query);
    }
  }

  static String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  final void execute(String server, String... statements) throws SQLException {
    try (Connection connection = system.connect(server);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** {@code SHOW REPLICA STATUS} by column; empty without replication. */
  final Map<String, String> replicaStatus(String server) throws SQLException {
    try (Connection connection = system.connect(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW REPLICA STATUS")) {
      Map<String, String> status = new LinkedHashMap<>();
      if (rows.next()) {
        ResultSetMetaData columns = rows.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          status.put(columns.getColumnLabel(i), rows.getString(i));
        }
      }
      return status;
    }
  }

  final void assertIsSource(String server) throws SQLException {
    assertEquals("0", ask(server, "SELECT @@read_only"), server + " read_only");
    assertEquals("0", ask(server, "SELECT @@super_read_only"), server + " super_read_only");
    assertTrue(replicaStatus(server).isEmpty(), server + " has no replication configuration");
  }

  final void assertIsReplicaOf(String server, String source) throws SQLException {
    assertEquals("1", ask(server, "SELECT @@read_only"), server + " read_only");
    assertEquals("0", ask(server, "SELECT @@super_read_only"), server + " super_read_only");
    Map<String, String> status = replicaStatus(server);
    assertEquals("Yes", status.get("Replica_IO_Running"), server + " receiver");
    assertEquals("Yes", status.get("Replica_SQL_Running"), server + " applier");
    assertEquals(String.valueOf(system.port(source)), status.get("Source_Port"));
    assertEquals("1", status.get("Auto_Position"));
    awaitSame(server, source);
  }

  final void awaitSame(String server, String source) {
    await(
        server + " has executed what " + source + " has",
        () -> ask(source, "SELECT @@gtid_executed").equals(ask(server, "SELECT @@gtid_executed")));
  }

  // --- What an application sees

  /** Creates the table that {@link #write} writes to. */
  final void createTable() {
    await(
        "a table through the writer port",
        () -> {
          try (Connection connection = system.connectWriter();
              Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY)");
          }
          return true;
        });
  }

  /** Commits one row through the writer port, however often it has to try. */
  final void write(int id) {
    await(
        "a write through the writer port",
        () -> {
          try (Connection connection = system.connectWriter();
              Statement statement = connection.createStatement()) {
            statement.execute("INSERT IGNORE INTO t VALUES (" + id + ")");
          }
          return true;
        });
  }

  final List<Integer> rows(String server) throws SQLException {
    try (Connection connection = system.connect(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM app.t ORDER BY id")) {
      List<Integer> ids = new ArrayList<>();
      while (rows.next()) {
        ids.add(rows.getInt(1));
      }
      return ids;
    }
  }

  /** Which server the writer port leads to. */
  final int portBehindWriter() throws SQLException {
    try (Connection connection = system.connectWriter()) {
      return Integer.parseInt(ask(connection, "SELECT @@port"));
    }
  }

  final int portBehindReader() throws SQLException {
    try (Connection connection = system.connectReader()) {
      return Integer.parseInt(ask(connection, "SELECT @@port"));
    }
  }

  final String password(Account account) {
    return system.passwords().of(account);
  }
}
