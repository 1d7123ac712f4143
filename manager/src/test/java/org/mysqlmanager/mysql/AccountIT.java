package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.mysql.ObserveIT.reachable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.mysql.NeededPrivileges.Need;
import org.mysqlmanager.mysql.Privilege.Scope;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.MissingPrivileges;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;
import org.mysqlmanager.observe.WriteProbe;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;
import org.mysqlmanager.testing.TestingProgram;

/**
 * The account that {@code deploy/mysql/manager-account.sql} makes. All tests with real servers run
 * with it; here is proved that nothing in it is too much, and that what is missing is noticed.
 */
class AccountIT {
  private static final String USER = "'mm_manager'@'%'";

  /** What is needed when everything is switched on; what is needed everywhere, once. */
  private static final List<Need> NEEDS =
      NeededPrivileges.of(SetupSpec.ALL, true, true, false, false).stream()
          .filter(need -> !text(need.privilege()).equals("SHOW VIEW ON `app`.*"))
          .toList();

  @TempDir Path folder;
  private final int adminPort = TestingProgram.port();
  private TestingMySql mysql;

  /** Something the manager does. */
  private interface Deed {
    /** Whether it could be done; errors are told apart by their numbers. */
    boolean isDone(Connection manager) throws Exception;
  }

  private enum Version {
    NEWEST,
    OLDER
  }

