package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.mysql.ObserveIT.reachable;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.local.tls.CertificateAuthority;
import org.mysqlmanager.local.tls.CertificateAuthority.Identity;
import org.mysqlmanager.local.tls.CertificateAuthority.Validity;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;

/** What servers say to each other: replication and clone. */
class ChannelTlsIT {
  private static final Permit PERMIT = TestPermit.of(1);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final List<ConnectorJServer> adapters = new ArrayList<>();
  private CertificateAuthority authority;
  private CertificateAuthority stranger;
  private Identity good;
  private Identity elsewhere;
  private TestingMySql s1;
  private TestingMySql s2;

  @BeforeEach
  void makeCertificates() {
    authority = CertificateAuthority.create(folder, "authority");
    stranger = CertificateAuthority.create(folder, "stranger");
    good = authority.issueForLoopback("good");
    elsewhere = authority.issue("elsewhere", List.of("db.example"), Validity.current());
  }

  private void start(TestingMySql source, TestingMySql replica) throws SQLException {
    s1 = source;
    s2 = replica;
    for (TestingMySql server : List.of(s1, s2)) {
      server.awaitAnswer();
      TestServers.letManagerIn(server);
    }
  }

  @AfterEach
  void stop() {
    adapters.forEach(ConnectorJServer::close);
    for (TestingMySql server : new TestingMySql[] {s1, s2}) {
      if (server != null) {
        server.close();
      }
    }
  }

  private String[] showing(Identity identity, String... more) {
    List<String> options = new ArrayList<>(List.of(more));
    options.add("--ssl-cert=" + identity.certificate());
    options.add("--ssl-key=" + identity.key());
    return options.toArray(String[]::new);
  }

  @Test
  void aReplicaChecksItsSourceAsTheModeAsks() throws Exception {
    start(
        TestingMySql.launch(1, showing(good)),
        TestingMySql.launch(2, showing(good, "--super-read-only=ON")));
    checksItsSource();
  }

  @Test
  void aReplicaOfMysql8DoesSoToo() throws Exception {
    start(
        TestingMySql.launchOlder(1, showing(good)),
        TestingMySql.launchOlder(2, showing(good, "--super-read-only=ON")));
    checksItsSource();
  }

  private void checksItsSource() throws Exception {
    assertEquals(
        StepResult.DONE, adapter(s1, tls(TlsMode.VERIFY_IDENTITY)).setUp(SetupSpec.ALL, PERMIT));
    assertEquals(
        List.of("ANY", "ANY", ""),
        s1.query(
            "SELECT ssl_type FROM mysql.user WHERE user IN ('mm_repl''ication', 'mm_monitor', 'app') ORDER BY user = 'app', user"),
        "MySQL lets neither replicas nor monitors in without TLS");

    ConnectorJServer required = adapter(s2, MySqlTls.REQUIRED);
    assertEquals(StepResult.DONE, required.follow(s1.endpoint(), PERMIT));
    awaitRunning(required);
    assertEquals("YES//NO", configured());
    assertEquals(List.of("SSL/TLS"), dumpConnections());
    assertEquals(List.of(), reachable(required.observe()).warnings());

    // The operator asks for more: a warning, until replication is configured the next time.
    ConnectorJServer verifying = adapter(s2, tls(TlsMode.VERIFY_IDENTITY));
    List<String> warnings = reachable(verifying.observe()).warnings();
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(
        warnings.getFirst().contains("s2 replicates with SOURCE_SSL = 1, SOURCE_SSL_CA = ''"));
    assertEquals(StepResult.DONE, verifying.follow(s1.endpoint(), PERMIT));
    awaitRunning(verifying);
    assertEquals("YES/" + authority.file() + "/YES", configured());
    assertEquals(List.of(), reachable(verifying.observe()).warnings());
    String thread = receiverThread();
    assertEquals(StepResult.DONE, verifying.follow(s1.endpoint(), PERMIT));
    assertEquals(thread, receiverThread(), "nothing to change any more");

    // A source with another's certificate.
    show(elsewhere, authority);
    assertEquals(StepResult.DONE, verifying.restartReplication(PERMIT));
    awaitRefusal(verifying);
    ConnectorJServer authorityOnly = adapter(s2, tls(TlsMode.VERIFY_CA));
    assertEquals(StepResult.DONE, authorityOnly.follow(s1.endpoint(), PERMIT));
    awaitRunning(authorityOnly);
    assertEquals("YES/" + authority.file() + "/NO", configured());

    // One that a stranger has signed.
    show(stranger.issueForLoopback("strange"), stranger);
    assertEquals(StepResult.DONE, authorityOnly.restartReplication(PERMIT));
    awaitRefusal(authorityOnly);
    assertEquals(StepResult.DONE, required.follow(s1.endpoint(), PERMIT));
    awaitRunning(required);
    assertEquals("YES//NO", configured());
  }

