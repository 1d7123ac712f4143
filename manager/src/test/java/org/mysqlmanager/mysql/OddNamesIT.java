package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.mysql.ObserveIT.reachable;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.Printable;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;

/**
 * Names and passwords made to break out of a statement, through every statement that is made of
 * them, on a real server in each of its SQL modes. Afterwards exactly what was asked for is there.
 */
class OddNamesIT {
  private static final String USUAL =
      "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION";

  private static final Account MANAGER =
      new Account("m'; DROP DATABASE canary; -- 3x", "\\'; DROP DATABASE canary; -- %s${x} 🐬 \"`");
  private static final Account REPLICATION =
      new Account("r`e\"p\\'@'%", "'\\\"`;:@,#${x}%s--  ü/*x*/or 1=1");
  private static final Account MONITOR = new Account("mon:i,t;o%r_ü€", " \\' OR ''=' ");
  private static final Account APPLICATION =
      new Account(
          "'@'%' IDENTIFIED BY 'x'; -- 1 5", "*'\\\\' 🐬🐬 #:@, ${jndi:x} {d '2000-01-01'} ?");
  private static final MySqlAccounts ACCOUNTS =
      new MySqlAccounts(MANAGER, REPLICATION, MONITOR, APPLICATION);

  /** The longest name that there is, and an underscore, which is a wild card in a GRANT. */
  private static final String DATABASE = "a_b-$" + "x".repeat(58);

  private static final SetupSpec SETUP = setup(DATABASE);

  private static TestingMySql mysql;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws SQLException {
    mysql = TestingMySql.start(1);
    try (Connection root = mysql.connect()) {
      Statements.execute(root, "CREATE DATABASE canary");
      Statements.execute(root, "CREATE TABLE canary.sings (a INT PRIMARY KEY)");
      Statements.execute(root, "INSERT INTO canary.sings VALUES (1)");
      Statements.execute(root, "CREATE USER canary@'%' IDENTIFIED BY 'canary'");
      Statements.execute(
          root, "CREATE USER ?@'%' IDENTIFIED BY ?", MANAGER.user(), MANAGER.password());
      Statements.execute(root, "GRANT ALL ON *.* TO ?@'%' WITH GRANT OPTION", MANAGER.user());
    }
  }

  @AfterAll
  static void stop() {
    if (mysql != null) {
      mysql.close();
    }
  }

  private static SetupSpec setup(String database) {
    return new SetupSpec(true, true, true, Optional.of(database), true);
  }

