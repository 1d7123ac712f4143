package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mysql.cj.conf.PropertyDefinitions.SslMode;
import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.conf.PropertySet;
import com.mysql.cj.jdbc.JdbcConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.local.tls.CertificateAuthority;
import org.mysqlmanager.local.tls.CertificateAuthority.Identity;
import org.mysqlmanager.local.tls.CertificateAuthority.Validity;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.net.TlsRefused;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.Cause;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;
import org.mysqlmanager.testing.TestingMySql;

/** Every mode against servers with every kind of certificate, over JDBC and for binary logs. */
class TlsIT {
  private static final List<TlsMode> UNVERIFIED =
      List.of(TlsMode.DISABLED, TlsMode.PREFERRED, TlsMode.REQUIRED);

  @TempDir static Path folder;
  private static CertificateAuthority authority;
  private static TestingMySql mysql;

  @BeforeAll
  static void start() throws Exception {
    authority = CertificateAuthority.create(folder, "authority");
    mysql = TestServers.start(1);
  }

  @AfterAll
  static void stop() {
    if (mysql != null) {
      mysql.close();
    }
  }

  @Test
  void aGoodCertificateSatisfiesEveryMode() throws Exception {
    show(mysql, authority.issueForLoopback("good"));
    for (TlsMode mode : TlsMode.values()) {
      letsIn(mysql.endpoint(), tls(mode));
      letsIn(new Endpoint("localhost", mysql.endpoint().port()), tls(mode));
    }
  }

  @Test
  void whatIsWrongWithACertificateIsSaidAndItsServerLives() throws Exception {
    judges(mysql);
  }

  @Test
  void theSameIsTrueOfMysql8() throws Exception {
    try (TestingMySql older = TestingMySql.launchOlder(8)) {
      older.awaitAnswer();
      TestServers.letManagerIn(older);
      judges(older);
      show(older, authority.issue("expired", List.of("127.0.0.1"), Validity.past()));
      judgesExpired(older.endpoint());
      show(older, authority.issueForLoopback("good"));
      letsIn(older.endpoint(), tls(TlsMode.VERIFY_IDENTITY));
    }
  }

  private static void judges(TestingMySql server) throws Exception {
    Endpoint endpoint = server.endpoint();
    // The one that MySQL makes for itself.
    show(server, Path.of("server-cert.pem"), Path.of("server-key.pem"), Path.of("ca.pem"));
    for (TlsMode mode : UNVERIFIED) {
      letsIn(endpoint, tls(mode));
    }
    refuses(endpoint, tls(TlsMode.VERIFY_CA), "no authority that is trusted");
    refuses(endpoint, tls(TlsMode.VERIFY_IDENTITY), "no authority that is trusted");

    show(server, authority.issue("elsewhere", List.of("db.example", "10.1.2.3"), now()));
    for (TlsMode mode : UNVERIFIED) {
      letsIn(endpoint, tls(mode));
    }
    letsIn(endpoint, tls(TlsMode.VERIFY_CA));
    refuses(endpoint, tls(TlsMode.VERIFY_IDENTITY), "for another host");
  }

  @Test
  void anExpiredCertificateIsRefusedOnlyWhereItIsChecked() throws Exception {
    Identity expired = authority.issue("expired", List.of("127.0.0.1"), Validity.past());
    try (TestingMySql server =
        TestServers.start(3, "--ssl-cert=" + expired.certificate(), "--ssl-key=" + expired.key())) {
      judgesExpired(server.endpoint());
      // Nor is it any better for being trusted itself.
      Optional<String> itself = Optional.of(expired.certificate().toString());
      refuses(server.endpoint(), new MySqlTls(TlsMode.VERIFY_CA, itself, itself), "has expired");
    }
    Identity good = authority.issueForLoopback("good");
    show(mysql, good);
    Optional<String> itself = Optional.of(good.certificate().toString());
    letsIn(mysql.endpoint(), new MySqlTls(TlsMode.VERIFY_IDENTITY, itself, itself));
  }

  private static void judgesExpired(Endpoint endpoint) throws Exception {
    for (TlsMode mode : UNVERIFIED) {
      letsIn(endpoint, tls(mode));
    }
    refuses(endpoint, tls(TlsMode.VERIFY_CA), "has expired");
    refuses(endpoint, tls(TlsMode.VERIFY_IDENTITY), "has expired");
  }

