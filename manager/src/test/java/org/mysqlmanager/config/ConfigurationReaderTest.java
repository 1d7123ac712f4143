package org.mysqlmanager.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.ProxyTls;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.zk.ZkSecurity;
import org.mysqlmanager.zk.ZkSettings;

class ConfigurationReaderTest {
  private static final ClusterName MAIN = new ClusterName("main");

  /** Whose passwords the shipped file takes from the environment. */
  private static final List<String> ACCOUNTS =
      List.of("MANAGER", "REPLICATION", "MONITOR", "APPLICATION", "PROXY_ADMIN", "ZOOKEEPER");

  @TempDir Path directory;

  @Test
  void everythingButClustersAndPasswordsHasADefault() throws Exception {
    ManagerConfiguration configuration = read(TestingConfiguration.LEAST);
    assertEquals("127.0.0.1:2181", configuration.zookeeper().connect());
    assertEquals("/mysql-manager", configuration.zookeeper().root());
    assertEquals(Duration.ofSeconds(6), configuration.zookeeper().sessionTimeout());
    assertEquals(
        new ZooKeeperAccount("mysql-manager", Secret.of("z1"), Optional.empty()),
        configuration.zookeeper().account().orElseThrow());
    assertEquals(Optional.empty(), configuration.zookeeper().tls());
    assertEquals(
        new ReconcileSettings(Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(2)),
        configuration.reconcile());
    assertEquals(Path.of("errant"), configuration.errantTransactionsDirectory());
    assertFalse(configuration.manager().id().isBlank());
    Credentials credentials = configuration.credentials(MAIN);
    assertEquals("mm_manager", credentials.manager().user());
    assertEquals("m1", credentials.manager().password().reveal());
    assertEquals("mm_replication", credentials.replication().user());
    assertEquals("app", credentials.application().orElseThrow().user());
    assertTrue(credentials.proxyAdmin().isEmpty());
    assertEquals(List.of(), configuration.warnings());
  }

  @Test
  void theServerIsSmallAndListensOnLoopbackUnlessToldOtherwise() throws Exception {
    DefaultServerFactory usual =
        assertInstanceOf(
            DefaultServerFactory.class, read(TestingConfiguration.LEAST).getServerFactory());
    assertEquals(16, usual.getMaxThreads());
    HttpConnectorFactory connector =
        assertInstanceOf(HttpConnectorFactory.class, usual.getApplicationConnectors().getFirst());
    assertEquals("127.0.0.1", connector.getBindHost());
    assertEquals(8080, connector.getPort());

    DefaultServerFactory own =
        assertInstanceOf(
            DefaultServerFactory.class,
            read(TestingConfiguration.LEAST
                    + """
                    server:
                      maxThreads: 64
                      applicationConnectors: [{type: http, port: 9090}]
                    """)
                .getServerFactory());
    assertEquals(64, own.getMaxThreads());
    HttpConnectorFactory ownConnector =
        assertInstanceOf(HttpConnectorFactory.class, own.getApplicationConnectors().getFirst());
    assertEquals(9090, ownConnector.getPort());
    assertEquals(1, ownConnector.getSelectorThreads().orElseThrow());
  }

  @Test
  void aPasswordIsTheTextThatWasWritten() throws Exception {
    assertEquals("007", managerPassword("password: 007", Map.of()));
    assertEquals("true", managerPassword("password: true", Map.of()));
    assertEquals("1e3", managerPassword("password: 1e3", Map.of()));
  }

  @Test
  void aPasswordFromTheEnvironmentMayHoldAnyCharacter() throws Exception {
    String wild = "a: b #c \"d' \\ {e} ${f} - [g]";
    assertEquals(wild, managerPassword("password: ${SECRET}", Map.of("SECRET", wild)));
    assertEquals("0123", managerPassword("password: ${SECRET}", Map.of("SECRET", "0123")));
  }

  @Test
  void aDefaultStandsInForAVariableThatIsMissingOrEmpty() throws Exception {
    String yaml = TestingConfiguration.LEAST + "manager: {id: 'x-${ID:-none}'}";
    assertEquals("x-none", TestingConfiguration.read(yaml, Map.of()).manager().id());
    assertEquals("x-none", TestingConfiguration.read(yaml, Map.of("ID", "")).manager().id());
    assertEquals("x-7", TestingConfiguration.read(yaml, Map.of("ID", "7")).manager().id());
  }

  @Test
  void nothingIsReplacedInCommentsNorBehindADoubledDollar() throws Exception {
    String yaml = "# ${NOT_SET}\n" + TestingConfiguration.LEAST;
    assertEquals(1, read(yaml).clusters().size());
    assertEquals("${A}", managerPassword("password: $${A}", Map.of("A", "no")));
  }

