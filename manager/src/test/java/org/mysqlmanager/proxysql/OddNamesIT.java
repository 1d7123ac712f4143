package org.mysqlmanager.proxysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.net.AddressBook;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.net.Dialer;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;

/**
 * Names and passwords made to break out of an admin command, on a real ProxySQL. Afterwards exactly
 * what was asked for is in its tables, in memory, in force and on disk, and in nobody's log.
 */
@Timeout(180)
class OddNamesIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Dialer DIALER = new Dialer(new AddressBook(InetAddress::getAllByName));
  private static final Account MONITOR =
      new Account(
          "mon\\'; DELETE FROM mysql_users; --x", "\\'; DELETE FROM mysql_users; -- 🐬 %n\"`");

  /** Each in a way of its own trouble for SQL, printf, admin commands or their separators. */
  private static final List<Account> USERS =
      List.of(
          new Account("'; DROP TABLE mysql_users; --", "'; DROP TABLE mysql_users; -- "),
          new Account("LOAD MYSQL USERS FROM CONFIG", "PROXYSQL SHUTDOWN; SAVE MYSQL USERS"),
          new Account("per%scent%n%d", "%s%n%x%1$s%999999d"),
          new Account("back\\slash\\", "\\\\' \\"),
          new Account("dou\"ble ba`ck", "\"; -- `"),
          new Account("co:lon,com;ma@at#hash", "a:b;c,d@e#f=g&h?i"),
          new Account("ü€ñ", "ü€ 🐬🐬"),
          new Account("${x} $(id) {y}", "${jndi:x} $(id) `id` |&><"),
          new Account("stats_mysql_processlist", "runtime_mysql_servers disk. main."),
          new Account("x".repeat(32), "y".repeat(256)),
          new Account("blanks", "  leading and trailing  "),
          new Account("ten", "0"),
          new Account("null", "NULL"),
          new Account("dollar", "$A$005$" + "z".repeat(62)));

  private final PretendMySql s1 = new PretendMySql("s1");
  private final List<AutoCloseable> open = new ArrayList<>(List.of(s1));
  private ProxySqlProcess process;

  @TempDir private Path folder;

  @BeforeEach
  void start() throws Exception {
    process = new ProxySqlProcess(folder).start();
    open.add(process);
    admin("INSERT INTO mysql_users(username,password,comment) VALUES ('canary','sings','it''s')");
    admin("LOAD MYSQL USERS TO RUNTIME");
    admin("SAVE MYSQL USERS TO DISK");
    admin("INSERT INTO mysql_servers(hostgroup_id,hostname,comment) VALUES (77,'canary','it''s')");
    admin("LOAD MYSQL SERVERS TO RUNTIME");
    admin("SAVE MYSQL SERVERS TO DISK");
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void exactlyTheUsersAndVariablesThatWereAskedForAreMadeAndLetIn() throws Exception {
    List<Row> variables = othersVariables();
    ProxySql proxy = proxy(MONITOR, USERS);
    assertEquals(StepResult.DONE, proxy.apply(to(s1.id), permit()));

    Set<String> expected =
        USERS.stream().map(OddNamesIT::row).collect(Collectors.toCollection(TreeSet::new));
    expected.add(row(new Account("canary", "sings")));
    for (String table : List.of("main.mysql_users", "runtime_mysql_users", "disk.mysql_users")) {
      assertEquals(expected, users(table), table);
    }
    for (String table :
        List.of("main.global_variables", "runtime_global_variables", "disk.global_variables")) {
      assertEquals(MONITOR.user(), variable(table, "mysql-monitor_username"), table);
      assertEquals(MONITOR.password(), variable(table, "mysql-monitor_password"), table);
    }
    assertEquals(variables, othersVariables(), "no other variable has changed");
    for (Account user : USERS) {
      try (AdminSession client = session(process.trafficPort, user)) {
        assertEquals(
            "s1",
            client
                .run("SELECT name FROM server", Deadline.after(TIMEOUT))
                .getFirst()
                .text("server"),
            user.user());
      }
    }
    assertNoDamage();

    ProxyObservation.Reachable seen =
        assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe());
    assertTrue(seen.initialised(), "what is there is recognised: " + seen);
    process.restart();
    assertTrue(
        assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe()).matches(to(s1.id)),
        "after a restart, too");
    assertNoSecretIsLogged();
  }

  @Test
  void anAdministratorsOddPasswordLetsTheManagerIn() throws Exception {
    Account odd = new Account("it's \\%s \"ü", "\\' %s \"`ü🐬 #,@");
    admin(
        "UPDATE global_variables SET variable_value=variable_value||"
            + Sql.quote(";" + odd.user() + ":" + odd.password())
            + " WHERE variable_name='admin-admin_credentials'");
    admin("LOAD ADMIN VARIABLES TO RUNTIME");
    ProxySql proxy = proxy(odd, MONITOR, List.of(USERS.getFirst()), s1.endpoint());
    assertEquals(StepResult.DONE, proxy.apply(to(s1.id), permit()));
    assertNoDamage();
  }

  @Test
  void theLongestHostNameIsTakenAsItIs() throws Exception {
    Endpoint longest = new Endpoint("a" + ".b-c_d".repeat(42) + ".x", 65535);
    ProxySql proxy = proxy(ProxySqlProcess.ADMIN, MONITOR, List.of(), longest);
    assertEquals(StepResult.DONE, proxy.apply(to(s1.id), permit()));
    List<Row> rows =
        admin("SELECT hostname, port FROM runtime_mysql_servers WHERE hostgroup_id IN (10, 20)");
    assertFalse(rows.isEmpty());
    for (Row row : rows) {
      assertEquals(longest.host(), row.text("hostname"));
      assertEquals(longest.port(), row.number("port"));
    }
    assertNoDamage();
  }

  @Test
  void anyLiteralIsReadBackAsItWas() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] pieces = {
      "'", "''", "\"", "`", "\\", "\\'", ";", "--", "/*", "*/", "%", "%s", "%n", "?", ":a", "@a",
      "$a", "\n", "\r", "\t", " ", "ü", "€", "🐬", "LOAD ", "SAVE ", "main.", "disk.", "[x]", "x"
    };
    try (AdminSession session = session(process.adminPort, ProxySqlProcess.ADMIN)) {
      for (int i = 0; i < 300; i++) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(1, 9);
        for (int piece = 0; piece < length; piece++) {
          text.append(pieces[random.nextInt(pieces.length)]);
        }
        String sql = "SELECT " + Sql.quote(text.toString()) + " AS a";
        assertEquals(
            text.toString(),
            session.run(sql, Deadline.after(TIMEOUT)).getFirst().text("a"),
            "seed " + seed);
      }
    }
    assertNoDamage();
  }

  @Test
  void whatSomebodyPutIntoItsTablesIsShownAsOneHarmlessLine() throws Exception {
    ProxySql proxy = proxy(MONITOR, USERS);
    assertEquals(StepResult.DONE, proxy.apply(to(s1.id), permit()));
    String hostile = "h'; --\u001b[2J\n2026-01-01 INFO all is well";
    admin(
        "INSERT INTO mysql_servers(hostgroup_id,hostname,port) VALUES (20,%s,3306)"
            .formatted(Sql.quote(hostile)));
    admin("LOAD MYSQL SERVERS TO RUNTIME");
    ProxyObservation.Reachable seen =
        assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe());
    assertEquals(1, seen.unknownBackends().size());
    String shown = seen.unknownBackends().iterator().next();
    assertTrue(shown.startsWith("h'; --?[2J 2026"), shown);
    // And it is taken out, by that very name.
    assertEquals(StepResult.DONE, proxy.apply(to(s1.id), permit()));
    assertEquals(
        List.of(), admin("SELECT 1 FROM mysql_servers WHERE hostname=" + Sql.quote(hostile)));
    assertNoDamage();
  }

  private ProxySql proxy(Account monitor, List<Account> users) {
    return proxy(ProxySqlProcess.ADMIN, monitor, users, s1.endpoint());
  }

  private ProxySql proxy(Account admin, Account monitor, List<Account> users, Endpoint server) {
    ProxySql made =
        new ProxySql(
            spec(process.adminPort),
            Map.of(s1.id, server),
            TlsMode.PREFERRED,
            admin,
            monitor,
            users,
            TIMEOUT,
            TIMEOUT);
    open.add(made);
    return made;
  }

  private static ProxySpec spec(int port) {
    return new ProxySpec(
        new ProxyName("p1"), ProxyKind.PROXYSQL, "127.0.0.1", port, 10, 20, "w", "r");
  }

  private static Routing to(ServerId writer) {
    return new Routing(Optional.of(writer), Set.of(writer));
  }

  private static Permit permit() {
    return new Permit() {
      @Override
      public Epoch epoch() {
        return new Epoch(1);
      }

      @Override
      public boolean isValid() {
        return true;
      }
    };
  }

  private static AdminSession session(int port, Account account) throws AdminFailure {
    return AdminSession.open(spec(port), account, DIALER, Deadline.after(TIMEOUT));
  }

  private List<Row> admin(String sql) throws AdminFailure {
    try (AdminSession session = session(process.adminPort, ProxySqlProcess.ADMIN)) {
      return session.run(sql, Deadline.after(TIMEOUT));
    }
  }

  private static String row(Account user) {
    return user.user() + "\t" + user.password();
  }

  private Set<String> users(String table) throws AdminFailure {
    return admin("SELECT username, password FROM " + table).stream()
        .map(row -> row.text("username") + "\t" + row.text("password"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private String variable(String table, String name) throws AdminFailure {
    return admin("SELECT variable_value FROM %s WHERE variable_name='%s'".formatted(table, name))
        .getFirst()
        .text("variable_value");
  }

  private List<Row> othersVariables() throws AdminFailure {
    return admin(
        "SELECT variable_name, variable_value FROM runtime_global_variables WHERE variable_name NOT LIKE 'mysql-monitor_%name' AND variable_name NOT LIKE 'mysql-monitor_password' ORDER BY 1");
  }

  private void assertNoDamage() throws AdminFailure {
    assertEquals("it's", comment("mysql_users WHERE username='canary'"));
    assertEquals("it's", comment("disk.mysql_users WHERE username='canary'"));
    assertEquals("it's", comment("runtime_mysql_servers WHERE hostgroup_id=77"));
    assertEquals("it's", comment("disk.mysql_servers WHERE hostgroup_id=77"));
  }

  private String comment(String from) throws AdminFailure {
    List<Row> rows = admin("SELECT comment FROM " + from);
    assertEquals(1, rows.size(), from);
    return rows.getFirst().text("comment");
  }

  /** ProxySQL logs the admin commands that it carries out. */
  private void assertNoSecretIsLogged() throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".log")).toList()) {
        String text = Files.readString(file);
        assertFalse(text.isEmpty(), file + " is empty");
        for (Account user : USERS) {
          if (user.password().length() > 8) {
            assertFalse(text.contains(user.password()), file + " has a password");
          }
        }
        assertFalse(text.contains(MONITOR.password()), file + " has the monitor's password");
      }
    }
  }
}