  @Test
  void withoutAFileTheJvmsAuthoritiesCount() throws Exception {
    show(mysql, authority.issueForLoopback("good"));
    MySqlTls publicOnes =
        new MySqlTls(TlsMode.VERIFY_CA, Optional.empty(), Optional.of("/authority.pem"));
    refuses(mysql.endpoint(), publicOnes, "no authority that is trusted");
  }

  @Test
  void theFileOfAuthoritiesIsReadAgainWhenItChanges() throws Exception {
    show(mysql, authority.issueForLoopback("good"));
    Path file = folder.resolve("changing.pem");
    MySqlTls tls =
        new MySqlTls(
            TlsMode.VERIFY_IDENTITY, Optional.of(file.toString()), Optional.of(file.toString()));
    refuses(mysql.endpoint(), tls, "cannot be read");
    Files.writeString(file, "nothing that anybody could trust");
    refuses(mysql.endpoint(), tls, "no certificates in PEM form");
    CertificateAuthority another =
        CertificateAuthority.create(Files.createDirectories(folder.resolve("b")), "another");
    Files.writeString(file, Files.readString(another.file()));
    refuses(mysql.endpoint(), tls, "no authority that is trusted");
    Files.writeString(file, Files.readString(another.file()) + Files.readString(authority.file()));
    letsIn(mysql.endpoint(), tls);
  }

  @Test
  void aServerWithoutTlsIsUsedOnlyWhereThatIsAllowed() throws Exception {
    try (TestingMySql plain = TestServers.start(2, "--tls-version=")) {
      letsIn(plain.endpoint(), MySqlTls.DISABLED);
      letsIn(plain.endpoint(), MySqlTls.PREFERRED);
      for (TlsMode mode : List.of(TlsMode.REQUIRED, TlsMode.VERIFY_CA, TlsMode.VERIFY_IDENTITY)) {
        refuses(plain.endpoint(), tls(mode), "offers no TLS, which tls.mode " + mode);
      }
    }
  }

  @Test
  void aConnectionHasNoneOfTheDriversDangerousOptions() throws Exception {
    for (MySqlTls tls : List.of(MySqlTls.REQUIRED, MySqlTls.PREFERRED, MySqlTls.DISABLED)) {
      try (Connection connection =
          connections(mysql.endpoint(), tls)
              .open(TestAccounts.MANAGER, Map.of(), Duration.ofSeconds(1), Duration.ofSeconds(9))) {
        PropertySet inEffect = connection.unwrap(JdbcConnection.class).getPropertySet();
        for (PropertyKey key :
            List.of(
                PropertyKey.allowLoadLocalInfile,
                PropertyKey.allowUrlInLocalInfile,
                PropertyKey.allowMultiQueries,
                PropertyKey.autoReconnect,
                PropertyKey.dnsSrv,
                PropertyKey.dumpQueriesOnException,
                PropertyKey.includeThreadDumpInDeadlockExceptions,
                PropertyKey.autoGenerateTestcaseScript,
                PropertyKey.profileSQL,
                PropertyKey.traceProtocol)) {
          assertEquals(false, inEffect.getBooleanProperty(key).getValue(), key.getKeyName());
        }
        for (PropertyKey key :
            List.of(
                PropertyKey.allowLoadLocalInfileInPath,
                PropertyKey.propertiesTransform,
                PropertyKey.useConfigs,
                PropertyKey.queryInterceptors,
                PropertyKey.connectionLifecycleInterceptors,
                PropertyKey.exceptionInterceptors,
                PropertyKey.serverRSAPublicKeyFile,
                PropertyKey.socksProxyHost,
                PropertyKey.clientCertificateKeyStoreUrl)) {
          String value = inEffect.getStringProperty(key).getValue();
          assertTrue(value == null || value.isEmpty(), key.getKeyName() + " is " + value);
        }
        assertEquals(true, inEffect.getBooleanProperty(PropertyKey.paranoid).getValue());
        assertEquals(
            SslMode.valueOf(tls.mode().name()),
            inEffect.<SslMode>getEnumProperty(PropertyKey.sslMode).getValue());
        assertEquals(
            tls.mode() != TlsMode.REQUIRED,
            inEffect.getBooleanProperty(PropertyKey.allowPublicKeyRetrieval).getValue());
        String version = Statements.value(connection, SESSION_VERSION);
        assertTrue(
            tls.mode() == TlsMode.DISABLED
                ? String.valueOf(version).isEmpty()
                : List.of("TLSv1.2", "TLSv1.3").contains(version),
            tls + " gave " + version);
      }
    }
    assertNull(PropertyKey.fromValue("autoDeserialize"), "this driver deserialises nothing");
  }