  @Test
  void numbersAndSwitchesMayComeFromTheEnvironment() throws Exception {
    ManagerConfiguration configuration =
        TestingConfiguration.read(
            TestingConfiguration.LEAST
                .replace("3307", "${PORT}")
                .replace("name: main", "name: main\n    replica_super_read_only: ${STRICT:-true}"),
            Map.of("PORT", "13307"));
    assertEquals(13307, configuration.clusters().getFirst().servers().getLast().port());
    assertTrue(configuration.clusters().getFirst().replicaSuperReadOnly());
  }

  @Test
  void durationsAreWrittenWithAUnit() throws Exception {
    ManagerConfiguration configuration =
        read(
            TestingConfiguration.LEAST.replace("name: main", "name: main\n    max_reader_lag: 15m")
                + "reconcile: {check_interval: 500ms}");
    assertEquals(Duration.ofMillis(500), configuration.reconcile().checkInterval());
    assertEquals(Duration.ofMinutes(15), configuration.clusters().getFirst().maxReaderLag());
  }

  @Test
  void probingIsSwitchedOffByAWordThatYamlTakesForABoolean() throws Exception {
    for (WriteProbing probing : WriteProbing.values()) {
      ManagerConfiguration configuration =
          read(
              TestingConfiguration.LEAST.replace(
                  "name: main", "name: main\n    write_probe: " + probing));
      assertEquals(probing, configuration.clusters().getFirst().writeProbe());
    }
  }

  @Test
  void aClusterMayHaveAccountsOfItsOwn() throws Exception {
    ManagerConfiguration configuration =
        read(
            TestingConfiguration.LEAST
                + """
                  - name: other
                    credentials:
                      manager: {user: boss, password: m2}
                    servers: [{name: s1, host: 127.0.0.2}]
                """);
    assertEquals("m1", configuration.credentials(MAIN).manager().password().reveal());
    Credentials other = configuration.credentials(new ClusterName("other"));
    assertEquals(new Account("boss", Secret.of("m2")), other.manager());
    assertEquals("r1", other.replication().password().reveal());
  }

