package org.mysqlmanager.proxysql;

import static org.awaitility.Awaitility.await;
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
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.local.tls.CertificateAuthority;
import org.mysqlmanager.local.tls.CertificateAuthority.Identity;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ProxyTls;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.net.AddressBook;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.net.Dialer;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;

/** TLS to a real proxysql, and from it to its servers. */
@Timeout(180)
class ProxySqlTlsIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Dialer DIALER = new Dialer(new AddressBook(InetAddress::getAllByName));
  private static final ServerId S1 = new ServerId("s1");
  private static final ServerId S2 = new ServerId("s2");
  private static final Routing ROUTING = new Routing(Optional.of(S1), Set.of(S2));

  /** Nobody needs to be there: what is looked at is what ProxySQL would do. */
  private static final Map<ServerId, Endpoint> SERVERS =
      Map.of(S1, new Endpoint("127.0.0.1", 1), S2, new Endpoint("127.0.0.1", 2));

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private ProxySqlProcess process;

  @BeforeAll
  static void needsProxySql() {
    ProxySqlProcess.proxysql();
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private void start() {
    process = new ProxySqlProcess(folder).start();
    open.add(process);
  }

  private ProxySpec spec(String host, ProxyTls tls) {
    return new ProxySpec(
            new ProxyName("p1"), ProxyKind.PROXYSQL, host, process.adminPort, 10, 20, "w", "r")
        .withTls(tls);
  }

  private ProxySql proxy(ProxyTls tls, TlsMode servers, Duration timeout) {
    ProxySql made =
        new ProxySql(
            spec("127.0.0.1", tls),
            SERVERS,
            servers,
            ProxySqlProcess.ADMIN,
            new Account("mm_monitor", "m"),
            List.of(new Account("app", "a")),
            timeout,
            timeout);
    open.add(made);
    return made;
  }

  private ProxyObservation seen(ProxyTls tls) {
    return proxy(tls, TlsMode.PREFERRED, TIMEOUT).observe();
  }

  private String refusal(ProxyTls tls) {
    ProxyObservation seen = seen(tls);
    String detail = assertInstanceOf(ProxyObservation.Unreachable.class, seen).detail();
    assertTrue(detail.startsWith("proxy p1 (ProxySQL at 127.0.0.1:"), detail);
    assertTrue(detail.contains("tls.mode " + tls.mode()), detail);
    return detail;
  }

  private List<Row> admin(String sql) throws AdminFailure {
    try (AdminSession session =
        AdminSession.open(
            spec("127.0.0.1", ProxyTls.PREFERRED),
            ProxySqlProcess.ADMIN,
            DIALER,
            Deadline.after(TIMEOUT))) {
      return session.run(sql, Deadline.after(TIMEOUT));
    }
  }

  private static ProxyTls verifying(TlsMode mode, Path authority) {
    return new ProxyTls(mode, Optional.of(authority.toString()));
  }

  @Test
  void whatProxysqlMakesForItselfIsKnownByItsAuthorityButNotForItsHost() {
    start();
    for (TlsMode mode : List.of(TlsMode.DISABLED, TlsMode.PREFERRED, TlsMode.REQUIRED)) {
      assertInstanceOf(
          ProxyObservation.Reachable.class, seen(new ProxyTls(mode, Optional.empty())));
    }
    Path own = folder.resolve("proxysql-ca.pem");
    assertInstanceOf(ProxyObservation.Reachable.class, seen(verifying(TlsMode.VERIFY_CA, own)));
    assertTrue(refusal(verifying(TlsMode.VERIFY_IDENTITY, own)).contains("for another host"));
    Path other = CertificateAuthority.create(folder, "other").file();
    assertTrue(refusal(verifying(TlsMode.VERIFY_CA, other)).contains("no authority"));
  }

  @Test
  void aCertificateOfOnesOwnIsVerified() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(folder, "authority");
    Identity identity = authority.issueForLoopback("identity");
    Files.copy(authority.file(), folder.resolve("proxysql-ca.pem"));
    Files.copy(identity.certificate(), folder.resolve("proxysql-cert.pem"));
    Files.copy(identity.key(), folder.resolve("proxysql-key.pem"));
    start();
    assertInstanceOf(
        ProxyObservation.Reachable.class,
        seen(verifying(TlsMode.VERIFY_IDENTITY, authority.file())));

    // Without TLS only where that is allowed.
    admin("SET mysql-have_ssl='false'");
    admin("LOAD MYSQL VARIABLES TO RUNTIME");
    assertInstanceOf(ProxyObservation.Reachable.class, seen(ProxyTls.PREFERRED));
    assertTrue(
        refusal(new ProxyTls(TlsMode.REQUIRED, Optional.empty())).contains("mysql-have_ssl"));
  }

  @Test
  void aFrozenProxysqlCostsNoMoreThanTheTimeoutOnAVirtualThread() throws Exception {
    start();
    Duration limit = Duration.ofSeconds(1);
    ProxySql proxy =
        proxy(new ProxyTls(TlsMode.REQUIRED, Optional.empty()), TlsMode.REQUIRED, limit);
    process.freeze();
    FutureTask<ProxyObservation> look = new FutureTask<>(proxy::observe);
    long began = System.nanoTime();
    Thread.ofVirtual().start(look);
    assertInstanceOf(
        ProxyObservation.Unreachable.class, look.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    assertTrue(System.nanoTime() - began < limit.multipliedBy(4).toNanos());
    process.thaw();
    await()
        .atMost(TIMEOUT)
        .untilAsserted(() -> assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe()));
  }

  @Test
  void whereTlsIsMandatoryProxysqlUsesItToo() throws Exception {
    start();
    ProxySql proxy = proxy(ProxyTls.PREFERRED, TlsMode.REQUIRED, TIMEOUT);
    assertEquals(StepResult.DONE, proxy.apply(ROUTING, ALWAYS));
    assertEquals(2, encrypted("runtime_mysql_servers"));
    assertEquals(2, encrypted("disk.mysql_servers"));

    // An operator's edit in clear is noticed, and put right.
    admin("UPDATE mysql_servers SET use_ssl=0 WHERE port=2");
    admin("LOAD MYSQL SERVERS TO RUNTIME");
    admin("SAVE MYSQL SERVERS TO DISK");
    ProxyObservation.Reachable seen =
        assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe());
    assertFalse(seen.initialised());
    assertFalse(seen.matches(ROUTING));
    assertEquals(StepResult.DONE, proxy.apply(ROUTING, ALWAYS));
    assertEquals(2, encrypted("runtime_mysql_servers"));
    assertEquals(2, encrypted("disk.mysql_servers"));
    assertTrue(
        assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe()).matches(ROUTING));

    // Where it is not mandatory, it is as the operator has set it.
    ProxySql lenient = proxy(ProxyTls.PREFERRED, TlsMode.PREFERRED, TIMEOUT);
    admin("UPDATE mysql_servers SET use_ssl=0");
    admin("LOAD MYSQL SERVERS TO RUNTIME");
    assertEquals(StepResult.DONE, lenient.apply(ROUTING, ALWAYS));
    assertEquals(0, encrypted("runtime_mysql_servers"));
  }

  private long encrypted(String table) throws AdminFailure {
    return admin("SELECT COUNT(*) AS n FROM " + table + " WHERE use_ssl=1").getFirst().number("n");
  }

  private static final Permit ALWAYS =
      new Permit() {
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