  private static final String SESSION_VERSION =
      "SELECT VARIABLE_VALUE FROM performance_schema.session_status WHERE VARIABLE_NAME = 'Ssl_version'";

  @Test
  void noOptionComesInThroughTheHost() {
    for (String host :
        List.of(
            "h/?allowLoadLocalInfile=true",
            "h?autoDeserialize=true#",
            "(host=h,allowLoadLocalInfile=true)",
            "address=(host=h)",
            "h,other",
            "user@h",
            "h:1/db",
            "h\n",
            "h%2f",
            "[::1]",
            "h&a=b",
            "")) {
      assertThrows(IllegalArgumentException.class, () -> new Endpoint(host, 3306), host);
    }
  }

  // --- Servers and what they show

  private static void show(TestingMySql server, Identity identity) throws Exception {
    show(server, identity.certificate(), identity.key(), authority.file());
  }

  /** Like an operator who renews a certificate. MySQL 9 takes only what its own CA has signed. */
  private static void show(TestingMySql server, Path certificate, Path key, Path ca)
      throws Exception {
    server.sql(
        "SET GLOBAL ssl_cert = '%s', GLOBAL ssl_key = '%s', GLOBAL ssl_ca = '%s'"
            .formatted(certificate, key, ca),
        "ALTER INSTANCE RELOAD TLS");
  }

  private static Validity now() {
    return Validity.current();
  }

  private static MySqlTls tls(TlsMode mode) {
    Optional<String> file =
        Optional.of(authority.file().toString()).filter(_ -> mode.isVerifying());
    return new MySqlTls(mode, file, file);
  }

  private static Connections connections(Endpoint endpoint, MySqlTls tls) {
    return new Connections(endpoint, TestServers.TIMEOUTS.connect(), tls);
  }

  private static void letsIn(Endpoint endpoint, MySqlTls tls) throws Exception {
    ServerObservation seen = observe(endpoint, tls);
    assertInstanceOf(Reachable.class, seen, () -> tls + ": " + seen);
    try (BinlogConnection connection = binaryLogs(endpoint, tls)) {
      assertEquals(1, connection.query("SELECT @@version").size());
      List<List<String>> cipher = connection.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
      assertEquals(
          tls.mode() == TlsMode.DISABLED || !offersTls(endpoint),
          cipher.getFirst().get(1).isEmpty(),
          tls.toString());
    }
  }

  private static boolean offersTls(Endpoint endpoint) throws Exception {
    try (Connection connection =
        connections(endpoint, MySqlTls.PREFERRED)
            .open(TestAccounts.MANAGER, Map.of(), Duration.ofSeconds(1), Duration.ofSeconds(9))) {
      return !String.valueOf(Statements.value(connection, SESSION_VERSION)).isEmpty();
    }
  }

  /** A living server, and a sentence that names it, the mode and what is wrong. */
  private static void refuses(Endpoint endpoint, MySqlTls tls, String problem) throws Exception {
    Unreachable seen = assertInstanceOf(Unreachable.class, observe(endpoint, tls));
    assertEquals(Cause.TLS_FAILED, seen.cause(), seen.detail());
    assertFalse(seen.isDown());
    assertTrue(seen.detail().startsWith("s1 (" + endpoint + "): "), seen.detail());
    assertTrue(seen.detail().contains(problem), seen.detail());
    assertTrue(
        seen.detail().contains("tls.mode " + tls.mode()) || seen.detail().contains("tls.ca_file"),
        seen.detail());
    assertFalse(seen.detail().contains(TestAccounts.MANAGER.password()), seen.detail());
    IOException refused = assertThrows(IOException.class, () -> binaryLogs(endpoint, tls));
    assertInstanceOf(TlsRefused.class, refused);
    assertTrue(refused.getMessage().contains(problem), refused.getMessage());
  }

  private static ServerObservation observe(Endpoint endpoint, MySqlTls tls) {
    try (ConnectorJServer server =
        new ConnectorJServer(
            new ServerId("s1"),
            endpoint,
            Optional.empty(),
            TestAccounts.ALL,
            TestServers.PATIENT,
            SetupSpec.ALL,
            WriteProbing.ALARM,
            tls)) {
      return server.observe();
    }
  }

  private static BinlogConnection binaryLogs(Endpoint endpoint, MySqlTls tls) throws IOException {
    return BinlogConnection.open(endpoint, tls, TestAccounts.MANAGER, TestServers.PATIENT);
  }
}
