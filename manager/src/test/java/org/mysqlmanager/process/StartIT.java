package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.local.Account;

/** What the managers find when they start, and what they make of it. */
class StartIT extends Scenario {
  @Test
  void twoFreshServersBecomeSourceAndReplicaWithTheInitialSetUp() throws Exception {
    run(_ -> {});
    assertIsSource("s1");
    assertIsReplicaOf("s2", "s1");
    for (String server : List.of("s1", "s2")) {
      assertEquals(
          "3",
          ask(
              server,
              "SELECT COUNT(*) FROM mysql.user WHERE user IN ('mm_replication', 'mm_monitor', 'app')"));
      assertEquals("app", ask(server, "SHOW DATABASES LIKE 'app'"));
    }
    assertEquals(
        "ENABLED",
        ask(
            "s1",
            "SELECT status FROM information_schema.events WHERE event_definition LIKE '%FLUSH%BINARY LOGS%'"));
    assertEquals(
        "15",
        ask(
            "s1",
            "SELECT interval_value FROM information_schema.events WHERE event_definition LIKE '%FLUSH%BINARY LOGS%' AND interval_field = 'MINUTE'"));
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    String everything = znode("clusters/main/spec") + znode("clusters/main/state") + znode("epoch");
    for (Account account : Account.values()) {
      assertTrue(!everything.contains(password(account)), account + "'s password is in ZooKeeper");
    }
  }

  @Test
  void aServerThatIsLateIsWaitedFor() throws Exception {
    prepare(_ -> {});
    system.start("zk1", "s1", "proxy", "manager-1");
    awaitPhase("waiting");
    assertEquals("", ask("s1", "SELECT @@gtid_executed"), "nothing is changed while waiting");
    system.start("s2");
    awaitPhase("running");
    assertIsReplicaOf("s2", "s1");
  }

  @Test
  void oneServerIsSetUpAndOpenedAgainAfterARestart() throws Exception {
    run(builder -> builder.servers(1));
    createTable();
    write(1);
    assertIsSource("s1");
    assertEquals(system.port("s1"), portBehindReader());
    system.kill("s1");
    awaitPhase("unavailable");
    system.start("s1");
    awaitPhase("running");
    write(2);
    assertIsSource("s1");
    assertEquals(List.of(1, 2), rows("s1"));
  }

  @Test
  void serversThatReplicateTheOtherWayRoundAreSwitched() throws Exception {
    prepare(_ -> {});
    system.start("zk1", "s1", "s2", "proxy");
    makeReplica("s1", "s2");
    String before = ask("s2", "SELECT @@gtid_executed");
    system.start("manager-1");
    awaitPhase("running");
    assertEquals("s2", storedState().path("source").asText());
    assertIsSource("s2");
    assertIsReplicaOf("s1", "s2");
    assertEquals(
        before, ask("s2", "SELECT @@gtid_executed"), "an adopted source is not set up again");
    write(1);
    assertEquals(List.of(1), rows("s2"));
  }

  @Test
  void aReplicaThatCannotReachItsSourceAtTheStartIsHelpedWhenItCan() throws Exception {
    prepare(_ -> {});
    system.start("zk1", "s1", "s2", "proxy");
    makeReplica("s2", "s1");
    execute(
        "s2",
        "STOP REPLICA",
        "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = 'wrong', SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 2",
        "START REPLICA");
    system.start("manager-1");
    awaitPhase("degraded");
    awaitStatus("s2 broken", s -> s.path("servers").toString().contains("replication_broken"));
    assertIsSource("s1");
    write(1);
    execute(
        "s2",
        "STOP REPLICA",
        "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = '" + password(Account.REPLICATION) + "'",
        "START REPLICA");
    awaitPhase("running");
    assertIsReplicaOf("s2", "s1");
  }

