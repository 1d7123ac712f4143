package org.mysqlmanager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.testing.DropwizardTestSupport;
import io.dropwizard.util.JarLocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.ManagerApplicationTest.WithTestingCore;
import org.mysqlmanager.cli.Failures;
import org.mysqlmanager.cli.StatusCommand;
import org.mysqlmanager.config.ManagerConfiguration;
import org.mysqlmanager.testing.Clusters;
import org.mysqlmanager.testing.HttpConfigurations;

/**
 * Both ports with TLS, as the shipped configuration shows it, and {@code status} as their client.
 */
class HttpsTest {
  @TempDir static Path directory;

  private static Path certificate;
  private static Path otherCertificate;
  private static DropwizardTestSupport<ManagerConfiguration> program;

  @BeforeAll
  static void start() throws Exception {
    certificate = keyStore("ours");
    otherCertificate = keyStore("other");
    WithTestingCore.MANAGER.clusters = List.of(Clusters.running("main"));
    String connector =
        Files.readString(Path.of("..", "dropwizard-config.yml"))
            .lines()
            .dropWhile(line -> !line.contains("# - type: https"))
            .takeWhile(line -> line.startsWith("    #"))
            .map(line -> line.replaceFirst("#", " "))
            .reduce("", (text, line) -> text + line + "\n")
            .replace("${BIND_HOST:-127.0.0.1}", "127.0.0.1")
            .replace("${PORT:-8080}", "0")
            .replace("/etc/mysql-manager/keystore.p12", directory.resolve("ours.p12").toString())
            .replace("${KEYSTORE_PASSWORD}", "changeit");
    assertTrue(connector.contains("supportedProtocols: [TLSv1.2, TLSv1.3]"), connector);
    program =
        new DropwizardTestSupport<>(
            WithTestingCore.class,
            HttpConfigurations.write(
                directory,
                """
                access:
                  anonymous_reading: nowhere
                  users: [{name: viewer, role: viewer, password_file: %s}]
                server:
                  applicationConnectors:
                %s
                  adminConnectors:
                %s
                """
                    .formatted(secret("password", "v1ewer\n"), connector, connector)));
    program.before();
  }

  @AfterAll
  static void stop() {
    program.after();
  }

  @Test
  void bothPortsSpeakTls() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(trusting(certificate)).build()) {
      for (String address :
          List.of(
              "https://127.0.0.1:" + program.getAdminPort() + "/ping",
              "https://localhost:" + program.getLocalPort() + "/")) {
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(URI.create(address)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(address.endsWith("/ping") ? 200 : 401, response.statusCode());
        assertEquals("TLSv1.3", response.sslSession().orElseThrow().getProtocol());
      }
    }
  }

  @Test
  void statusLogsInWithThePasswordFromTheEnvironmentOrAFile() throws Exception {
    String ca = certificate.toString();
    Outcome fromEnvironment = status("v1ewer", "--user", "viewer", "--ca-file", ca);
    assertEquals(0, fromEnvironment.exitCode(), fromEnvironment.text());
    assertTrue(fromEnvironment.text().contains("Cluster main: running"), fromEnvironment.text());
    String file = secret("again", "v1ewer\n");
    Outcome fromFile = status("", "--user", "viewer", "--password-file", file, "--ca-file", ca);
    assertEquals(0, fromFile.exitCode(), fromFile.text());
  }

  @Test
  void whatStatusIsRefusedIsOneSentence() throws Exception {
    String ca = certificate.toString();
    assertSentence(status("", "--ca-file", ca), "needs the role viewer", "--user", "--token-file");
    assertSentence(status("wr0ng", "--user", "viewer", "--ca-file", ca), "not right");
    String token = secret("token", "mm_0123456789012345678901234567890123\n");
    assertSentence(status("", "--token-file", token, "--ca-file", ca), "not right");
    assertSentence(status("v1ewer", "--user", "viewer"), "--ca-file", "certificate");
    assertSentence(
        status("v1ewer", "--user", "viewer", "--ca-file", otherCertificate.toString()),
        "--ca-file",
        "certificate");
    String empty = secret("empty", "\n");
    assertSentence(status("", "--ca-file", empty), "--ca-file", "PEM");
    assertSentence(status("", "--ca-file", "/no/such"), "--ca-file /no/such", "does not exist");
    assertSentence(status("", "--token-file", empty), "--token-file", "empty");
    assertSentence(status("", "--user", "viewer", "--token-file", token), "leave one out");
    assertSentence(status("", "--password-file", token), "without --user");
  }

  private record Outcome(int exitCode, String text) {}

  private static void assertSentence(Outcome outcome, String... parts) {
    assertEquals(2, outcome.exitCode(), outcome.text());
    assertEquals(1, outcome.text().lines().count(), outcome.text());
    for (String part : parts) {
      assertTrue(outcome.text().contains(part), outcome.text());
    }
    for (String secret : List.of("v1ewer", "wr0ng", "mm_0", "Exception")) {
      assertFalse(outcome.text().contains(secret), outcome.text());
    }
  }

  private static Outcome status(String password, String... options) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
    ManagerApplication application = new ManagerApplication();
    Bootstrap<ManagerConfiguration> bootstrap = new Bootstrap<>(application);
    bootstrap.addCommand(
        new StatusCommand(out, out, name -> name.equals("MM_PASSWORD") ? password : null));
    List<String> arguments = new ArrayList<>(List.of("status", "--url"));
    arguments.add("https://127.0.0.1:" + program.getLocalPort());
    arguments.addAll(List.of(options));
    Optional<Throwable> failure =
        new Cli(new JarLocation(ManagerApplication.class), bootstrap, out, text)
            .run(arguments.toArray(String[]::new));
    return new Outcome(
        failure.map(Failures::exitCode).orElse(0), text.toString(StandardCharsets.UTF_8));
  }

  private static String secret(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  /** Makes a key store with a self-signed certificate, and returns the certificate's PEM file. */
  private static Path keyStore(String name) throws Exception {
    Path store = directory.resolve(name + ".p12");
    Path pem = directory.resolve(name + ".pem");
    keytool(
        "-genkeypair",
        "-alias",
        "manager",
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-validity",
        "2",
        "-ext",
        "san=ip:127.0.0.1,dns:localhost",
        "-storetype",
        "PKCS12",
        "-keystore",
        store.toString());
    KeyStore made = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    String base64 =
        Base64.getMimeEncoder().encodeToString(made.getCertificate("manager").getEncoded());
    Files.writeString(
        pem, "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    return pem;
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storepass", "changeit"));
    Path log = directory.resolve("keytool.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "keytool does not end");
    assertEquals(0, process.exitValue(), () -> read(log));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static SSLContext trusting(Path pem) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (var input = Files.newInputStream(pem)) {
      trusted.setCertificateEntry(
          "ca",
          java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(input));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
