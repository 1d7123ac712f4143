package org.mysqlmanager.local;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.install.MysqlLocator;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.local.process.LocalException;

@Timeout(120)
class LocalSystemTest {
  private static MysqlDistribution mysql;
  @TempDir Path folder;
  private LocalSystem system;

  @BeforeAll
  static void findMysql() {
    try {
      mysql = new MysqlLocator(CacheFolder.ofUser(), System.err::println).locate(Optional.empty());
    } catch (LocalException e) {
      abort("no MySQL to be had here: " + e.getMessage());
    }
  }

  @AfterEach
  void close() {
    if (system != null) {
      system.close();
    }
  }

  @Test
  void newServersAreClosedToWritesHaveExecutedNothingAndAreDistinct() throws Exception {
    system = LocalSystem.builder(folder).mysql(mysql).servers(2).zookeepers(0).build();
    system.startAll();

    assertEquals(List.of("s1", "s2"), system.names());
    for (String server : system.servers()) {
      assertEquals("1", ask(server, "SELECT @@super_read_only"));
      assertEquals("", ask(server, "SELECT @@gtid_executed"));
      assertEquals("ON", ask(server, "SELECT @@gtid_mode"));
      assertEquals(String.valueOf(system.port(server)), ask(server, "SELECT @@report_port"));
    }
    assertNotEquals(ask("s1", "SELECT @@server_uuid"), ask("s2", "SELECT @@server_uuid"));
    assertNotEquals(ask("s1", "SELECT @@server_id"), ask("s2", "SELECT @@server_id"));
    try (Connection manager = system.connectAs(Account.MANAGER, system.port("s1"), "")) {
      assertTrue(manager.isValid(5));
    }
  }

  @Test
  void serversTakeOptionsAndAccountsChosenPasswords() throws Exception {
    LocalSystemBuilder builder = LocalSystem.builder(folder).mysql(mysql).servers(1).zookeepers(0);
    for (String unfit : List.of("", "x".repeat(33), "a\nb", "a:b", "a;b", "a\"b")) {
      assertThrows(IllegalArgumentException.class, () -> builder.password(Account.ROOT, unfit));
    }
    String odd = " it's \\' `q` #%s ${x} -- ü🐬 ";
    system =
        builder
            .serverOptions(List.of("--super-read-only=OFF", "--server-id=77"))
            .password(Account.ROOT, odd)
            .password(Account.MANAGER, odd + "\"")
            .build();
    assertEquals(odd, system.passwords().of(Account.ROOT));
    system.startAll();
    assertEquals("0 77", ask("s1", "SELECT CONCAT(@@super_read_only, ' ', @@server_id)"));
    system.connectAs(Account.MANAGER, system.port("s1"), "").close();
    // The file of passwords is read again by the next system in this folder.
    assertEquals(
        odd + "\"",
        Passwords.loadOrCreate(folder.resolve("passwords"), Map.of()).of(Account.MANAGER));
    // So does a client with the file that is offered to people.
    Path options = folder.resolve("odd.cnf");
    LocalFiles.write(
        options,
        "[client]\nprotocol=tcp\nhost=127.0.0.1\nport=%d\nuser=mm_manager\npassword=\"%s\"\n"
            .formatted(system.port("s1"), Quoted.inOptionFile(odd + "\"")));
    List<String> client = new ArrayList<>(mysql.client().orElseThrow());
    client.addAll(List.of("--defaults-file=" + options, "-e", "SELECT 1"));
    Command.Result result = Command.run(Duration.ofMinutes(1), folder, Map.of(), client);
    assertTrue(result.succeeded(), result.tail());
  }

  @Test
  void killPauseResumeAndStartActOnTheServerItself() throws Exception {
    system = LocalSystem.builder(folder).mysql(mysql).servers(1).zookeepers(0).build();
    system.startAll();
    assertTrue(commandLine(system.pid("s1")).contains("mysqld"));

    system.pause("s1");
    assertTrue(system.isPaused("s1"));
    assertTrue(system.isAlive("s1"));
    assertFalse(Probe.greets(system.port("s1")), "a frozen server says nothing");
    system.resume("s1");
    assertTrue(Probe.greets(system.port("s1")));

    try (Connection connection = system.connect("s1");
        Statement statement = connection.createStatement()) {
      statement.execute("SET GLOBAL super_read_only = 0");
      statement.execute("CREATE DATABASE kept");
    }
    String identity = ask("s1", "SELECT @@server_uuid");
    system.kill("s1");
    assertFalse(system.isAlive("s1"));
    assertThrows(LocalException.class, () -> system.kill("s1"));
    assertThrows(SQLException.class, () -> ask("s1", "SELECT 1"));

    system.start("s1");
    assertEquals(identity, ask("s1", "SELECT @@server_uuid"));
    assertEquals("1", ask("s1", "SELECT @@super_read_only"));
    assertEquals("kept", ask("s1", "SHOW DATABASES LIKE 'kept'"));

    system.stop("s1");
    system.wipe("s1");
    system.start("s1");
    assertNotEquals(identity, ask("s1", "SELECT @@server_uuid"));
  }