  @Test
  void twoServersWithDataAreLeftToTheOperatorUntouched() throws Exception {
    prepare(_ -> {});
    system.start("zk1", "s1", "s2", "proxy");
    for (String server : List.of("s1", "s2")) {
      execute(
          server,
          "SET GLOBAL super_read_only = 0",
          "CREATE DATABASE shop",
          "CREATE TABLE shop.orders (id INT PRIMARY KEY)",
          "SET GLOBAL super_read_only = 1");
    }
    String one = ask("s1", "SELECT @@gtid_executed");
    String two = ask("s2", "SELECT @@gtid_executed");
    system.start("manager-1");
    awaitPhase("needs_operator");
    // It stays so over several checks.
    post(system.adminUrl("manager-1").resolve("/tasks/reconcile"));
    await("still", () -> status().path("phase").asText().equals("needs_operator"));
    assertEquals(one, ask("s1", "SELECT @@gtid_executed"));
    assertEquals(two, ask("s2", "SELECT @@gtid_executed"));
    assertEquals("1", ask("s1", "SELECT @@super_read_only"));
    assertTrue(replicaStatus("s2").isEmpty());
  }

  @Test
  void aManagerKilledDuringTheInitialSetUpIsContinuedByTheNext() throws Exception {
    prepare(_ -> {});
    system.start("zk1", "s1", "s2", "proxy");
    // Killed as soon as it has begun, several times, at whatever step that is.
    for (int i = 0; i < 3; i++) {
      system.start("manager-1");
      await("begun", () -> !storedState().path("source").isNull());
      system.kill("manager-1");
    }
    system.start("manager-1");
    awaitPhase("running");
    assertIsSource("s1");
    assertIsReplicaOf("s2", "s1");
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
  }

  @Test
  void aManagerRestartedAfterTheInitialSetUpChangesNothing() throws Exception {
    run(_ -> {});
    String executed = ask("s1", "SELECT @@gtid_executed");
    system.kill("manager-1");
    system.start("manager-1");
    awaitPhase("running");
    await("a look after the restart", () -> !status().path("observed_at").isNull());
    assertEquals(executed, ask("s1", "SELECT @@gtid_executed"));
    assertIsReplicaOf("s2", "s1");
  }

  @Test
  void aWrongPasswordIsReportedAndNothingIsChanged() throws Exception {
    prepare(builder -> builder.managerSetting("credentials.manager.password", "not-the-one"));
    system.startAll();
    awaitPhase("waiting");
    await("the sentence", () -> status().path("reason").asText().contains("credentials.manager"));
    assertTrue(!status().toString().contains("not-the-one"));
    assertEquals("", ask("s1", "SELECT @@gtid_executed"));
  }

  @Test
  void twoServersWithOneServerIdAreReportedAndNothingIsChanged() throws Exception {
    prepare(_ -> {});
    system.start("zk1", "s1", "s2", "proxy");
    execute("s2", "SET GLOBAL server_id = " + ask("s1", "SELECT @@server_id"));
    system.start("manager-1");
    awaitPhase("needs_operator");
    assertTrue(status().path("reason").asText().contains("server_id"), evidence());
    assertEquals("", ask("s1", "SELECT @@gtid_executed"));
  }

  /** Makes, as an operator would by hand, one fresh server a replica of the other. */
  private void makeReplica(String replica, String source) throws Exception {
    String password = password(Account.REPLICATION);
    try (Connection connection = system.connect(source);
        Statement statement = connection.createStatement()) {
      statement.execute("SET GLOBAL super_read_only = 0");
      statement.execute("SET GLOBAL read_only = 0");
      statement.execute("CREATE USER 'mm_replication'@'%' IDENTIFIED BY '" + password + "'");
      statement.execute("GRANT REPLICATION SLAVE, BACKUP_ADMIN ON *.* TO 'mm_replication'@'%'");
      statement.execute(
          "CREATE USER 'mm_monitor'@'%' IDENTIFIED BY '" + password(Account.MONITOR) + "'");
      statement.execute("CREATE DATABASE app");
      statement.execute("CREATE TABLE app.t (id INT PRIMARY KEY)");
      statement.execute(
          "CREATE USER 'app'@'%' IDENTIFIED BY '" + password(Account.APPLICATION) + "'");
      statement.execute("GRANT ALL ON app.* TO 'app'@'%'");
    }
    execute(
        replica,
        "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = "
            + system.port(source)
            + ", SOURCE_USER = 'mm_replication', SOURCE_PASSWORD = '"
            + password
            + "', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1",
        "START REPLICA");
    await(
        replica + " caught up",
        () -> ask(source, "SELECT @@gtid_executed").equals(ask(replica, "SELECT @@gtid_executed")));
  }
}
