package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.mysql.ObserveIT.reachable;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.ServerObservation.Cause;
import org.mysqlmanager.observe.ServerObservation.Unreachable;
import org.mysqlmanager.observe.WriteProbe;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;
import org.mysqlmanager.testing.TestingProgram;

/** A server whose connections are all used, with the extra one for an administrator. */
class AdminPortIT {
  private static final Permit PERMIT = TestPermit.of(1);
  private static final Account PLAIN = new Account("plain", "p");
  private static final Account CHIEF = new Account("chief", "c");

  private final int adminPort = TestingProgram.port();
  private final List<Connection> taken = new ArrayList<>();
  private TestingMySql mysql;

  @BeforeEach
  void start() throws Exception {
    mysql =
        TestServers.start(
            1, "--max-connections=8", "--admin-address=127.0.0.1", "--admin-port=" + adminPort);
    mysql.sql(
        "CREATE USER plain@'%' IDENTIFIED BY 'p'",
        "CREATE USER chief@'%' IDENTIFIED BY 'c'", "GRANT CONNECTION_ADMIN ON *.* TO chief@'%'");
  }

  @AfterEach
  void stop() {
    taken.forEach(Connections::abort);
    if (mysql != null) {
      mysql.close();
    }
  }

  @Test
  void isUsedOnlyWhileAllConnectionsAre() throws Exception {
    try (ConnectorJServer server = adapter(Optional.of(adminPort))) {
      assertEquals(List.of(), reachable(server.observe()).warnings());
      // The look's own connection would be kept for as long as it lasts.
      // A connection that ends gives its place free a moment later, perhaps to the next look.
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            takeAll();
            endManagersSessions();
            takeAll();
            return reachable(server.observe())
                .warnings()
                .equals(
                    List.of("all connections are used; looked at over admin_port " + adminPort));
          });
      assertEquals(StepResult.DONE, server.closeForWrites(false, PERMIT));
      assertEquals(StepResult.DONE, server.openForWrites(PERMIT));
      assertEquals(new WriteProbe.Written(), server.probeWrite(PERMIT));
      taken.forEach(Connections::close);
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> reachable(server.observe()).warnings().isEmpty());
    }
  }

  @Test
  void aFenceGetsIn() throws Exception {
    takeAll();
    try (ConnectorJServer server = adapter(Optional.of(adminPort))) {
      assertEquals(StepResult.DONE, server.fence(PERMIT));
    }
    for (Connection client : taken) {
      assertThrows(SQLException.class, () -> Statements.value(client, "SELECT 1"));
    }
    assertEquals("1", mysql.value("SELECT @@GLOBAL.super_read_only"));
  }

  @Test
  void withoutItTheRemedyIsNamedAndTheServerIsAlive() throws Exception {
    takeAll();
    try (ConnectorJServer server = adapter(Optional.empty())) {
      Unreachable seen = tooMany(server);
      assertTrue(seen.detail().contains("raise max_connections"), seen.detail());
      assertTrue(seen.detail().contains("admin_port"), seen.detail());
    }
  }

  @Test
  void whenItDoesNotAnswerEitherBothAreSaid() throws Exception {
    takeAll();
    int wrong = TestingProgram.port();
    try (ConnectorJServer server = adapter(Optional.of(wrong))) {
      Unreachable seen = tooMany(server);
      assertTrue(seen.detail().contains("raise max_connections"), seen.detail());
      assertTrue(seen.detail().contains("admin_port " + wrong), seen.detail());
      assertTrue(seen.detail().contains("refused"), seen.detail());
    }
  }

  @Test
  void whenTheAccountMayNotUseItThePrivilegeIsNamed() throws Exception {
    mysql.sql("GRANT SELECT ON *.* TO plain@'%'");
    takeAll();
    try (ConnectorJServer server =
        adapter(Optional.of(adminPort), TestAccounts.withManager(PLAIN))) {
      Unreachable seen = tooMany(server);
      assertTrue(seen.detail().contains("SERVICE_CONNECTION_ADMIN"), seen.detail());
    }
  }

  @Test
  void helpsAgainstTheLimitForAllUsers() throws Exception {
    mysql.sql("SET GLOBAL max_user_connections = 1");
    try (Connection only = TestServers.connect(mysql, TestAccounts.MANAGER);
        ConnectorJServer without = adapter(Optional.empty());
        ConnectorJServer with = adapter(Optional.of(adminPort))) {
      assertEquals("1", Statements.value(only, "SELECT 1"));
      Unreachable seen = tooMany(without);
      assertTrue(seen.detail().contains("raise max_user_connections"), seen.detail());
      assertEquals(1, reachable(with.observe()).warnings().size());
    }
  }

  /** MySQL applies these on its administrative interface, too. */
  @Test
  void doesNotHelpAgainstTheLimitsOfTheAccountAndSaysWhatDoes() throws Exception {
    mysql.sql("ALTER USER mm_manager@'%' WITH MAX_USER_CONNECTIONS 1");
    try (Connection only = TestServers.connect(mysql, TestAccounts.MANAGER);
        ConnectorJServer server = adapter(Optional.of(adminPort))) {
      assertEquals("1", Statements.value(only, "SELECT 1"));
      Unreachable seen = tooMany(server);
      assertTrue(seen.detail().contains("ALTER USER"), seen.detail());
      assertTrue(seen.detail().contains("admin_port " + adminPort), seen.detail());
    }
  }

  /** All that clients can have, and the one more that an administrator can. */
  private void takeAll() {
    take(PLAIN);
    take(CHIEF);
  }

  private void take(Account account) {
    SQLException refusal =
        assertThrows(
            SQLException.class,
            () -> {
              while (true) {
                taken.add(TestServers.connect(mysql, account));
              }
            });
    assertEquals(1040, Diagnosis.numberOf(refusal));
  }

  private void endManagersSessions() throws SQLException {
    try (Connection admin = adminConnection()) {
      List<Long> sessions = managersSessions(admin);
      for (long session : sessions) {
        Statements.execute(admin, "KILL " + session);
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> managersSessions(admin).isEmpty());
    }
  }

  private static List<Long> managersSessions(Connection admin) throws SQLException {
    return Statements.query(
        admin,
        row -> row.getLong(1),
        "SELECT id FROM information_schema.processlist WHERE user = ? AND id <> CONNECTION_ID()",
        TestAccounts.MANAGER.user());
  }

  private Connection adminConnection() throws SQLException {
    return new Connections(
            new Endpoint("127.0.0.1", adminPort), Duration.ofSeconds(5), MySqlTls.REQUIRED)
        .open(
            TestAccounts.MANAGER, java.util.Map.of(), Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  private static Unreachable tooMany(ConnectorJServer server) {
    Unreachable seen = assertInstanceOf(Unreachable.class, server.observe());
    assertEquals(Cause.TOO_MANY_CONNECTIONS, seen.cause(), seen.detail());
    assertFalse(seen.isDown());
    return seen;
  }

  private ConnectorJServer adapter(Optional<Integer> port) {
    return adapter(port, TestAccounts.ALL);
  }

  private ConnectorJServer adapter(Optional<Integer> port, MySqlAccounts accounts) {
    return new ConnectorJServer(
        new ServerId("s1"),
        mysql.endpoint(),
        port.map(admin -> new Endpoint("127.0.0.1", admin)),
        accounts,
        TestServers.TIMEOUTS,
        SetupSpec.ALL,
        WriteProbing.ALARM,
        MySqlTls.REQUIRED);
  }
}