  private static ConnectorJServer adapter(SetupSpec setup) {
    return TestServers.adapter(mysql, ACCOUNTS, setup, TestServers.PATIENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {USUAL, "", "NO_BACKSLASH_ESCAPES", "ANSI", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES"})
  void whateverTheServersSqlModeExactlyTheAccountsThatWereAskedForAreMade(String mode)
      throws Exception {
    forgetSetup();
    mysql.sql("SET GLOBAL sql_mode = '" + mode + "'");
    Set<String> before = accounts();
    try (ConnectorJServer server = adapter(SETUP)) {
      assertEquals(5, reachable(server.observe()).missingSetup().size());
      assertEquals(StepResult.DONE, server.setUp(SETUP, TestPermit.of(1)));
      assertEquals(Set.of(), reachable(server.observe()).missingSetup());
      GtidSet executed = server.executed();
      assertEquals(StepResult.DONE, server.setUp(SETUP, TestPermit.of(1)));
      assertEquals(executed, server.executed(), "what is there is recognised");
    } finally {
      mysql.sql("SET GLOBAL sql_mode = '" + USUAL + "'");
    }
    Set<String> made = accounts();
    made.removeAll(before);
    assertEquals(
        Set.of(
            hex(REPLICATION) + " caching_sha2_password",
            hex(MONITOR) + " caching_sha2_password",
            hex(APPLICATION) + " caching_sha2_password"),
        made);
    assertEquals(
        List.of(DATABASE.replace("_", "\\_")),
        mysql.query("SELECT Db FROM mysql.db WHERE HEX(User) = '" + hex(APPLICATION) + "'"));
    for (Account account : List.of(REPLICATION, MONITOR, APPLICATION)) {
      try (Connection connection = TestServers.connect(mysql, account)) {
        assertEquals(account.user() + "@%", Statements.value(connection, "SELECT CURRENT_USER()"));
      }
    }
    assertNoDamage();
  }

  @Test
  void withPartialRevokesTheApplicationGetsItsDatabase() throws Exception {
    forgetSetup();
    mysql.sql("SET GLOBAL partial_revokes = ON");
    try (ConnectorJServer server = adapter(SETUP)) {
      assertEquals(StepResult.DONE, server.setUp(SETUP, TestPermit.of(1)));
      assertEquals(Set.of(), reachable(server.observe()).missingSetup());
      try (Connection application = TestServers.connect(mysql, APPLICATION)) {
        Statements.execute(application, "CREATE TABLE `" + DATABASE + "`.t (a INT)");
      }
    } finally {
      mysql.sql("SET GLOBAL partial_revokes = OFF");
    }
  }

  @Test
  void aReplicaIsToldOfTheVeryHostUserAndPassword() throws Exception {
    Endpoint source = new Endpoint("a" + ".b-c_d".repeat(42) + ".x", 65535);
    assertEquals(255, source.host().length());
    for (String mode : List.of(USUAL, "ANSI,NO_BACKSLASH_ESCAPES")) {
      mysql.sql("SET GLOBAL sql_mode = '" + mode + "'");
      try (ConnectorJServer server = adapter(SETUP)) {
        server.follow(source, TestPermit.of(1));
      } finally {
        mysql.sql("SET GLOBAL sql_mode = '" + USUAL + "'");
      }
      assertEquals(
          List.of(source.host(), REPLICATION.user(), REPLICATION.password()),
          List.of(
              mysql.value("SELECT Host FROM mysql.slave_master_info"),
              mysql.value("SELECT User_name FROM mysql.slave_master_info"),
              mysql.value("SELECT User_password FROM mysql.slave_master_info")));
      mysql.sql("STOP REPLICA", "RESET REPLICA ALL");
    }
    assertNoDamage();
  }

  @Test
  void aCloneIsAskedForWithTheVeryUserAndPassword() throws Exception {
    TestingMySql.assumeClonePlugin();
    forgetSetup();
    String server = mysql.value("SELECT @@server_uuid");
    for (String mode : List.of(USUAL, "ANSI,NO_BACKSLASH_ESCAPES")) {
      mysql.sql("SET GLOBAL sql_mode = '" + mode + "'");
      try (ConnectorJServer adapter = adapter(SETUP)) {
        assertEquals(StepResult.DONE, adapter.setUp(SETUP, TestPermit.of(1)));
        // From itself: MySQL takes the statement apart, logs in with it, and then refuses.
        StepResult.Failed failed =
            assertInstanceOf(
                StepResult.Failed.class, adapter.cloneFrom(mysql.endpoint(), TestPermit.of(1)));
        assertFalse(failed.reason().contains("understand"), failed.reason());
        assertFalse(failed.reason().contains("Access denied"), failed.reason());
        assertFalse(failed.reason().contains(REPLICATION.password()), failed.reason());
      } finally {
        mysql.sql("SET GLOBAL sql_mode = '" + USUAL + "'");
      }
    }
    assertEquals(server, mysql.value("SELECT @@server_uuid"));
    assertNoDamage();
  }

  @Test
  void transactionsAreReadWithTheVeryUserAndPassword() throws Exception {
    GtidSet executed = mysql.executed();
    mysql.sql("INSERT INTO canary.sings VALUES (2)", "DELETE FROM canary.sings WHERE a = 2");
    GtidSet own = mysql.executed().minus(executed);
    try (ConnectorJServer server = adapter(SETUP)) {
      assertEquals(
          StepResult.DONE,
          server.saveTransactions(own, folder.resolve("it's ${x} %s; \\ \"ü🐬.binlog")));
    }
  }

  @Test
  void fencingEndsEverySessionWhateverItsUserIsCalled() throws Exception {
    List<Account> users =
        List.of(
            new Account("system user", "x"),
            new Account("event_scheduler", "x"),
            new Account("it's\\ \"a`", "x"),
            new Account("KILL 1; -- ü€", "x"));
    List<Connection> sessions = new ArrayList<>();
    for (Account user : users) {
      try (Connection root = mysql.connect()) {
        Statements.execute(root, "CREATE USER ?@'%' IDENTIFIED BY 'x'", user.user());
      }
      sessions.add(TestServers.connect(mysql, user));
    }
    try (ConnectorJServer server = adapter(SETUP)) {
      assertEquals(StepResult.DONE, server.fence(TestPermit.of(1)));
      for (Connection session : sessions) {
        assertThrows(SQLException.class, () -> Statements.value(session, "SELECT 1"));
      }
      assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(1)));
    }
    for (Account user : users) {
      try (Connection root = mysql.connect()) {
        Statements.execute(root, "DROP USER ?@'%'", user.user());
      }
    }
    assertNoDamage();
  }

  @Test
  void aClientThatPretendsToBeANewerLeaderStopsNobody() throws Exception {
    try (Connection root = mysql.connect();
        Connection pretending =
            connectWith(
                "connectionAttributes", "mysql_manager_epoch:999999,mysql_manager_probe:1")) {
      assertEquals(
          "999999",
          Statements.value(
              root,
              "SELECT ATTR_VALUE FROM performance_schema.session_connect_attrs WHERE ATTR_NAME = ?",
              ControlSession.EPOCH_ATTRIBUTE));
      try (ConnectorJServer server = adapter(SETUP)) {
        assertEquals(StepResult.DONE, server.closeForWrites(false, TestPermit.of(7)));
        assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(7)));
      }
      assertEquals(
          "1", Statements.value(pretending, "SELECT 1"), "nor is it ended as a former one");
    }
    // What the attribute is for still works, for the manager's own account with its odd name.
    try (ConnectorJServer newer = adapter(SETUP);
        ConnectorJServer older = adapter(SETUP)) {
      assertEquals(StepResult.DONE, newer.openForWrites(TestPermit.of(9)));
      assertEquals(new StepResult.Refused(), older.openForWrites(TestPermit.of(8)));
    }
  }

  /** A literal is what was meant, whatever characters it has, and whatever the server prefers. */
  @Test
  void everyLiteralIsReadBackAsItWas() throws Exception {
    Connections connections =
        new Connections(mysql.endpoint(), Duration.ofSeconds(10), MySqlTls.PREFERRED);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (String mode :
        List.of(USUAL, "", "NO_BACKSLASH_ESCAPES", "ANSI", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES")) {
      mysql.sql(
          "SET GLOBAL sql_mode = '" + mode + "'",
          // Carried out for accounts that are no administrators.
          "SET GLOBAL init_connect = 'SET NAMES gbk; SET SESSION sql_mode = \"NO_BACKSLASH_ESCAPES\"'");
      try (Connection connection =
          connections.open(
              new Account("canary", "canary"),
              Map.of(),
              Duration.ofSeconds(5),
              Duration.ofSeconds(30))) {
        for (int i = 0; i < 200; i++) {
          String text = oddText(random);
          assertEquals(
              text,
              Statements.value(connection, "SELECT ? -- it's", text),
              "in mode '" + mode + "', seed " + seed);
          assertEquals(
              "'" + text,
              Statements.value(connection, "SELECT CONCAT('''', ?)", text),
              "in mode '" + mode + "', seed " + seed);
        }
      } finally {
        mysql.sql("SET GLOBAL sql_mode = '" + USUAL + "'", "SET GLOBAL init_connect = ''");
      }
    }
    assertNoDamage();
  }

  @Test
  void aUserWithAnUmlautSavesTransactionsOfAServerWhoseDefaultIsLatin1() throws Exception {
    Account umlaut = new Account("müller", "ü");
    try (TestingMySql latin = TestingMySql.start(2, "--character-set-server=latin1")) {
      try (Connection root = latin.connect()) {
        Statements.execute(
            root, "CREATE USER ?@'%' IDENTIFIED BY ?", umlaut.user(), umlaut.password());
        Statements.execute(root, "GRANT REPLICATION SLAVE ON *.* TO ?@'%'", umlaut.user());
      }
      assertEquals(
          StepResult.DONE,
          ErrantTransactions.save(
              latin.endpoint(),
              MySqlTls.REQUIRED,
              umlaut,
              latin.executed(),
              folder.resolve("saved"),
              TestServers.PATIENT));
    }
  }

  @Test
  void whatMySqlSaysIsOneHarmlessLine() throws Exception {
    String hostile = "\u001b[2J\r\n2026-01-01 INFO all is well \u009b31m";
    try (Connection root = mysql.connect()) {
      SQLException error =
          assertThrows(
              SQLException.class,
              () ->
                  Statements.execute(
                      root, "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ?", hostile));
      assertTrue(String.valueOf(error.getMessage()).contains("\n"), "it does come like that");
      String sentence = Diagnosis.of(error, "s1", MANAGER, "x").sentence();
      assertEquals(sentence, Printable.line(sentence));
      assertEquals(1, sentence.lines().count(), sentence);
    }
  }

  @Test
  void noErrorRepeatsThePasswordInAStatement() throws Exception {
    String secret = "h'u\"n\\ter2";
    try (Connection root = mysql.connect()) {
      for (String statement :
          List.of(
              "CREATE USER a@b IDENTIFIED BY ? NONSENSE",
              "CREATE USER a@b IDENTIFIED WITH nosuch BY ?",
              "ALTER USER nosuch@b IDENTIFIED BY ?",
              "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = ?, SOURCE_PORT = -1",
              "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = ?, SOURCE_DELAY = 99999999999",
              "CLONE INSTANCE FROM a@'b':1 IDENTIFIED BY ? REQUIRE NONSENSE",
              "SET PASSWORD FOR nosuch@b = ?")) {
        SQLException error =
            assertThrows(
                SQLException.class, () -> Statements.execute(root, statement, secret), statement);
        String sentence = Diagnosis.of(error, "s1", MANAGER, "x").sentence();
        assertFalse(sentence.contains("ter2"), sentence);
      }
    }
  }

  private static String oddText(Random random) {
    String[] pieces = {
      "'",
      "\"",
      "`",
      "\\",
      ";",
      "--",
      "#",
      "/*",
      "*/",
      "%",
      "%s",
      "_",
      "?",
      "${x}",
      ":",
      "@",
      ",",
      "\n",
      "\r",
      "\0",
      "\u001a",
      "\t",
      " ",
      "ü",
      "€",
      "縗",
      "繝",
      "\u00bf",
      "🐬",
      "{d '2000-01-01'}",
      "\\'",
      "''",
      "a",
      "N'",
      "_gbk'",
      "0x27"
    };
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(1, 9);
    for (int i = 0; i < length; i++) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    return text.toString();
  }

  private static Connection connectWith(String property, String value) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "canary");
    properties.setProperty("password", "canary");
    properties.setProperty(property, value);
    return DriverManager.getConnection("jdbc:mysql://" + mysql.endpoint() + "/", properties);
  }

  private static String hex(Account account) {
    return HexFormat.of()
        .withUpperCase()
        .formatHex(account.user().getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static Set<String> accounts() throws SQLException {
    return new TreeSet<>(
        mysql.query("SELECT CONCAT(HEX(User), ' ', plugin) FROM mysql.user WHERE Host = '%'"));
  }

  private static void forgetSetup() throws SQLException {
    try (Connection root = mysql.connect()) {
      for (Account account : List.of(REPLICATION, MONITOR, APPLICATION)) {
        Statements.execute(root, "DROP USER IF EXISTS ?@'%'", account.user());
      }
      Statements.execute(root, "DROP DATABASE IF EXISTS `" + DATABASE + "`");
      Statements.execute(root, "DROP DATABASE IF EXISTS mysql_manager");
    }
  }

  private static void assertNoDamage() throws SQLException {
    assertEquals(List.of("1"), mysql.query("SELECT a FROM canary.sings"));
    mysql.connect("canary", "canary").close();
    assertEquals(
        List.of("0"),
        mysql.query(
            "SELECT COUNT(*) FROM mysql.user WHERE User IN ('', 'x', 'r', 'm', 'a', '?') OR Host = ''"));
  }
}
