package org.mysqlmanager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.DropwizardTestSupport;
import io.dropwizard.util.JarLocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.access.TokenHash;
import org.mysqlmanager.cli.Failures;
import org.mysqlmanager.cli.StatusCommand;
import org.mysqlmanager.config.ManagerConfiguration;
import org.mysqlmanager.reconcile.ManagerStatus;
import org.mysqlmanager.reconcile.StepListener;
import org.mysqlmanager.testing.Clusters;
import org.mysqlmanager.testing.TestingManager;

/** The program with everything that people see, and a core that says what it is told to say. */
class ManagerApplicationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String TOKEN = TokenHash.newToken(new SecureRandom());

  @TempDir static Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final DropwizardTestSupport<ManagerConfiguration> program =
      new DropwizardTestSupport<>(WithTestingCore.class, configuration("main", "0"));

  /** {@link DropwizardTestSupport} makes the application itself, hence the static field. */
  public static final class WithTestingCore extends ManagerApplication {
    static final TestingManager MANAGER = new TestingManager();

    @Override
    protected ManagerStatus wire(
        ManagerConfiguration configuration, Environment environment, StepListener steps) {
      return MANAGER;
    }
  }

  @BeforeEach
  void start() throws Exception {
    WithTestingCore.MANAGER.clusters = List.of(Clusters.running("main"));
    program.before();
  }

  @AfterEach
  void stop() {
    program.after();
    http.close();
  }

  @Test
  void answersOnBothPorts() throws Exception {
    assertEquals(
        "running",
        JSON.readTree(get(program.getLocalPort(), "/clusters/main")).path("phase").asText());
    assertTrue(
        get(program.getLocalPort(), "/metrics")
            .contains("total_successful_failover{cluster=\"main\"} 2"));
    JsonNode health = JSON.readTree(get(program.getAdminPort(), "/healthcheck"));
    for (String check : List.of("zookeeper", "leadership", "cluster-main", "deadlocks")) {
      assertTrue(health.path(check).path("healthy").asBoolean(), check);
    }
    assertTrue(JSON.readTree(get(program.getAdminPort(), "/metrics")).has("gauges"));
  }

  /** A rollout waits for this: a manager that takes no part must not count as replaced. */
  @Test
  void readyIsWhoHasZooKeeperAndKnowsTheLeaderWhateverMySqlDoes() throws Exception {
    TestingManager manager = WithTestingCore.MANAGER;
    manager.clusters = List.of(Clusters.failingOver("main"));
    assertEquals("200 ready", answer("/ready"));
    try {
      manager.connected = false;
      assertEquals("503 ZooKeeper does not answer", answer("/ready"));
      assertEquals("200 pong", answer("/ping"));
      manager.connected = true;
      manager.leader = Optional.empty();
      assertEquals("503 no manager is known to lead", answer("/ready"));
    } finally {
      manager.connected = true;
      manager.leader = Optional.of("manager-1");
    }
  }

  private String answer(String path) throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(uri(program.getAdminPort(), path)).build(),
            HttpResponse.BodyHandlers.ofString());
    return response.statusCode() + " " + response.body().strip();
  }

  @Test
  void tasksAreCarriedOutForAnOperator() throws Exception {
    int before = WithTestingCore.MANAGER.reconciled.get();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(program.getAdminPort(), "/tasks/reconcile"))
            .POST(HttpRequest.BodyPublishers.noBody());
    HttpResponse<String> refused = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(401, refused.statusCode());
    assertEquals(before, WithTestingCore.MANAGER.reconciled.get());
    HttpResponse<String> response =
        http.send(
            request.header("Authorization", "Bearer " + TOKEN).build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode());
    assertEquals(before + 1, WithTestingCore.MANAGER.reconciled.get());
  }

  @Test
  void statusTellsByItsExitCodeWhetherAllIsRunning() {
    String url = uri(program.getLocalPort(), "").toString();
    Outcome running = status("--url", "http://127.0.0.1:1," + url);
    assertEquals(0, running.exitCode(), running.err());
    assertTrue(running.out().contains("Cluster main: running"), running.out());
    assertFalse(running.out().contains("\u001b"));

    WithTestingCore.MANAGER.clusters =
        List.of(Clusters.running("main"), Clusters.failingOver("second"));
    assertEquals(1, status("--url", url).exitCode());
    assertEquals(0, status("--url", url, "--cluster", "main").exitCode());
    Outcome json = status("--url", url, "--cluster", "second", "--json");
    assertEquals(1, json.exitCode());
    assertTrue(json.out().contains("\"phase\" : \"failing_over\""), json.out());

    Outcome unknown = status("--url", url, "--cluster", "third");
    assertEquals(2, unknown.exitCode());
    assertTrue(unknown.err().contains("known clusters: main, second"), unknown.err());
  }

  @Test
  void statusSaysInOneSentenceThatNobodyAnswers() throws Exception {
    String url = "http://127.0.0.1:" + closedPort();
    Outcome outcome = status("--url", url);
    assertEquals(2, outcome.exitCode());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(outcome.err().contains(url) && outcome.err().contains("--url"), outcome.err());
    assertEquals(2, status("--url", "ftp://x").exitCode());
    assertEquals(2, status("--cluster", "a/b?").exitCode());
  }

  @Test
  void aPortThatIsTakenIsOneSentence() throws Exception {
    String taken = Integer.toString(program.getLocalPort());
    for (String configuration :
        List.of(configuration("taken", taken, "0"), configuration("taken-admin", "0", taken))) {
      Outcome outcome = run(new WithTestingCore(), "server", configuration);
      assertEquals(1, outcome.exitCode());
      assertEquals(1, outcome.err().lines().count(), outcome.err());
      assertTrue(outcome.err().contains(":" + program.getLocalPort()), outcome.err());
    }
  }

  @Test
  void aWrongConfigurationIsOneSentenceForServerAndForCheck() throws Exception {
    Path file = Files.writeString(directory.resolve("wrong.yml"), "clusters: []\n");
    for (String command : List.of("server", "check")) {
      Outcome outcome = run(new ManagerApplication(), command, file.toString());
      assertEquals(1, outcome.exitCode());
      assertEquals(1, outcome.err().lines().count(), outcome.err());
      assertTrue(outcome.err().startsWith(file.toString()), outcome.err());
      Outcome missing = run(new ManagerApplication(), command);
      assertEquals(1, missing.err().lines().count(), missing.err());
      Outcome absent = run(new ManagerApplication(), command, "absent.yml");
      assertTrue(absent.err().contains("absent.yml"), absent.err());
    }
  }

  private record Outcome(int exitCode, String out, String err) {}

  private static Outcome status(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "status";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return run(new ManagerApplication(), all);
  }

  private static Outcome run(ManagerApplication application, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Bootstrap<ManagerConfiguration> bootstrap = new Bootstrap<>(application);
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    if (arguments[0].equals("status")) {
      bootstrap.addCommand(new StatusCommand(stream, stream, _ -> null));
    } else {
      application.addDefaultCommands(bootstrap);
    }
    application.initialize(bootstrap);
    Optional<Throwable> failure =
        new Cli(new JarLocation(ManagerApplication.class), bootstrap, stream, err).run(arguments);
    return new Outcome(
        failure.map(Failures::exitCode).orElse(0),
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8));
  }

  private static String configuration(String name, String port) {
    return configuration(name, port, "0");
  }

  private static String configuration(String name, String port, String adminPort) {
    try {
      return Files.writeString(
              directory.resolve(name + ".yml"),
              """
              manager: {id: manager-1}
              zookeeper: {password: z1}
              credentials:
                manager: {password: m1}
                replication: {password: r1}
                monitor: {password: o1}
                application: {password: a1}
              clusters:
                - {name: main, servers: [{name: s1, host: 127.0.0.1}]}
              access:
                tokens: [{name: test, role: operator, token_hash: '%s'}]
              server:
                applicationConnectors: [{type: http, port: %s, bindHost: 127.0.0.1}]
                adminConnectors: [{type: http, port: %s, bindHost: 127.0.0.1}]
              """
                  .formatted(TokenHash.of(TOKEN).print(), port, adminPort))
          .toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String get(int port, String path) throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(uri(port, path)).build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return response.body();
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