  @Test
  void aPasswordFileIsReadWithoutItsLastLineBreak() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "from file\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    ManagerConfiguration configuration = readWithManager("password_file: " + file, Map.of());
    assertEquals("from file", configuration.credentials(MAIN).manager().password().reveal());
    assertEquals(List.of(), configuration.warnings());
  }

  @Test
  void aPasswordFileThatEverybodyCanReadIsWarnedOf() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    List<String> warnings = readWithManager("password_file: " + file, Map.of()).warnings();
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains("credentials.manager.password_file " + file));
  }

  @Test
  void noSecretIsInTheSpecOrInAnyText() throws Exception {
    String secret = "hunter2-very-secret";
    ManagerConfiguration configuration = readWithManager("password: " + secret, Map.of());
    assertFalse(configuration.toString().contains(secret));
    assertFalse(configuration.clusters().toString().contains(secret));
    assertFalse(configuration.credentials(MAIN).toString().contains(secret));
    assertTrue(configuration.credentials(MAIN).toString().contains("***"));
    assertFalse(
        io.dropwizard.jackson.Jackson.newObjectMapper()
            .writeValueAsString(configuration.credentials(MAIN))
            .contains(secret));
  }

  @Test
  void clustersMayShareAProxySqlWithApplicationUsersOfTheirOwn() throws Exception {
    String yaml =
        TestingConfiguration.LEAST.replace("clusters:", "  proxy_admin: {password: p1}\nclusters:")
            + """
                proxies: [{name: p, kind: proxysql, host: h}]
              - name: other
                servers: [{name: s1, host: 127.0.0.3}]
                proxies: [{name: p, kind: proxysql, host: h, writer_hostgroup: 30, reader_hostgroup: 40}]
                credentials: {application: {user: app2, password: b1}}
            """;
    assertEquals(2, read(yaml).clusters().size());
  }

  @Test
  void theShippedFileIsInOrderAndStatesTheDefaults() throws Exception {
    String shipped = Files.readString(Path.of("..", "dropwizard-config.yml"));
    ManagerConfiguration configuration =
        TestingConfiguration.read(
            shipped,
            Map.of(
                "MANAGER_PASSWORD", "m",
                "REPLICATION_PASSWORD", "r",
                "MONITOR_PASSWORD", "o",
                "APPLICATION_PASSWORD", "a",
                "PROXY_ADMIN_PASSWORD", "p",
                "ZOOKEEPER_PASSWORD", "z1"));
    ManagerConfiguration least = read(TestingConfiguration.LEAST);
    assertEquals(least.zookeeper(), configuration.zookeeper());
    assertEquals(least.reconcile(), configuration.reconcile());
    assertEquals(least.errantTransactionsDirectory(), configuration.errantTransactionsDirectory());
    assertEquals(least.clusters().getFirst().setup(), configuration.clusters().getFirst().setup());
    assertEquals(
        least.clusters().getFirst().masterFailureThreshold(),
        configuration.clusters().getFirst().masterFailureThreshold());
    assertEquals(2, configuration.clusters().getFirst().servers().size());
    assertEquals(1, configuration.clusters().getFirst().proxies().size());
    assertEquals(MySqlTls.REQUIRED, configuration.clusters().getFirst().tls());
    assertEquals(
        ProxyTls.PREFERRED, configuration.clusters().getFirst().proxies().getFirst().tls());
  }

  @Test
  void eachPasswordOfTheShippedFileMayStandInAFileInstead() throws Exception {
    String shipped = Files.readString(Path.of("..", "dropwizard-config.yml"));
    Map<String, String> environment = new HashMap<>();
    for (String account : ACCOUNTS) {
      Path file = Files.writeString(directory.resolve(account), "of " + account + "\n");
      environment.put(account + "_PASSWORD_FILE", file.toString());
    }
    ManagerConfiguration configuration = TestingConfiguration.read(shipped, environment);
    Credentials credentials = configuration.credentials(MAIN);
    assertEquals("of MANAGER", credentials.manager().password().reveal());
    assertEquals("of REPLICATION", credentials.replication().password().reveal());
    assertEquals("of MONITOR", credentials.monitor().orElseThrow().password().reveal());
    assertEquals("of APPLICATION", credentials.application().orElseThrow().password().reveal());
    assertEquals("of PROXY_ADMIN", credentials.proxyAdmin().orElseThrow().password().reveal());
    assertEquals(
        "of ZOOKEEPER", configuration.zookeeper().account().orElseThrow().password().reveal());
  }

  @Test
  void whoTalksToZooKeeperOpenlyIsWarned() throws Exception {
    assertEquals(Optional.empty(), zookeeper("authentication: none").zookeeper().account());
    assertTrue(
        zookeeper("authentication: none").warnings().getFirst().contains("authentication is none"));
    assertTrue(
        zookeeper("password: z1, connect: 'zk1:2181,zk2:2181'")
            .warnings()
            .getFirst()
            .contains("in clear"));
    assertEquals(
        List.of(),
        zookeeper("password: z1, connect: 'localhost:2181,127.0.0.2:2181,[::1]:2181'").warnings());
  }

  @Test
  void aPreviousPasswordThatIsStillGivenIsWarnedOf() throws Exception {
    List<String> warnings = zookeeper("password: z1, previous_password: z0-secret").warnings();
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().startsWith("zookeeper.previous_password "));
    assertFalse(warnings.getFirst().contains("z0-secret"));
  }

  @Test
  void whatTheConfigurationTakesZooKeepersClientTakes() throws Exception {
    for (String block :
        List.of("session_timeout: 60s", "root: /zookeeper-managers", "connect_timeout: 100ms")) {
      ZooKeeperSettings settings = zookeeper("password: z1, " + block).zookeeper();
      ZkSettings taken =
          new ZkSettings(
              settings.connect(),
              settings.root(),
              settings.sessionTimeout(),
              settings.connectTimeout(),
              ZkSecurity.open(Set.of()));
      assertEquals(settings.root(), taken.rootPath());
    }
  }

  @Test
  void zooKeepersPasswordMayHoldAnythingOfAscii() throws Exception {
    String wild = "a:b c\"d'e\\f%g;h,i{j}$k";
    ZooKeeperSettings settings =
        TestingConfiguration.read(
                TestingConfiguration.LEAST.replace("password: z1", "password: ${SECRET}"),
                Map.of("SECRET", wild))
            .zookeeper();
    assertEquals(wild, settings.account().orElseThrow().password().reveal());
    assertFalse(settings.toString().contains(wild));
  }

  @Test
  void tlsToZooKeeperIsNamedByItsFiles() throws Exception {
    Path ca = Files.writeString(directory.resolve("ca.pem"), "-");
    Path own = Files.writeString(directory.resolve("own.pem"), "-");
    assertEquals(
        new ZooKeeperTls(ca, Optional.empty()),
        zookeeper(
                "password: z1, tls: {ca_file: %s, certificate_file: '', key_file: ''}"
                    .formatted(ca))
            .zookeeper()
            .tls()
            .orElseThrow());
    ManagerConfiguration both =
        zookeeper(
            "password: z1, connect: 'zk1:2281', tls: {ca_file: %s, certificate_file: %s, key_file: %s}"
                .formatted(ca, own, own));
    assertEquals(
        Optional.of(new ZooKeeperTls.ClientCertificate(own, own)),
        both.zookeeper().tls().orElseThrow().client());
    assertEquals(List.of(), both.warnings());
  }

  private static ManagerConfiguration zookeeper(String block) throws Exception {
    return read(TestingConfiguration.LEAST.replace("password: z1", block));
  }

  private static ManagerConfiguration read(String yaml) throws Exception {
    return TestingConfiguration.read(yaml, Map.of());
  }

  private static ManagerConfiguration readWithManager(
      String account, Map<String, String> environment) throws Exception {
    return TestingConfiguration.read(
        TestingConfiguration.LEAST.replace("manager: {password: m1}", "manager:\n    " + account),
        environment);
  }

  private static String managerPassword(String account, Map<String, String> environment)
      throws Exception {
    return readWithManager(account, environment).credentials(MAIN).manager().password().reveal();
  }
}