  @AfterEach
  void stop() {
    if (mysql != null) {
      mysql.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NEWEST", "OLDER"})
  void everyPrivilegeIsMissedWhenItIsGoneAndSomethingFailsWithoutIt(String version)
      throws Exception {
    start(Version.valueOf(version));
    assertEquals(Optional.empty(), missing());
    Map<String, Deed> deeds = deeds();
    Set<String> needed =
        NEEDS.stream().map(need -> text(need.privilege())).collect(Collectors.toSet());
    assertEquals(needed, granted(), "the file grants what is needed and nothing else");
    assertEquals(needed, deeds.keySet());
    for (Need need : NEEDS) {
      String privilege = text(need.privilege());
      assertTrue(isDone(deeds.get(privilege)), privilege);
      mysql.sql("REVOKE %s FROM %s".formatted(privilege, USER));
      assertTrue(complaint().contains(need.privilege().text()), privilege + ": " + complaint());
      assertFalse(isDone(deeds.get(privilege)), "possible without " + privilege);
      mysql.sql(
          "GRANT %s TO %s%s"
              .formatted(
                  privilege,
                  USER,
                  need.privilege().toPassOn() && need.privilege().isDynamic()
                      ? " WITH GRANT OPTION"
                      : ""));
    }
    mysql.sql("REVOKE GRANT OPTION ON *.* FROM " + USER);
    assertTrue(complaint().contains("WITH GRANT OPTION"), complaint());
    assertFalse(isDone(granting("REPLICATION CLIENT ON *.*")));
    assertFalse(isDone(granting("SELECT ON app.*")));
    mysql.sql("GRANT USAGE ON *.* TO " + USER + " WITH GRANT OPTION");
    assertEquals(Optional.empty(), missing());
  }

  @Test
  void privilegesOfAnActiveRoleCountAndThoseOfAnotherDoNot() throws Exception {
    start(Version.NEWEST);
    mysql.sql(
        "REVOKE RELOAD, PROCESS ON *.* FROM " + USER,
        "CREATE ROLE caretaker, inner_role",
        "GRANT RELOAD ON *.* TO caretaker",
        "GRANT PROCESS ON *.* TO inner_role",
        "GRANT inner_role TO caretaker",
        "GRANT caretaker TO " + USER);
    MissingPrivileges missing = missing().orElseThrow();
    assertTrue(missing.sentence().contains("GRANT RELOAD"), missing.sentence());
    assertTrue(missing.preventsPromotion());
    mysql.sql("ALTER USER mm_manager@'%' DEFAULT ROLE caretaker");
    assertEquals(Optional.empty(), missing());
  }

  @Test
  void aPartialRevokeIsNoticedAndTheRemedyIsOneThatMySqlTakes() throws Exception {
    start(Version.NEWEST);
    mysql.sql(
        "SET GLOBAL partial_revokes = ON",
        "REVOKE SELECT ON performance_schema.* FROM " + USER,
        "GRANT SELECT ON *.* TO " + USER,
        "REVOKE SELECT ON performance_schema.* FROM " + USER);
    String complaint = complaint();
    assertTrue(complaint.contains("SELECT ON `performance_schema`.*"), complaint);
    for (String statement : complaint.substring(complaint.indexOf("GRANT ")).split(";")) {
      mysql.sql(statement);
    }
    assertEquals(Optional.empty(), missing());
  }

  @Test
  void allPrivilegesAreEnough() throws Exception {
    start(Version.NEWEST);
    mysql.sql(
        "REVOKE ALL, GRANT OPTION FROM " + USER,
        "GRANT ALL ON *.* TO " + USER + " WITH GRANT OPTION");
    assertEquals(Optional.empty(), missing());
  }

  @Test
  void whoMayNotSeeTheAccountsStillSeesTheServer() throws Exception {
    start(Version.NEWEST);
    mysql.sql("REVOKE SELECT ON mysql.procs_priv FROM " + USER);
    Reachable seen = reachable(look());
    assertEquals(Setup.UNSEEN, seen.missingSetup());
    MissingPrivileges missing = seen.missingPrivileges().orElseThrow();
    assertTrue(missing.sentence().contains("`procs_priv`"), missing.sentence());
    assertFalse(missing.preventsPromotion());
  }

  @ParameterizedTest
  @ValueSource(strings = {"NEWEST", "OLDER"})
  void theFileCanBeRunAgainWhateverTheServerSaysOfPasswords(String version) throws Exception {
    start(Version.valueOf(version));
    mysql.sql(
        "SET GLOBAL default_password_lifetime = 90",
        "SET GLOBAL password_history = 5",
        "SET GLOBAL password_reuse_interval = 30");
    Path file =
        Files.writeString(
            folder.resolve("account.sql"),
            Files.readString(Path.of("..", "deploy", "mysql", "manager-account.sql"))
                .replace("${MANAGER_USER}", "mm_second")
                .replace("${MANAGER_PASSWORD}", "second")
                .replace("${APPLICATION_DATABASE}", "app"));
    for (int run = 0; run < 2; run++) {
      Command.Result result = mysql.feed(file);
      assertEquals(0, result.status(), result::output);
    }
    assertEquals(
        "0", mysql.value("SELECT password_lifetime FROM mysql.user WHERE User = 'mm_second'"));
    assertEquals(
        mysql.query("SHOW GRANTS FOR " + USER).stream()
            .map(grant -> grant.replace("mm_manager", "mm_second"))
            .toList(),
        mysql.query("SHOW GRANTS FOR mm_second@'%'"));
  }

  private void start(Version version) throws Exception {
    String[] options = {"--admin-address=127.0.0.1", "--admin-port=" + adminPort};
    mysql =
        switch (version) {
          case NEWEST -> TestingMySql.start(1, options);
          case OLDER -> TestingMySql.startOlder(1, options);
        };
    TestServers.letManagerIn(mysql);
    mysql.sql(
        "CREATE DATABASE shop",
        "CREATE TABLE shop.t (id INT PRIMARY KEY)",
        "CREATE USER other@'%' IDENTIFIED BY 'o'",
        "CREATE DATABASE mysql_manager");
  }

  /** A look over a new connection, as with each the privileges are compared anew. */
  private ServerObservation look() {
    try (ConnectorJServer server = adapter()) {
      return server.observe();
    }
  }

  private ConnectorJServer adapter() {
    return new ConnectorJServer(
        new ServerId("s1"),
        mysql.endpoint(),
        Optional.of(new Endpoint("127.0.0.1", adminPort)),
        TestAccounts.ALL,
        TestServers.PATIENT,
        SetupSpec.ALL,
        WriteProbing.ALARM,
        MySqlTls.PREFERRED);
  }

  private Optional<MissingPrivileges> missing() {
    Reachable seen = reachable(look());
    assertEquals(
        seen.missingPrivileges().map(MissingPrivileges::sentence).stream().toList(),
        seen.warnings());
    return seen.missingPrivileges();
  }

  /** What the status says, whether or not a look is possible at all. */
  private String complaint() {
    return switch (look()) {
      case Reachable seen ->
          seen.missingPrivileges().map(MissingPrivileges::sentence).orElse("nothing is missing");
      case Unreachable(var cause, String detail) -> {
        assertEquals(ServerObservation.Cause.ACCESS_DENIED, cause, detail);
        yield detail;
      }
    };
  }

  private static String text(Privilege privilege) {
    return privilege.text() + " ON " + privilege.scope().text();
  }

  /** Every privilege that the account has. */
  private Set<String> granted() throws SQLException {
    Set<String> granted = new TreeSet<>();
    for (String row : mysql.query("SHOW GRANTS FOR " + USER)) {
      GrantRow parsed = GrantRow.parse(row).orElseThrow();
      Scope scope =
          parsed.isGlobal()
              ? Scope.GLOBAL
              : parsed.isForDatabase()
                  ? new Scope.Database("", parsed.database())
                  : new Scope.Table(parsed.database(), parsed.table());
      parsed
          .privileges()
          .forEach(
              (name, columns) -> granted.add(text(Privilege.of(name, scope).onColumns(columns))));
    }
    return granted;
  }

  // --- What each privilege is for

  private Map<String, Deed> deeds() {
    Map<String, Deed> deeds = new LinkedHashMap<>();
    deeds.put("REPLICATION CLIENT ON *.*", executing("SHOW REPLICA STATUS"));
    deeds.put(
        "SHOW VIEW ON *.*",
        manager ->
            Statements.isTrue(
                manager,
                "SELECT EXISTS(SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop')"));
    deeds.put(
        "SELECT ON `performance_schema`.*",
        executing("SELECT 1 FROM performance_schema.metadata_locks LIMIT 1"));
    deeds.put("SYSTEM_VARIABLES_ADMIN ON *.*", executing("SET GLOBAL super_read_only = 0"));
    deeds.put("REPLICATION_SLAVE_ADMIN ON *.*", executing("STOP REPLICA"));
    deeds.put("RELOAD ON *.*", executing("RESET REPLICA ALL"));
    deeds.put("PROCESS ON *.*", this::seesAnothersSession);
    deeds.put("CONNECTION_ADMIN ON *.*", this::endsAnothersSession);
    deeds.put("REPLICATION SLAVE ON *.*", _ -> savesTransactions());
    deeds.put("CLONE_ADMIN ON *.*", executing("CLONE INSTANCE FROM a@b:1 IDENTIFIED BY 'c'"));
    deeds.put(
        "INSERT ON `mysql`.`plugin`", executing("INSTALL PLUGIN clone SONAME 'no-such-file.so'"));
    deeds.put("SERVICE_CONNECTION_ADMIN ON *.*", _ -> isLetInAtAdminPort());
    deeds.put("CREATE USER ON *.*", executing("CREATE USER IF NOT EXISTS other@'%'"));
    deeds.put("BACKUP_ADMIN ON *.*", granting("BACKUP_ADMIN ON *.*"));
    Deed readsAccounts =
        manager -> {
          ExistingAccounts.read(manager, TestAccounts.ALL);
          return true;
        };
    deeds.put(
        text(
            Privilege.of("SELECT", new Scope.Table("mysql", "user"))
                .onColumns(NeededPrivileges.USER_COLUMNS)),
        readsAccounts);
    for (String table : NeededPrivileges.PRIVILEGE_TABLES) {
      deeds.put("SELECT ON `mysql`.`" + table + "`", readsAccounts);
    }
    for (String privilege : NeededPrivileges.APPLICATION) {
      if (privilege.equals("SHOW VIEW")) {
        continue;
      }
      deeds.put(privilege + " ON `app`.*", granting(privilege + " ON `app`.*"));
    }
    String own = " ON `mysql_manager`.*";
    deeds.put("CREATE" + own, executing("CREATE DATABASE IF NOT EXISTS mysql_manager"));
    deeds.put(
        "EVENT" + own,
        executing(
            "CREATE EVENT IF NOT EXISTS mysql_manager.e ON SCHEDULE EVERY 1 DAY DO FLUSH LOCAL BINARY LOGS"));
    for (String privilege : List.of("SELECT", "INSERT", "UPDATE")) {
      deeds.put(privilege + own, _ -> probesWrites());
    }
    return deeds;
  }

  private static Deed executing(String statement) {
    return manager -> {
      Statements.execute(manager, statement);
      return true;
    };
  }

  private static Deed granting(String privilege) {
    return executing("GRANT %s TO other@'%%'".formatted(privilege));
  }

  private boolean seesAnothersSession(Connection manager) throws SQLException {
    try (Connection other = mysql.connect("other", "o")) {
      assertFalse(other.isClosed());
      return ClientSession.list(manager).stream().anyMatch(s -> s.user().equals("other"));
    }
  }

  private boolean endsAnothersSession(Connection manager) throws SQLException {
    try (Connection other = mysql.connect("other", "o")) {
      Statements.execute(manager, "KILL " + Statements.value(other, "SELECT CONNECTION_ID()"));
      return true;
    }
  }

  private boolean savesTransactions() throws SQLException {
    GtidSet executed = mysql.executed();
    StepResult saved =
        ErrantTransactions.save(
            mysql.endpoint(),
            MySqlTls.PREFERRED,
            TestAccounts.MANAGER,
            executed,
            folder.resolve(executed.count() + "-" + System.nanoTime()),
            TestServers.PATIENT);
    return switch (saved) {
      case StepResult.Done _ -> true;
      case StepResult.Failed(String reason) -> {
        assertTrue(reason.contains("(1227)"), reason);
        yield false;
      }
      case StepResult other -> throw new AssertionError(other);
    };
  }

  private boolean isLetInAtAdminPort() throws SQLException {
    new Connections(
            new Endpoint("127.0.0.1", adminPort), TestServers.PATIENT.connect(), MySqlTls.PREFERRED)
        .open(
            TestAccounts.MANAGER,
            Map.of(),
            TestServers.PATIENT.command(),
            TestServers.PATIENT.command())
        .close();
    return true;
  }

  private boolean probesWrites() {
    try (ConnectorJServer server = adapter()) {
      return switch (server.probeWrite(TestPermit.of(1))) {
        case WriteProbe.Written _ -> true;
        case WriteProbe.NotTried(String reason) -> {
          assertTrue(reason.contains("lacks a privilege"), reason);
          yield false;
        }
        case WriteProbe.Failed(String reason) -> throw new AssertionError(reason);
      };
    }
  }

  /** Over a new connection, as one that is open keeps what it had. */
  private boolean isDone(Deed deed) throws Exception {
    try (Connection manager = TestServers.connect(mysql, TestAccounts.MANAGER)) {
      return deed.isDone(manager);
    } catch (SQLException e) {
      return switch (Diagnosis.numberOf(e)) {
        case 1044, 1045, 1095, 1142, 1143, 1227, 1410 -> false;
        case 0 -> throw e;
        // It failed for another reason, which comes after the privileges were looked at.
        default -> true;
      };
    }
  }
}
