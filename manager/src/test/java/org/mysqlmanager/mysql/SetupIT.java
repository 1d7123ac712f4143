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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;

/** The initial set-up: accounts, database, event. */
class SetupIT {
  private TestingMySql mysql;
  private ConnectorJServer server;

  @BeforeEach
  void start() throws Exception {
    mysql = TestServers.start(1, "--super-read-only=ON");
    server = TestServers.adapter(mysql);
  }

  @AfterEach
  void stop() throws Exception {
    if (mysql != null) {
      server.close();
      mysql.close();
    }
  }

  @Test
  void setsUpEverythingOnceAndCompletesWhatIsMissing() throws Exception {
    assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(1)));
    assertEquals(5, reachable(server.observe()).missingSetup().size());
    // Cut short as by a kill, each time a statement later; the next one finds what is half made.
    int questions = 2;
    StepResult result;
    while ((result = server.setUp(SetupSpec.ALL, TestPermit.lasting(1, questions)))
        .equals(new StepResult.Refused())) {
      assertFalse(reachable(server.observe()).missingSetup().isEmpty());
      assertTrue(++questions < 20);
    }
    assertEquals(StepResult.DONE, result);
    assertTrue(questions > 3, "cut short " + questions);
    assertEquals(StepResult.DONE, server.setUp(SetupSpec.ALL, TestPermit.of(1)));
    assertEquals(Set.of(), reachable(server.observe()).missingSetup());
    GtidSet executed = server.executed();
    assertEquals(StepResult.DONE, server.setUp(SetupSpec.ALL, TestPermit.of(1)));
    assertEquals(executed, server.executed(), "nothing to do is nothing done");
    assertFalse(reachable(server.observe()).hasUserData());

    try (Connection application = TestServers.connect(mysql, TestAccounts.APPLICATION)) {
      Statements.execute(application, "CREATE TABLE app.t (id INT PRIMARY KEY)");
      Statements.execute(application, "INSERT INTO app.t VALUES (1)");
      assertThrows(
          SQLException.class, () -> Statements.execute(application, "CREATE DATABASE elsewhere"));
    }
    TestServers.connect(mysql, TestAccounts.REPLICATION).close();
    try (Connection monitor = TestServers.connect(mysql, TestAccounts.MONITOR)) {
      Statements.value(monitor, "SHOW REPLICA STATUS");
    }
  }

  @Test
  void theEventRunsOnTheSourceAndWritesNoTransaction() throws Exception {
    assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(1)));
    assertEquals(StepResult.DONE, server.setUp(SetupSpec.ALL, TestPermit.of(1)));
    // As the manager: an event that an administrator has altered is his, and runs with his rights.
    alterEvent("DISABLE");
    server.openForWrites(TestPermit.of(1));
    assertEquals(
        "ENABLED",
        mysql.value(
            "SELECT STATUS FROM information_schema.EVENTS WHERE EVENT_NAME='flush_binary_logs'"));
    assertEquals(Set.of(), reachable(server.observe()).missingSetup());
    int before = binaryLogs();
    alterEvent("ON SCHEDULE EVERY 1 SECOND");
    GtidSet executed = server.executed();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> binaryLogs() > before + 1);
    assertEquals(executed, server.executed());
  }

  @Test
  void everyPartOfTheSetupCanBeSwitchedOff() throws Exception {
    SetupSpec nothing = new SetupSpec(false, false, false, Optional.empty(), false);
    try (ConnectorJServer bare =
        TestServers.adapter(mysql, TestAccounts.ALL, nothing, TestServers.TIMEOUTS)) {
      assertEquals(Set.of(), reachable(bare.observe()).missingSetup());
      assertEquals(StepResult.DONE, bare.setUp(nothing, TestPermit.of(1)));
      assertEquals(GtidSet.EMPTY, bare.executed());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"üüüüüüüüüüüüüüüüü", "dolphin🐬", "two\nlines"})
  void aReplicationPasswordThatReplicasCannotUseIsRefusedBeforeAnything(String password)
      throws Exception {
    MySqlAccounts accounts =
        new MySqlAccounts(
            TestAccounts.MANAGER,
            new Account("repl", password),
            TestAccounts.MONITOR,
            TestAccounts.APPLICATION);
    try (ConnectorJServer strict = TestServers.adapter(mysql, accounts)) {
      for (StepResult result :
          List.of(
              strict.setUp(SetupSpec.ALL, TestPermit.of(1)),
              strict.follow(mysql.endpoint(), TestPermit.of(1)))) {
        var failed = assertInstanceOf(StepResult.Failed.class, result);
        assertFalse(failed.reason().contains(password), failed.reason());
      }
    }
    assertEquals(GtidSet.EMPTY, server.executed());
  }

  @Test
  void accountsThatAreThereAndMayDoAnythingAreLeftAlone() throws Exception {
    mysql.sql(
        "SET GLOBAL super_read_only = 0",
        "SET GLOBAL read_only = 0",
        "CREATE USER app@'%' IDENTIFIED BY 'theirs'",
        "GRANT SELECT ON app.* TO app@'%'",
        "CREATE USER 'mm_repl''ication'@'%' IDENTIFIED BY 'theirs'",
        "GRANT REPLICATION SLAVE ON *.* TO 'mm_repl''ication'@'%'",
        "CREATE ROLE watcher",
        "GRANT REPLICATION CLIENT ON *.* TO watcher",
        "CREATE USER mm_monitor@'%' IDENTIFIED BY 'theirs' DEFAULT ROLE watcher");
    var failed =
        assertInstanceOf(StepResult.Failed.class, server.setUp(SetupSpec.ALL, TestPermit.of(1)));
    assertTrue(failed.reason().contains("REPLICATION SLAVE, BACKUP_ADMIN"), failed.reason());
    assertFalse(failed.reason().contains("user 'app'"), failed.reason());
    mysql.sql("GRANT BACKUP_ADMIN ON *.* TO 'mm_repl''ication'@'%'");
    assertEquals(StepResult.DONE, server.setUp(SetupSpec.ALL, TestPermit.of(1)));
    for (String user : List.of("app", "mm_repl'ication", "mm_monitor")) {
      mysql.connect(user, "theirs").close();
    }
    assertEquals(
        List.of("GRANT USAGE ON *.* TO `app`@`%`", "GRANT SELECT ON `app`.* TO `app`@`%`"),
        mysql.query("SHOW GRANTS FOR app@'%'"));
  }

  @Test
  void anAccountThatIsThereForOtherHostsIsSomebodysToo() throws Exception {
    mysql.sql(
        "SET GLOBAL super_read_only = 0",
        "SET GLOBAL read_only = 0",
        "CREATE USER app@'10.1.%' IDENTIFIED BY 'theirs'",
        "GRANT SELECT ON app.* TO app@'10.1.%'",
        "CREATE USER mm_monitor@'10.1.%' IDENTIFIED BY 'half made'");
    assertEquals(StepResult.DONE, server.setUp(SetupSpec.ALL, TestPermit.of(1)));
    assertEquals(List.of("10.1.%"), mysql.query("SELECT Host FROM mysql.user WHERE User = 'app'"));
    TestServers.connect(mysql, TestAccounts.MONITOR).close();
  }

  @Test
  void anyPrivilegeMakesAnAccountSomebodys() throws Exception {
    mysql.sql(
        "SET GLOBAL super_read_only = 0",
        "SET GLOBAL read_only = 0",
        "CREATE DATABASE shop",
        "CREATE TABLE shop.t (id INT PRIMARY KEY)",
        "CREATE PROCEDURE shop.p() DO 1");
    for (String privilege :
        List.of(
            "GRANT EXECUTE ON *.* TO app@'%'",
            "GRANT FILE ON *.* TO app@'%'",
            "GRANT CREATE ROLE ON *.* TO app@'%'",
            "GRANT USAGE ON *.* TO app@'%' WITH GRANT OPTION",
            "GRANT EXECUTE ON PROCEDURE shop.p TO app@'%'",
            "GRANT SELECT (id) ON shop.t TO app@'%'",
            "INSERT INTO mysql.proxies_priv (Host, User, Proxied_host, Proxied_user) VALUES ('%', 'app', '%', 'other')")) {
      mysql.sql(
          "DROP USER IF EXISTS app@'%'", "CREATE USER app@'%' IDENTIFIED BY 'theirs'", privilege);
      assertEquals(StepResult.DONE, server.setUp(SetupSpec.ALL, TestPermit.of(1)), privilege);
      mysql.connect("app", "theirs").close();
    }
    mysql.sql("DROP USER app@'%'", "CREATE USER app@'%' IDENTIFIED BY 'half made'");
    assertEquals(StepResult.DONE, server.setUp(SetupSpec.ALL, TestPermit.of(1)));
    TestServers.connect(mysql, TestAccounts.APPLICATION).close();
  }

  @Test
  void accountsDoNotExpireAndGetTheirPasswordsWhateverTheHistory() throws Exception {
    mysql.sql(
        "SET GLOBAL super_read_only = 0",
        "SET GLOBAL read_only = 0",
        "SET GLOBAL default_password_lifetime = 90",
        "SET GLOBAL password_history = 5",
        "SET GLOBAL password_reuse_interval = 30");
    try (Connection root = mysql.connect()) {
      // Half made, and its password is in the history.
      Statements.execute(
          root,
          "CREATE USER ?@'%' IDENTIFIED WITH caching_sha2_password BY ?",
          TestAccounts.APPLICATION.user(),
          TestAccounts.APPLICATION.password());
    }
    assertEquals(StepResult.DONE, server.setUp(SetupSpec.ALL, TestPermit.of(1)));
    assertEquals(
        List.of("0", "0", "0"),
        mysql.query(
            "SELECT password_lifetime FROM mysql.user WHERE User IN ('app', 'mm_monitor', 'mm_repl''ication')"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"OFF", "ON"})
  void theApplicationMayDoNothingInADatabaseWithASimilarName(String partialRevokes)
      throws Exception {
    String own = partialRevokes.equals("ON") ? "`my_app`.*" : "`my\\_app`.*";
    mysql.sql(
        "SET GLOBAL super_read_only = 0",
        "SET GLOBAL read_only = 0",
        "SET GLOBAL partial_revokes = " + partialRevokes,
        "CREATE DATABASE myxapp",
        "GRANT ALL ON " + own + " TO mm_manager@'%'");
    SetupSpec spec = new SetupSpec(false, false, true, Optional.of("my_app"), false);
    try (ConnectorJServer setting =
        TestServers.adapter(mysql, TestAccounts.ALL, spec, TestServers.TIMEOUTS)) {
      assertEquals(List.of(), reachable(setting.observe()).warnings());
      assertEquals(StepResult.DONE, setting.setUp(spec, TestPermit.of(1)));
    }
    try (Connection application = TestServers.connect(mysql, TestAccounts.APPLICATION)) {
      Statements.execute(application, "CREATE TABLE my_app.t (id INT PRIMARY KEY)");
      assertThrows(
          SQLException.class,
          () -> Statements.execute(application, "CREATE TABLE myxapp.t (i INT)"));
      assertThrows(
          SQLException.class,
          () ->
              Statements.execute(
                  application, "CREATE EVENT my_app.e ON SCHEDULE EVERY 1 DAY DO SELECT 1"));
    }
  }

  private void alterEvent(String how) throws SQLException {
    try (Connection connection = TestServers.connect(mysql, TestAccounts.MANAGER)) {
      Statements.execute(connection, "ALTER EVENT mysql_manager.flush_binary_logs " + how);
    }
  }

  private int binaryLogs() throws SQLException {
    try (Connection connection = TestServers.connect(mysql, TestAccounts.MANAGER)) {
      return Statements.query(connection, row -> row.getString(1), "SHOW BINARY LOGS").size();
    }
  }
}
