package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.local.Account;

/** Servers that live, but not as the managers would have them: never taken for dead. */
class RefusingServerIT extends Scenario {
  private static final int TOO_MANY_CONNECTIONS = 1040;

  @Test
  void whoeverRefusesTheManagerOrWasMadeReadOnlyIsNotFailedOver() throws Exception {
    run(builder -> builder.checkInterval(Duration.ofMillis(500)));
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");

    // Somebody closes the source: it is opened again.
    execute("s1", "SET GLOBAL super_read_only = 1");
    awaitStatus("opened again", _ -> isOpen("s1"));
    awaitPhase("running");
    write(2);

    // The manager's password is another one, there only.
    for (String server : List.of("s2", "s1")) {
      changeManagersPassword(server, "another");
      awaitReason("degraded", server, "refuses user 'mm_manager'", "credentials.manager.password");
      assertEquals("access_denied", server(status(), server).path("seen").asText());
      assertEquals("refusing", server(status(), server).path("status").asText());
      assertNothingHappensIn(5);
      write(3);
      changeManagersPassword(server, password(Account.MANAGER));
      awaitPhase("running");
    }
    assertIsSource("s1");
    assertIsReplicaOf("s2", "s1");
  }

  @Test
  void aSourceWithoutAConnectionLeftIsNotFailedOver() throws Exception {
    run(builder -> builder.checkInterval(Duration.ofMillis(500)));
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    List<Connection> clients = new ArrayList<>();
    try (Connection root = system.connect("s1")) {
      try {
        takeAllConnections(root, clients);
        awaitReason("degraded", "s1", "has no connection left", "max_connections");
        assertEquals("too_many_connections", server(status(), "s1").path("seen").asText());
        assertEquals("refusing", server(status(), "s1").path("status").asText());
        assertNothingHappensIn(5);
      } finally {
        for (Connection client : clients) {
          client.close();
        }
      }
      execute(root, "SET GLOBAL max_connections = 200");
    }
    awaitPhase("running");
    write(2);
    assertIsReplicaOf("s2", "s1");
  }

  @Test
  void throughItsAdministrativePortAServerWithoutAConnectionLeftIsReached() throws Exception {
    int port = freePort();
    run(builder ->
        builder
            .servers(1)
            .serverOptions(List.of("--admin-address=127.0.0.1", "--admin-port=" + port))
            .managerSetting("clusters.0.servers.0.admin_port", port)
            .checkInterval(Duration.ofMillis(500)));
    createTable();
    List<Connection> clients = new ArrayList<>();
    try (Connection root = system.connect("s1")) {
      try {
        execute(root, "SET GLOBAL max_connections = 10");
        fill(clients);
        for (String session : managersSessions(root)) {
          execute(root, "KILL " + session);
        }
        fill(clients);
        awaitChecks(5);
        assertEquals("reachable", server(status(), "s1").path("seen").asText());
        assertEquals("running", status().path("phase").asText());
        assertEquals(0, status().path("master_failure_count").asInt());
      } finally {
        for (Connection client : clients) {
          client.close();
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Until nobody can log in, an administrator neither, and the manager has no session left. */
  private void takeAllConnections(Connection root, List<Connection> clients) throws SQLException {
    execute(root, "SET GLOBAL max_connections = 10");
    await(
        "no connection left",
        () -> {
          fill(clients);
          List<String> managers = managersSessions(root);
          for (String session : managers) {
            execute(root, "KILL " + session);
          }
          return managers.isEmpty();
        });
  }

  private void fill(List<Connection> clients) throws SQLException {
    try {
      while (true) {
        clients.add(system.connectAs(Account.MANAGER, system.port("s1"), ""));
      }
    } catch (SQLException e) {
      if (e.getErrorCode() != TOO_MANY_CONNECTIONS) {
        throw e;
      }
    }
  }

  private void changeManagersPassword(String server, String password) throws SQLException {
    try (Connection root = system.connect(server)) {
      execute(
          root,
          "SET sql_log_bin = 0",
          "ALTER USER 'mm_manager'@'%%' IDENTIFIED BY '%s'".formatted(password));
      for (String session : managersSessions(root)) {
        execute(root, "KILL " + session);
      }
    }
  }

  private static List<String> managersSessions(Connection root) throws SQLException {
    List<String> sessions = new ArrayList<>();
    try (Statement statement = root.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT PROCESSLIST_ID FROM performance_schema.session_connect_attrs
                WHERE ATTR_NAME = 'program_name' AND ATTR_VALUE = 'mysql-manager'
                """)) {
      while (rows.next()) {
        sessions.add(rows.getString(1));
      }
    }
    return sessions;
  }

  private static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private boolean isOpen(String server) {
    try {
      return "0".equals(ask(server, "SELECT @@read_only"));
    } catch (SQLException e) {
      return false;
    }
  }

  private void assertNothingHappensIn(int checks) throws Exception {
    awaitChecks(checks);
    JsonNode status = status();
    assertEquals("degraded", status.path("phase").asText());
    assertEquals("s1", status.path("source").asText());
    assertTrue(status.path("operation").isNull(), status.toPrettyString());
    assertEquals(0, status.path("totals").path("successful_failover").asInt());
  }
}
