package org.mysqlmanager;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.testing.DropwizardTestSupport;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.ManagerApplicationTest.WithTestingCore;
import org.mysqlmanager.access.PasswordHash;
import org.mysqlmanager.access.TokenHash;
import org.mysqlmanager.config.ManagerConfiguration;
import org.mysqlmanager.http.ChangeLog;
import org.mysqlmanager.http.RefusalLog;
import org.mysqlmanager.testing.Clusters;
import org.mysqlmanager.testing.HttpConfigurations;
import org.mysqlmanager.testing.RawHttp;
import org.mysqlmanager.testing.RawHttp.Answer;
import org.mysqlmanager.testing.SeenLog;
import org.mysqlmanager.testing.TestingManager;
import org.slf4j.LoggerFactory;

/** Who may do what, asked over real connections to both ports, on the loopback and elsewhere. */
class HttpAccessTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String TOKEN = TokenHash.newToken(RANDOM);
  private static final String AS_OPERATOR = RawHttp.basic("operator", "o: wörd");
  private static final String AS_VIEWER = RawHttp.basic("viewer", "v");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final TestingManager MANAGER = WithTestingCore.MANAGER;

  @TempDir static Path directory;

  private static Optional<InetAddress> other = Optional.empty();
  private static DropwizardTestSupport<ManagerConfiguration> program;

  /** Where a port can be reached: on the loopback, and on another address if there is one. */
  record Way(String port, InetAddress address, int number) {
    Answer ask(String request, String... headers) throws IOException {
      return RawHttp.ask(address, number, request, headers);
    }

    boolean isLoopback() {
      return address.isLoopbackAddress();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    other = HttpConfigurations.otherAddress();
    String connectors =
        "[{type: http, port: 0, bindHost: 127.0.0.1}"
            + other
                .map(address ->
                    ", {type: http, port: 0, bindHost: %s}".formatted(address.getHostAddress()))
                .orElse("")
            + "]";
    program =
        new DropwizardTestSupport<>(
            WithTestingCore.class,
            HttpConfigurations.write(
                directory,
                """
                access:
                  users:
                    - {name: operator, role: operator, password_hash: '%s'}
                    - {name: viewer, role: viewer, password_hash: '%s'}
                  tokens: [{name: robot, role: operator, token_hash: '%s'}]
                  limits: {requests_per_second: 1000, failed_logins_per_minute: 1000}
                server: {applicationConnectors: %s, adminConnectors: %s}
                """
                    .formatted(
                        PasswordHash.of("o: wörd".toCharArray(), 10_000, RANDOM).print(),
                        PasswordHash.of("v".toCharArray(), 20_000, RANDOM).print(),
                        TokenHash.of(TOKEN).print(),
                        connectors,
                        connectors)));
    MANAGER.clusters = List.of(Clusters.running("main"));
    program.before();
  }

  @AfterAll
  static void stop() {
    program.after();
  }

  @Test
  void readingIsAnonymousOnTheLoopbackOnly() throws Exception {
    for (Way way : everywhere()) {
      String path = way.port().equals("application") ? "/clusters" : "/threads";
      for (String method : List.of("GET ", "HEAD ", "OPTIONS ")) {
        int status = way.ask(method + path).status();
        assertEquals(!way.isLoopback(), status == 401, way + " " + method + status);
      }
      for (String credentials : List.of(AS_VIEWER, AS_OPERATOR, "Authorization: bearer " + TOKEN)) {
        assertEquals(200, way.ask("GET " + path, credentials).status(), way.toString());
      }
      assertError(401, way.ask("GET " + path, RawHttp.basic("viewer", "wrong")));
    }
    assumeTrue(other.isPresent(), "this machine has no address but the loopback's");
  }

  @Test
  void whateverIsNotReadNeedsAnOperatorEverywhere() throws Exception {
    for (Way way : everywhere()) {
      for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "FROB")) {
        for (String path : List.of("/tasks/resign", "/clusters", "/", "/ping", "/nix")) {
          String request = method + " " + path;
          int before = MANAGER.resigned.get();
          assertError(401, way.ask(request, "Content-Length: 0"));
          assertError(403, way.ask(request, "Content-Length: 0", AS_VIEWER));
          assertEquals(before, MANAGER.resigned.get());
          int status = way.ask(request, "Content-Length: 0", AS_OPERATOR).status();
          assertTrue(status != 401 && status != 403, way + " " + request + " " + status);
        }
      }
    }
  }

  @Test
  void anOperatorStartsTasks() throws Exception {
    for (Way way : everywhere()) {
      if (way.port().equals("admin")) {
        for (String credentials : List.of(AS_OPERATOR, "Authorization: Bearer " + TOKEN)) {
          int before = MANAGER.reconciled.get();
          Answer done = way.ask("POST /tasks/reconcile", "Content-Length: 0", credentials);
          assertEquals(200, done.status(), done.body());
          assertEquals(before + 1, MANAGER.reconciled.get());
        }
      }
    }
  }

  @Test
  void probesAreForEverybodyAndNothingHidesBehindTheirNames() throws Exception {
    Way admin = far("admin");
    assertEquals("pong\n", admin.ask("GET /ping").body());
    assertTrue(List.of(200, 503).contains(admin.ask("GET /ready").status()));
    assertError(401, admin.ask("GET /healthcheck"));
    assertTrue(JSON.readTree(near("admin").ask("GET /healthcheck").body()).has("zookeeper"));
    for (String path :
        List.of(
            "/",
            "/metrics",
            "/threads",
            "/tasks",
            "/ping/",
            "/ping/../threads",
            "/ping/..;/threads",
            "//threads",
            "/ping;/../threads",
            "/%2e/threads",
            "/ping%2f..%2fthreads",
            "/threads;x",
            "/healthcheck/../metrics",
            "*")) {
      Answer answer = admin.ask("GET " + path);
      assertTrue(List.of(400, 401, 404).contains(answer.status()), path + ": " + answer.status());
      assertFalse(answer.body().contains("java.lang"), path);
    }
    assertError(401, far("application").ask("GET /ping"));
  }

  @Test
  void aPageWithAnotherNameReadsNothingOverTheLoopback() throws Exception {
    Way way = near("application");
    Answer answer =
        RawHttp.send(
            LOOPBACK,
            way.number(),
            "GET /clusters HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assertError(401, answer);
    assertEquals(
        200, RawHttp.send(LOOPBACK, way.number(), "GET /clusters HTTP/1.0\r\n\r\n").status());
  }

  @Test
  void whatIsMissingIsSaid() throws Exception {
    Way way = near("admin");
    Answer unauthenticated = way.ask("POST /tasks/resign", "Content-Length: 0");
    assertEquals(
        List.of(
            "Basic realm=\"MySQL Manager\", charset=\"UTF-8\"", "Bearer realm=\"MySQL Manager\""),
        unauthenticated.header("WWW-Authenticate"));
    assertTrue(assertError(401, unauthenticated).contains("role operator"));
    Answer viewer = way.ask("POST /tasks/resign", "Content-Length: 0", AS_VIEWER);
    assertTrue(assertError(403, viewer).contains("role operator"));
    assertEquals(List.of(), viewer.header("WWW-Authenticate"));
  }

  @Test
  void aPageOfAnotherSiteChangesNothing() throws Exception {
    Way way = near("admin");
    int before = MANAGER.resigned.get();
    for (String header :
        List.of("Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site")) {
      assertError(403, way.ask("POST /tasks/resign", "Content-Length: 0", AS_OPERATOR, header));
    }
    assertEquals(before, MANAGER.resigned.get());
    String own = "Origin: http://127.0.0.1:" + way.number();
    assertEquals(
        200, way.ask("POST /tasks/resign", "Content-Length: 0", AS_OPERATOR, own).status());
  }

  @Test
  void nothingIsSaidBackAndNothingLongIsTaken() throws Exception {
    for (Way way : everywhere()) {
      Answer trace = way.ask("TRACE /", AS_OPERATOR, "X-Secret: abc");
      assertError(405, trace);
      assertFalse(trace.body().contains("abc"));
      assertError(413, way.ask("POST /tasks/resign", "Content-Length: 16385", AS_OPERATOR));
      assertError(413, way.ask("GET /ping", "Content-Length: 99999999999"));
      assertError(411, way.ask("POST /tasks/resign", "Transfer-Encoding: chunked", AS_OPERATOR));
      assertError(
          411,
          way.ask(
              "POST /tasks/resign", "Content-Encoding: gzip", "Content-Length: 5", AS_OPERATOR));
      assertEquals(431, way.ask("GET /", "X-Long: " + "x".repeat(9000)).status());
    }
  }

  @Test
  void answersAreNeitherStoredNorGuessedAt() throws Exception {
    for (Way way : everywhere()) {
      for (String path : List.of("/", "/clusters", "/metrics", "/healthcheck", "/ping", "/nix")) {
        for (String credentials : List.of(AS_VIEWER, RawHttp.basic("viewer", "wrong"))) {
          Answer answer = way.ask("GET " + path, credentials);
          assertEquals(List.of("nosniff"), answer.header("X-Content-Type-Options"), path);
          assertTrue(
              answer.header("Cache-Control").stream().allMatch(value -> value.contains("no-store"))
                  && !answer.header("Cache-Control").isEmpty(),
              way + path + answer.headers());
          assertEquals(List.of("DENY"), answer.header("X-Frame-Options"), path);
          assertEquals(List.of(), answer.header("Server"));
        }
      }
    }
  }

  @Test
  void aFailedLoginIsLoggedOnceInALineWithoutThePasswordAndCounted() throws Exception {
    try (SeenLog log = SeenLog.of(RefusalLog.class)) {
      double before = failedLogins();
      for (int i = 0; i < 30; i++) {
        near("application").ask("GET /clusters", RawHttp.basic("mal\nlory", "guess-" + i));
      }
      assertEquals(before + 30, failedLogins());
      assertTrue(log.lines().size() <= 10, log.lines().size() + " lines");
      for (String line : log.lines()) {
        assertFalse(line.contains("\n") || line.contains("guess"), line);
      }
    }
  }

  @Test
  void whoeverHasSomethingDoneIsLoggedWithWhatItWasAndHowItEnded() throws Exception {
    try (SeenLog log = SeenLog.of(ChangeLog.class)) {
      near("admin").ask("GET /clusters/audited", AS_OPERATOR);
      near("admin").ask("POST /tasks/audited?token=hunter2", "Content-Length: 0", AS_VIEWER);
      int many = 30; // more than any log of refusals has lines for
      for (int i = 0; i < many; i++) {
        near("admin").ask("POST /tasks/audited?token=hunter2", "Content-Length: 0", AS_OPERATOR);
      }
      near("admin")
          .ask("POST /tasks/reconcile", "Content-Length: 0", "Authorization: Bearer " + TOKEN);
      String failed =
          "'operator' from 127.0.0.1 asked on the admin port for 'POST /tasks/audited': it was answered with 404.";
      String done =
          "'robot' from 127.0.0.1 asked on the admin port for 'POST /tasks/reconcile': it was answered with 200.";
      await()
          .atMost(PATIENCE)
          .until(() ->
              Collections.frequency(log.lines(), failed) == many && log.lines().contains(done));
      List<String> audited =
          log.lines().stream().filter(line -> line.contains("audited")).distinct().toList();
      assertEquals(List.of(failed), audited);
    }
  }

  @Test
  void aTaskThatDoesNotExistIsNamed() throws Exception {
    Answer answer =
        near("admin")
            .ask("POST /tasks/resgin", "Content-Length: 0", "Accept: text/html", AS_OPERATOR);
    assertEquals("there is no task 'resgin': GET /tasks lists them", assertError(404, answer));
    assertEquals(List.of("nosniff"), answer.header("X-Content-Type-Options"));
    assertEquals(
        "a task is started with POST", assertError(405, near("admin").ask("GET /tasks/resign")));
    assertError(404, near("admin").ask("GET /nix"));
    assertError(405, near("admin").ask("PUT /tasks/resign", "Content-Length: 0", AS_OPERATOR));
  }

  @Test
  void jettyLogsNoHeadersWhateverItsLevelIs() throws Exception {
    String secret = RawHttp.basic("viewer", "v");
    Logger jetty = (Logger) LoggerFactory.getLogger("org.eclipse.jetty");
    Level before = jetty.getLevel();
    try (SeenLog log = SeenLog.of("org.eclipse.jetty")) {
      jetty.setLevel(Level.TRACE);
      assertEquals(200, near("application").ask("GET /clusters", secret).status());
      assertFalse(jetty.isDebugEnabled());
      assertTrue(jetty.isInfoEnabled());
      assertEquals(List.of(), log.lines());
    } finally {
      jetty.setLevel(before);
    }
  }

  @Test
  void aLogLevelIsSetOrRefusedWithASentence() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("org.mysqlmanager.NobodysOwn");
    String done = "POST /tasks/log-level?logger=org.mysqlmanager.NobodysOwn&level=warn";
    Answer answer = near("admin").ask(done, "Content-Length: 0", AS_OPERATOR);
    assertEquals(200, answer.status(), answer.body());
    assertEquals(Level.WARN, logger.getLevel());
    for (String wrong :
        List.of("level=wran", "level=", "", "level=OFF&duration=abc", "level=OFF&lvl=1")) {
      assertError(
          400,
          near("admin")
              .ask(
                  "POST /tasks/log-level?logger=org.mysqlmanager.NobodysOwn&" + wrong,
                  "Content-Length: 0",
                  AS_OPERATOR));
      assertEquals(Level.WARN, logger.getLevel());
    }
    assertError(403, near("admin").ask(done, "Content-Length: 0", AS_VIEWER));
    assertTrue(near("admin").ask("GET /tasks").body().contains("log-level"));
  }

  private static double failedLogins() throws IOException {
    String name = "mysql_manager_http_refusals_total{reason=\"wrong_credentials\"} ";
    return near("application")
        .ask("GET /metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  private static String assertError(int status, Answer answer) throws IOException {
    assertEquals(status, answer.status(), answer.body());
    if (!answer.body().isEmpty()) {
      JsonNode body = JSON.readTree(answer.body());
      assertEquals(1, body.size(), answer.body());
      assertEquals(List.of("application/json"), answer.header("Content-Type"));
      return body.path("error").asText();
    }
    return "";
  }

  private static List<Way> everywhere() {
    return other.isPresent()
        ? List.of(near("application"), near("admin"), far("application"), far("admin"))
        : List.of(near("application"), near("admin"));
  }

  /** Over the loopback. */
  private static Way near(String port) {
    int index = port.equals("application") ? 0 : other.isPresent() ? 2 : 1;
    return new Way(port, LOOPBACK, program.getPort(index));
  }

  /** From outside, as far as the manager can tell. */
  private static Way far(String port) {
    assumeTrue(other.isPresent(), "this machine has no address but the loopback's");
    return new Way(port, other.orElseThrow(), program.getPort(port.equals("admin") ? 3 : 1));
  }
}
