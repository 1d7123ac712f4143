package org.mysqlmanager;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dropwizard.testing.DropwizardTestSupport;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.ManagerApplicationTest.WithTestingCore;
import org.mysqlmanager.access.PasswordHash;
import org.mysqlmanager.config.ManagerConfiguration;
import org.mysqlmanager.http.RefusalLog;
import org.mysqlmanager.testing.Clusters;
import org.mysqlmanager.testing.HttpConfigurations;
import org.mysqlmanager.testing.RawHttp;
import org.mysqlmanager.testing.RawHttp.Answer;
import org.mysqlmanager.testing.SeenLog;

/** A manager that believes a reverse proxy on the same machine, over real connections. */
class HttpBehindProxyTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String AS_OPERATOR = RawHttp.basic("operator", "o");
  private static final String GUESS = RawHttp.basic("operator", "x");

  @TempDir Path directory;

  private DropwizardTestSupport<ManagerConfiguration> program;

  @BeforeEach
  void start() throws Exception {
    program =
        new DropwizardTestSupport<>(
            WithTestingCore.class,
            HttpConfigurations.write(
                directory,
                """
                access:
                  users: [{name: operator, role: operator, password_hash: '%s'}]
                  limits: {failed_logins_per_minute: 2}
                server:
                  applicationConnectors: [{type: http, port: 0, bindHost: 127.0.0.1, useForwardedHeaders: true}]
                  adminConnectors: [{type: http, port: 0, bindHost: 127.0.0.1}]
                """
                    .formatted(PasswordHash.of("o".toCharArray(), 10_000, RANDOM).print())));
    WithTestingCore.MANAGER.clusters = List.of(Clusters.running("main"));
    program.before();
  }

  @AfterEach
  void stop() {
    program.after();
  }

  @Test
  void clientsAreCountedByTheAddressThatTheProxyTells() throws Exception {
    String one = "X-Forwarded-For: 192.0.2.1";
    for (int i = 0; i < 2; i++) {
      assertEquals(401, ask(GUESS, one).status());
    }
    assertEquals(429, ask(AS_OPERATOR, one).status());
    assertEquals(200, ask(AS_OPERATOR, "X-Forwarded-For: 192.0.2.2").status());
    assertEquals(200, ask(AS_OPERATOR, "Forwarded: for=\"[2001:db8::1]:4711\"").status());
  }

  @ParameterizedTest
  @CsvSource({
    "X-Forwarded-For: 192.0.2.1, 192.0.2.1",
    "X-Forwarded-For: [2001:db8::2], 2001:db8:0:0:0:0:0:2",
    "X-Forwarded-For: 2001:db8::2, 2001:db8:0:0:0:0:0:2",
    "Forwarded: for=\"[2001:db8::2]:4711\", 2001:db8:0:0:0:0:0:2",
    "X-Forwarded-For: client.example, 127.0.0.1",
    "Forwarded: for=unknown, 127.0.0.1",
  })
  void theLogHasTheAddressThatTheProxyTellsOrElseTheProxys(String header, String address)
      throws Exception {
    try (SeenLog log = SeenLog.of(RefusalLog.class)) {
      assertEquals(401, ask(GUESS, header).status());
      assertEquals(
          List.of(
              "Refused a request of %s on the application port for 'GET /clusters': wrong_credentials, as 'operator'."
                  .formatted(address)),
          log.lines());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-For: 127.0.0.1",
        "Forwarded: for=127.0.0.1",
        "X-Real-IP: 127.0.0.1",
        "Via: 1.1 proxy"
      })
  void whatAProxyPassesOnIsNotReadWithoutAUser(String header) throws Exception {
    assertEquals(401, ask(header).status());
    assertEquals(200, ask().status());
    assertEquals(200, ask(AS_OPERATOR, header).status());
    assertEquals(
        401, RawHttp.ask(LOOPBACK, program.getAdminPort(), "GET /threads", header).status());
  }

  private Answer ask(String... headers) throws IOException {
    return RawHttp.ask(LOOPBACK, program.getLocalPort(), "GET /clusters", headers);
  }
}