  @Test
  void serverThatAsksToBeRestartedComesBackUnderTheSameName() throws Exception {
    system = LocalSystem.builder(folder).mysql(mysql).servers(1).zookeepers(0).build();
    system.startAll();
    long first = system.pid("s1");
    try (Connection connection = system.connect("s1");
        Statement statement = connection.createStatement()) {
      statement.execute("RESTART");
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> system.pid("s1") != first);
    system.awaitReady("s1");
    assertTrue(system.isAlive("s1"));
  }

  @Test
  void cloneReplacesTheDataAndTheServerComesBack() throws Exception {
    if (!mysql.clonePlugin()) {
      abort("MySQL " + mysql.version() + " here has no clone plugin");
    }
    system = LocalSystem.builder(folder).mysql(mysql).servers(2).zookeepers(0).build();
    system.startAll();
    try (Connection donor = system.connect("s1");
        Statement statement = donor.createStatement()) {
      statement.execute("SET GLOBAL super_read_only = 0");
      statement.execute("CREATE DATABASE cloned");
    }
    try (Connection recipient = system.connectAs(Account.MANAGER, system.port("s2"), "");
        Statement statement = recipient.createStatement()) {
      statement.execute("SET GLOBAL super_read_only = 0");
      statement.execute(
          "SET GLOBAL clone_valid_donor_list = '127.0.0.1:%d'".formatted(system.port("s1")));
      try {
        statement.execute(
            "CLONE INSTANCE FROM '%s'@'127.0.0.1':%d IDENTIFIED BY '%s'"
                .formatted(
                    Account.MANAGER.user(),
                    system.port("s1"),
                    system.passwords().of(Account.MANAGER)));
      } catch (SQLException _) {
        // The server goes away at the end of a clone.
      }
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> ask("s2", "SHOW DATABASES LIKE 'cloned'").equals("cloned"));
    assertEquals("Completed", ask("s2", "SELECT state FROM performance_schema.clone_status"));
    assertEquals("1", ask("s2", "SELECT @@super_read_only"));
  }

  @Test
  void ensembleOfThreeServesAndAProxyIsThereWithThem() throws Exception {
    Optional<ProxyDistribution> haproxy = ProxyDistribution.onPath(ProxyDistribution.Kind.HAPROXY);
    if (haproxy.isEmpty()) {
      abort("no haproxy on PATH");
    }
    system = LocalSystem.builder(folder).zookeepers(3).proxies(haproxy.get()).build();
    system.startAll();
    assertEquals(List.of("zk1", "zk2", "zk3", "proxy"), system.names());
    assertEquals(3, system.zookeeperConnect().split(",").length);
    assertTrue(
        Probe.ask(system.proxyAdminPort("proxy"), "show servers state\n").contains("srv_op_state"));
    assertTrue(Probe.accepts(system.writerPort()));
    assertTrue(Probe.accepts(system.readerPort()));

    system.kill("zk1");
    system.kill("zk2");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !Probe.ask(system.port("zk3"), "srvr").contains("Mode: "));
    system.start("zk1");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Probe.ask(system.port("zk3"), "srvr").contains("Mode: "));
  }

  @Test
  void aSecondSystemInTheSameFolderHasTheSamePortsPasswordsAndData() throws Exception {
    system = LocalSystem.builder(folder).mysql(mysql).servers(1).zookeepers(0).build();
    system.startAll();
    int port = system.port("s1");
    String identity = ask("s1", "SELECT @@server_uuid");
    system.shutDown();
    assertThrows(
        LocalException.class, () -> system.start("s1"), "a system that was ended stays so");

    system = LocalSystem.builder(folder).mysql(mysql).servers(1).zookeepers(0).build();
    system.startAll();
    assertEquals(port, system.port("s1"));
    assertEquals(identity, ask("s1", "SELECT @@server_uuid"));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("passwords"))));
  }

  @Test
  void componentThatCannotStartIsReportedWithTheEndOfItsLog() {
    system =
        LocalSystem.builder(folder)
            .zookeepers(0)
            .managers(1)
            .managerProgram(List.of("sh", "-c", "echo no such setting: $0 $1; exit 3"))
            .build();
    LocalException refusal = assertThrows(LocalException.class, () -> system.startAll());
    assertTrue(
        refusal.getMessage().contains("manager-1 ended while it started"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("no such setting: server"), refusal.getMessage());
    LocalException again = assertThrows(LocalException.class, () -> system.start("manager-1"));
    assertEquals(refusal.getMessage(), again.getMessage(), "only what the last run said");
  }

  @Test
  void unknownNameIsAnsweredWithTheNamesThereAre() {
    system = LocalSystem.builder(folder).zookeepers(3).build();
    LocalException refusal = assertThrows(LocalException.class, () -> system.kill("zk4"));
    assertEquals("there is no \"zk4\"; there are: zk1, zk2, zk3", refusal.getMessage());
  }

  private String ask(String server, String question) throws SQLException {
    try (Connection connection = system.connect(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(question)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  private static String commandLine(long pid) {
    return ProcessHandle.of(pid).flatMap(handle -> handle.info().commandLine()).orElse("");
  }
}
