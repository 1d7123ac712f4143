package org.mysqlmanager.local;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.install.MysqlLocator;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.link.Cut;
import org.mysqlmanager.local.link.Hold;
import org.mysqlmanager.local.process.LocalException;

@Timeout(240)
class RelayedSystemTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Path JAR = RepositoryRoot.find().resolve("manager/target/mysql-manager.jar");
  private static MysqlDistribution mysql;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

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
  void aSystemWithoutRelaysHasNoLinks() {
    system = LocalSystem.builder(folder).build();
    assertThrows(LocalException.class, () -> system.links());
    assertEquals(system.port("zk1"), system.listeningPort("zk1"));
  }

  @Test
  void replicasComeThroughALinkOfTheirOwnThatCanBeCutAndRead() throws Exception {
    system =
        LocalSystem.builder(folder)
            .mysql(mysql)
            .servers(2)
            .zookeepers(0)
            .withoutTls()
            .relays(true)
            .build();
    system.startAll();
    assertNotEquals(system.port("s1"), system.listeningPort("s1"));
    assertEquals(String.valueOf(system.port("s1")), ask("s1", "SELECT @@report_port"));
    execute("s1", "SET GLOBAL super_read_only = 0", "SET GLOBAL read_only = 0");
    execute(
        "s2",
        "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = %d, SOURCE_USER = '%s', SOURCE_PASSWORD = '%s', SOURCE_AUTO_POSITION = 1, SOURCE_SSL = 0, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1, SOURCE_HEARTBEAT_PERIOD = 1"
            .formatted(
                system.port("s1"), Account.MANAGER.user(), system.passwords().of(Account.MANAGER)),
        "SET GLOBAL replica_net_timeout = 2",
        "START REPLICA");
    execute("s1", "CREATE DATABASE first");
    awaitDatabase("first");

    system.links().cut("s1", "s2", Cut.BLACK_HOLE);
    execute("s1", "CREATE DATABASE second");
    // Others are not cut off, and through the relay the test is a client.
    try (Connection client = system.connectAs(Account.MANAGER, system.port("s1"), "");
        Statement statement = client.createStatement()) {
      statement.execute("CREATE DATABASE " + LocalSystem.DATABASE);
    }
    await().atMost(PATIENCE).until(() -> !ask("s2", RECEIVER_STATE).equals("ON"));
    assertEquals("", ask("s2", "SHOW DATABASES LIKE 'second'"));
    system.links().healAll();
    awaitDatabase("second");

    try (Hold hold = system.links().hold("s1", "s2", "CREATE DATABASE held")) {
      execute("s1", "CREATE DATABASE held");
      assertTrue(hold.awaitHeld(PATIENCE), "replication can be read");
      assertEquals("", ask("s2", "SHOW DATABASES LIKE 'held'"));
    }
    awaitDatabase("held");
  }

  @Test
  void ensemblesElectAndServeThroughRelaysAndAMemberCanBeCutOff() {
    system = LocalSystem.builder(folder).zookeepers(3).relays(true).build();
    system.startAll();
    for (String other : List.of("zk1", "zk2")) {
      system.links().cutBoth("zk3", other, Cut.BLACK_HOLE);
    }
    await().atMost(PATIENCE).until(() -> !isServing("zk3"));
    await().atMost(PATIENCE).until(() -> isServing("zk1") && isServing("zk2"));
    system.links().healAll();
    await().atMost(PATIENCE).until(() -> isServing("zk3"));
    system.links().cutBoth("zk1", "zk2", Cut.REFUSE);
    system.links().cutBoth("zk1", "zk3", Cut.REFUSE);
    await().atMost(PATIENCE).until(() -> !isServing("zk1") && isServing("zk2"));
  }

  @Test
  void managersThatAreCutOffSeeTheSourceAsDownWhileTheProxyReachesIt() throws Exception {
    startManaged(_ -> {});
    assertFalse(serverStatus("s1").equals("unreachable"), serverStatus("s1"));
    system.links().cutBoth("manager-1", "s1", Cut.BLACK_HOLE);
    // It must not fail over for itself to be seen: so it has nobody to fail over to either.
    system.links().cutBoth("manager-1", "s2", Cut.REFUSE);
    await()
        .atMost(PATIENCE)
        .until(() -> system.clusterStatus().orElseThrow().path("master_failure_count").asInt() > 1);
    try (Connection writer = system.connectWriter()) {
      assertEquals(String.valueOf(system.listeningPort("s1")), ask(writer, "SELECT @@port"));
    }
    system.links().healAll();
    assertTrue(system.awaitPhase("running", PATIENCE));
  }

  @Test
  void whatAManagerSendsNeverArrivesWhenItIsHeldAndTheManagerKilled() throws Exception {
    startManaged(LocalSystemBuilder::withoutTls);
    execute("s2", "SET GLOBAL general_log = ON");
    try (Hold hold = system.links().hold("manager-1", "s2", "STOP REPLICA IO_THREAD")) {
      system.kill("s1");
      assertTrue(hold.awaitHeld(PATIENCE), system.logFile("manager-1").toString());
      system.kill("manager-1");
      hold.drop();
    }
    // The next one dies before it writes to ZooKeeper that it has got to the promotion.
    try (Hold hold = system.links().hold("manager-1", "zk1", "\"step\" : \"PROMOTE\"")) {
      assertFalse(generalLog("s2").contains("STOP REPLICA IO_THREAD"));
      system.start("manager-1");
      assertTrue(hold.awaitHeld(PATIENCE), system.logFile("manager-1").toString());
      system.kill("manager-1");
      hold.drop();
    }
    assertTrue(generalLog("s2").contains("STOP REPLICA IO_THREAD"));
    assertEquals("1", ask("s2", "SELECT @@read_only"));
    system.start("manager-1");
    await()
        .atMost(PATIENCE)
        .until(() ->
            system.clusterStatus().map(s -> s.path("source").asText()).orElse("").equals("s2"));
    assertEquals("0", ask("s2", "SELECT @@read_only"));
  }

  private static final String RECEIVER_STATE =
      "SELECT service_state FROM performance_schema.replication_connection_status";

  private void startManaged(Consumer<LocalSystemBuilder> changes) {
    if (!Files.exists(JAR)) {
      abort("the manager's jar is not built: " + JAR);
    }
    Optional<ProxyDistribution> haproxy = ProxyDistribution.onPath(ProxyDistribution.Kind.HAPROXY);
    if (haproxy.isEmpty()) {
      abort("no haproxy on PATH");
    }
    LocalSystemBuilder builder =
        LocalSystem.builder(folder)
            .mysql(mysql)
            .servers(2)
            .zookeepers(1)
            .managers(1)
            .managerJar(JAR)
            .proxies(haproxy.get())
            .checkInterval(Duration.ofSeconds(1))
            .relays(true);
    changes.accept(builder);
    system = builder.build();
    system.startAll();
    assertTrue(system.awaitPhase("running", PATIENCE), () -> system.clusterStatus().toString());
  }

  private String serverStatus(String name) {
    for (JsonNode server : system.clusterStatus().orElseThrow().path("servers")) {
      if (server.path("name").asText().equals(name)) {
        return server.path("status").asText();
      }
    }
    return "";
  }

  private String generalLog(String server) throws Exception {
    return Files.readString(Path.of(ask(server, "SELECT @@general_log_file")));
  }

  private boolean isServing(String zookeeper) {
    return Probe.ask(system.listeningPort(zookeeper), "srvr").contains("Mode: ");
  }

  private void awaitDatabase(String name) {
    await()
        .atMost(PATIENCE)
        .until(() -> ask("s2", "SHOW DATABASES LIKE '" + name + "'").equals(name));
  }

  private void execute(String server, String... statements) throws SQLException {
    try (Connection connection = system.connect(server);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private String ask(String server, String question) throws SQLException {
    try (Connection connection = system.connect(server)) {
      return ask(connection, question);
    }
  }

  private static String ask(Connection connection, String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(question)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }
}