  @Test
  void aCloneChecksItsDonorsAuthorityAndIsNeverInClear() throws Exception {
    TestingMySql.assumeClonePlugin();
    start(
        TestingMySql.launch(1, showing(good)),
        TestingMySql.launch(2, showing(good, "--super-read-only=ON")));
    assertEquals(
        StepResult.DONE, adapter(s1, tls(TlsMode.VERIFY_IDENTITY)).setUp(SetupSpec.ALL, PERMIT));
    s1.sql("CREATE TABLE app.t (id INT PRIMARY KEY)");
    // The replica's own check, as the manager trusts both.
    MySqlTls wrong = tls(TlsMode.VERIFY_CA, stranger);
    var refused =
        assertInstanceOf(
            StepResult.Failed.class, adapter(s2, wrong).cloneFrom(s1.endpoint(), PERMIT));
    assertTrue(refused.reason().contains("certificate verify failed"), refused.reason());
    var inClear =
        assertInstanceOf(
            StepResult.Failed.class,
            adapter(s2, MySqlTls.DISABLED).cloneFrom(s1.endpoint(), PERMIT));
    assertTrue(inClear.reason().contains("Access denied"), inClear.reason());
    assertEquals(
        "0",
        s2.value("SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = 'app'"));

    ConnectorJServer verifying = adapter(s2, tls(TlsMode.VERIFY_IDENTITY));
    assertEquals(StepResult.DONE, verifying.cloneFrom(s1.endpoint(), PERMIT));
    s2.awaitAnswer();
    assertEquals(
        "1", s2.value("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'app'"));
    assertEquals("null", s2.value("SELECT @@global.clone_ssl_ca"), "gone with the restart");
    assertEquals(StepResult.DONE, verifying.follow(s1.endpoint(), PERMIT));
    awaitRunning(verifying);
  }

  @Test
  void withoutTlsReplicasAndClonesTakeTheSourcesKey() throws Exception {
    start(
        TestingMySql.launch(1, "--tls-version="),
        TestingMySql.launch(2, "--tls-version=", "--super-read-only=ON"));
    for (MySqlTls tls : List.of(MySqlTls.DISABLED, MySqlTls.PREFERRED)) {
      ConnectorJServer replica = adapter(s2, tls);
      assertEquals(StepResult.DONE, adapter(s1, tls).setUp(SetupSpec.ALL, PERMIT));
      // Nobody has logged in with this password since: MySQL asks for it.
      s1.sql("FLUSH PRIVILEGES");
      assertEquals(StepResult.DONE, replica.follow(s1.endpoint(), PERMIT));
      awaitRunning(replica);
      assertEquals("NO//NO", configured());
      assertEquals(List.of(), reachable(replica.observe()).warnings());
      if (!s2.query("SELECT 1 FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'")
          .isEmpty()) {
        continue;
      }
      TestingMySql.assumeClonePlugin();
      s1.sql("FLUSH PRIVILEGES");
      assertEquals(StepResult.DONE, replica.cloneFrom(s1.endpoint(), PERMIT));
      s2.awaitAnswer();
    }
  }

  private void show(Identity identity, CertificateAuthority by) throws Exception {
    s1.sql(
        "SET GLOBAL ssl_cert = '%s', GLOBAL ssl_key = '%s', GLOBAL ssl_ca = '%s'"
            .formatted(identity.certificate(), identity.key(), by.file()),
        "ALTER INSTANCE RELOAD TLS");
  }

  private MySqlTls tls(TlsMode mode) {
    return tls(mode, authority);
  }

  /** The manager always trusts the right one. */
  private MySqlTls tls(TlsMode mode, CertificateAuthority servers) {
    return new MySqlTls(
        mode, Optional.of(authority.file().toString()), Optional.of(servers.file().toString()));
  }

  private ConnectorJServer adapter(TestingMySql server, MySqlTls tls) {
    ConnectorJServer adapter =
        new ConnectorJServer(
            new ServerId("s" + server.serverId()),
            server.endpoint(),
            Optional.empty(),
            TestAccounts.ALL,
            TestServers.PATIENT,
            SetupSpec.ALL,
            WriteProbing.ALARM,
            tls);
    adapters.add(adapter);
    return adapter;
  }

  private String configured() throws Exception {
    return s2.value(
        "SELECT CONCAT_WS('/', SSL_ALLOWED, SSL_CA_FILE, SSL_VERIFY_SERVER_CERTIFICATE) FROM performance_schema.replication_connection_configuration");
  }

  private List<String> dumpConnections() throws Exception {
    return s1.query(
        "SELECT CONNECTION_TYPE FROM performance_schema.threads WHERE PROCESSLIST_COMMAND LIKE 'Binlog Dump%'");
  }

  private String receiverThread() throws Exception {
    return s2.value("SELECT THREAD_ID FROM performance_schema.replication_connection_status");
  }

  private static void awaitRunning(ConnectorJServer replica) {
    Awaitility.await()
        .atMost(LONG)
        .untilAsserted(
            () -> assertTrue(replication(replica).isRunning(), replication(replica).toString()));
  }

  private static void awaitRefusal(ConnectorJServer replica) {
    Awaitility.await()
        .atMost(LONG)
        .untilAsserted(() ->
            assertTrue(
                replication(replica).receiverError().contains("SSL"),
                replication(replica).toString()));
  }

  private static Replication replication(ConnectorJServer replica) {
    return reachable(replica.observe()).replication().orElseThrow();
  }
}
