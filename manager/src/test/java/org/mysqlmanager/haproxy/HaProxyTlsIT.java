package org.mysqlmanager.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.local.tls.CertificateAuthority;
import org.mysqlmanager.local.tls.CertificateAuthority.Identity;
import org.mysqlmanager.local.tls.CertificateAuthority.Validity;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ProxyTls;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;

/** TLS to the Runtime API of a real haproxy. */
@Timeout(120)
class HaProxyTlsIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final GreetingServer s1 = new GreetingServer("s1");
  private HaProxyProcess process;

  @AfterEach
  void end() {
    s1.close();
    if (process != null) {
      process.close();
    }
  }

  private void start(Optional<Identity> identity) {
    process =
        new HaProxyProcess(folder, List.of(), List.of(), "admin", identity.map(Identity::both))
            .start();
  }

  private HaProxy proxy(ProxyTls tls, Duration timeout) {
    return new HaProxy(spec(tls), GreetingServer.endpoints(s1), timeout, timeout);
  }

  private ProxySpec spec(ProxyTls tls) {
    return new ProxySpec(
            new ProxyName("p1"),
            ProxyKind.HAPROXY,
            "127.0.0.1",
            process.adminPort,
            10,
            20,
            "mysql_writer",
            "mysql_readers")
        .withTls(tls);
  }

  private String refusal(ProxyTls tls) {
    String detail =
        assertInstanceOf(ProxyObservation.Unreachable.class, proxy(tls, TIMEOUT).observe())
            .detail();
    assertTrue(detail.startsWith("proxy p1 (HAProxy at 127.0.0.1:"), detail);
    return detail;
  }

  private static ProxyTls unverified(TlsMode mode) {
    return new ProxyTls(mode, Optional.empty());
  }

  private static ProxyTls verifying(TlsMode mode, CertificateAuthority authority) {
    return new ProxyTls(mode, Optional.of(authority.file().toString()));
  }

  @Test
  void routesOverAnEncryptedSocketWhoseIdentityIsVerified() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(folder, "authority");
    start(Optional.of(authority.issueForLoopback("haproxy")));
    HaProxy proxy = proxy(verifying(TlsMode.VERIFY_IDENTITY, authority), TIMEOUT);
    Routing routing = new Routing(Optional.of(s1.id), Set.of(s1.id));
    assertEquals(StepResult.DONE, proxy.apply(routing, ALWAYS));
    assertTrue(
        assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe()).matches(routing));
    assertInstanceOf(
        ProxyObservation.Reachable.class, proxy(unverified(TlsMode.REQUIRED), TIMEOUT).observe());
    CertificateAuthority other = CertificateAuthority.create(folder, "other");
    assertTrue(refusal(verifying(TlsMode.VERIFY_CA, other)).contains("no authority"));
    assertTrue(refusal(ProxyTls.DISABLED).contains("TLS"));

    // Frozen, in the middle of whatever it does.
    process.freeze();
    Duration limit = Duration.ofSeconds(1);
    FutureTask<ProxyObservation> look =
        new FutureTask<>(proxy(unverified(TlsMode.REQUIRED), limit)::observe);
    long began = System.nanoTime();
    Thread.ofVirtual().start(look);
    assertInstanceOf(
        ProxyObservation.Unreachable.class, look.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    assertTrue(System.nanoTime() - began < limit.multipliedBy(4).toNanos());
    process.thaw();
  }

  @Test
  void anothersCertificateIsNoneForThisHost() {
    CertificateAuthority authority = CertificateAuthority.create(folder, "authority");
    Identity elsewhere = authority.issue("elsewhere", List.of("proxy.example"), Validity.current());
    start(Optional.of(elsewhere));
    assertTrue(refusal(verifying(TlsMode.VERIFY_IDENTITY, authority)).contains("for another host"));
    assertInstanceOf(
        ProxyObservation.Reachable.class,
        proxy(verifying(TlsMode.VERIFY_CA, authority), TIMEOUT).observe());
  }

  @Test
  void aSocketInClearIsNotUsedWhereTlsIsAskedFor() {
    start(Optional.empty());
    String detail = refusal(unverified(TlsMode.REQUIRED));
    assertTrue(detail.contains("TLS"), detail);
    assertInstanceOf(ProxyObservation.Reachable.class, proxy(ProxyTls.DISABLED, TIMEOUT).observe());
    assertThrows(IllegalArgumentException.class, () -> spec(ProxyTls.PREFERRED));
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
