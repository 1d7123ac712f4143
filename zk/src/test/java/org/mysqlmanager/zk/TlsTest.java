package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;

import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS to a server that asks for a certificate, in a process of its own. */
class TlsTest {
  @TempDir static Path directory;

  private static Certificates certificates;
  private static TlsServer server;

  private ZkClient client;

  @BeforeAll
  static void start() throws Exception {
    certificates = Certificates.make(directory);
    server = TlsServer.start(directory, certificates);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @AfterEach
  void closeClient() {
    if (client != null) {
      client.close();
    }
  }

  @Test
  void worksWithItsOwnCertificateAndLetsInNobodyElseByIt() throws Exception {
    client = client(server.secureAddress("127.0.0.1"), tls("ca", "client"));
    await().atMost(DEADLINE).until(client::isConnected);
    FencedStore store = new FencedStore(client);
    assertInstanceOf(CreateResult.Created.class, store.createIfAbsent("one", "1"));
    assertEquals(new ReadResult.Found("1", 0), store.read("one"));
    // Not the certificate's account beside it, which ZooKeeper's "auth" would have added.
    List<ACL> acl =
        client.curator().getZookeeperClient().getZooKeeper().getACL("/secure", new Stat());
    assertEquals(1, acl.size(), acl.toString());
    assertEquals(ZooDefs.Perms.ALL, acl.getFirst().getPerms());
    assertEquals("digest", acl.getFirst().getId().getScheme());
  }

  @Test
  void certificateAndKeyAreJoinedInAFileForThisUserOnlyThatDoesNotStay() throws Exception {
    Path joined;
    try (TlsFiles files = new TlsFiles(tls("ca", "client"))) {
      joined = keyStore(files);
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(joined)));
      assertTrue(Files.readString(joined).contains("BEGIN PRIVATE KEY"));
    }
    assertFalse(Files.exists(joined.getParent()));
  }

  @Test
  void theJoinedFileIsPutBackWhenItWasRemovedOrCut() throws Exception {
    try (TlsFiles files = new TlsFiles(tls("ca", "client"))) {
      Path joined = keyStore(files);
      String whole = Files.readString(joined);
      Files.delete(joined);
      assertTrue(files.refresh(), "there is something for the client to read again");
      assertEquals(whole, Files.readString(joined));
      assertFalse(files.refresh());

      Files.writeString(joined, whole.substring(0, 100));
      files.restore();
      assertEquals(whole, Files.readString(joined));

      // Cleaners remove the folder, too.
      Files.delete(joined);
      Files.delete(joined.getParent());
      files.restore();
      assertEquals(whole, Files.readString(joined));
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(joined.getParent())));
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(joined)));
    }
  }

  @Test
  void aRunningClientPutsTheJoinedFileBack() throws Exception {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Set<Path> before = folders(temporary);
    client = client(server.secureAddress("127.0.0.1"), tls("ca", "client"));
    await().atMost(DEADLINE).until(client::isConnected);
    Set<Path> made = folders(temporary);
    made.removeAll(before);
    Path joined = made.iterator().next().resolve("client.pem");
    Files.delete(joined);
    await().atMost(DEADLINE).until(() -> Files.exists(joined));
  }

  @Test
  void nothingIsWrittenIntoAFolderThatSomebodyElseCouldHaveMade() throws Exception {
    try (TlsFiles files = new TlsFiles(tls("ca", "client"))) {
      Path joined = keyStore(files);
      Files.delete(joined);
      Path folder = joined.getParent();
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertFalse(files.refresh());
      assertFalse(Files.exists(joined));
      String problem = files.problem().orElseThrow();
      assertTrue(problem.contains(folder.toString()), problem);

      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      assertTrue(files.refresh());
      assertTrue(Files.exists(joined));
      assertEquals(Optional.empty(), files.problem());
    }
  }

  @Test
  void oneFileWithBothIsUsedAsItIs() throws Exception {
    Path both = directory.resolve("client-both.pem");
    ZkTls tls =
        new ZkTls(
            certificates.certificate("ca"), Optional.of(new ZkTls.ClientCertificate(both, both)));
    try (TlsFiles files = new TlsFiles(tls)) {
      assertEquals(both, keyStore(files));
    }
    assertTrue(Files.exists(both));
    client = client(server.secureAddress("127.0.0.1"), tls);
    await().atMost(DEADLINE).until(client::isConnected);
  }

  @Test
  void aRenewedCertificateIsUsedWithoutARestart() throws Exception {
    Path own = Files.copy(certificates.certificate("stranger"), directory.resolve("renewed.pem"));
    Path key = Files.copy(certificates.key("stranger"), directory.resolve("renewed-key.pem"));
    ZkTls.ClientCertificate files = new ZkTls.ClientCertificate(own, key);
    client =
        client(
            server.secureAddress("127.0.0.1"),
            new ZkTls(certificates.certificate("ca"), Optional.of(files)));
    assertTrue(problem(client).contains("zookeeper.tls.certificate_file"));
    Files.copy(certificates.certificate("client"), own, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(certificates.key("client"), key, StandardCopyOption.REPLACE_EXISTING);
    await().atMost(DEADLINE).until(client::isConnected);
  }

  @Test
  void aServerOfAnotherCaIsRefused() {
    client = client(server.secureAddress("127.0.0.1"), tls("other-ca", "client"));
    String problem = problem(client);
    assertTrue(problem.contains("is not signed by any in zookeeper.tls.ca_file"), problem);
    assertFalse(client.isConnected());
    ReadResult read = new FencedStore(client).read("one");
    assertTrue(assertInstanceOf(ReadResult.Unavailable.class, read).cause().contains(problem));
  }

  @Test
  void aServerWithAnotherNameIsRefused() {
    client = client(server.secureAddress("localhost"), tls("ca", "client"));
    String problem = problem(client);
    assertTrue(problem.contains("is not made out to localhost"), problem);
    assertFalse(client.isConnected());
  }

  @Test
  void aClientWithoutACertificateOrWithAStrangersIsToldThatItIsRefused() {
    client =
        client(
            server.secureAddress("127.0.0.1"),
            new ZkTls(certificates.certificate("ca"), Optional.empty()));
    String problem = problem(client);
    assertTrue(problem.contains("zookeeper.tls.certificate_file"), problem);
    assertFalse(client.isConnected());
  }

  @Test
  void theWrongPortOfTheTwoIsNamed() {
    client = client(server.plainAddress(), tls("ca", "client"));
    String problem = problem(client);
    assertTrue(problem.contains("secureClientPort"), problem);
    client.close();
    client = client(server.secureAddress("127.0.0.1"), null);
    problem = problem(client);
    assertTrue(problem.contains("ensemble's clientPort"), problem);
  }

  @Test
  void anExpiredCertificateIsCalledThat() throws Exception {
    TlsMaterial material = TlsMaterial.read(tls("ca", "expired"));
    try (SSLServerSocket socket =
        (SSLServerSocket) material.context().getServerSocketFactory().createServerSocket(0)) {
      Thread accepting =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try (SSLSocket connection = (SSLSocket) socket.accept()) {
                  connection.startHandshake();
                } catch (java.io.IOException e) {
                  // the other side refuses
                }
              });
      AtomicReference<String> cause = new AtomicReference<>("");
      cause.set(
          ConnectionProbe.findCause(
                  "127.0.0.1:" + socket.getLocalPort(),
                  Duration.ofSeconds(10),
                  TlsMaterial.read(tls("ca", "client")))
              .orElse(""));
      assertTrue(cause.get().contains("has expired"), cause.get());
      accepting.join(DEADLINE);
    }
  }

  @Test
  void filesThatHoldSomethingElseAreNamed() throws Exception {
    Path text = Files.writeString(directory.resolve("text.pem"), "hello");
    assertRefused("ca_file " + text + " holds no certificate", text, "client", "client");
    Path missing = directory.resolve("missing.pem");
    assertRefused("ca_file " + missing + " cannot be read", missing, "client", "client");
    Path ca = certificates.certificate("ca");
    assertRefused("is not the key of the first certificate", ca, "client", "stranger");
    byte[] old = "-----BEGIN RSA PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);
    Path pkcs1 = Files.write(directory.resolve("pkcs1-key.pem"), old);
    assertRefused(
        "openssl pkcs8", ca, "client", pkcs1.getFileName().toString().replace("-key.pem", ""));
  }

  private static void assertRefused(String words, Path ca, String certificate, String key) {
    ZkTls.ClientCertificate own =
        new ZkTls.ClientCertificate(certificates.certificate(certificate), certificates.key(key));
    ZkTls tls = new ZkTls(ca, Optional.of(own));
    String message =
        assertThrows(ZkTls.UnusableException.class, () -> new TlsFiles(tls)).getMessage();
    assertTrue(message.contains(words), message);
  }

  private static Path keyStore(TlsFiles files) {
    return Path.of(files.clientConfig().getProperty("zookeeper.ssl.keyStore.location"));
  }

  /** Those of this process. */
  private static Set<Path> folders(Path temporary) throws Exception {
    Set<Path> found = new HashSet<>();
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(
            temporary, "zookeeper-client-" + ProcessHandle.current().pid() + "-*")) {
      folders.forEach(found::add);
    }
    return found;
  }

  private static String problem(ZkClient client) {
    return await().atMost(DEADLINE).until(client::problem, Optional::isPresent).orElseThrow();
  }

  private static ZkTls tls(String ca, String own) {
    return new ZkTls(
        certificates.certificate(ca),
        Optional.of(
            new ZkTls.ClientCertificate(certificates.certificate(own), certificates.key(own))));
  }

  private static ZkClient client(String connect, ZkTls tls) {
    return ZkClient.start(
        new ZkSettings(
            connect,
            "/secure",
            TestingZooKeeper.SESSION,
            Duration.ofSeconds(1),
            new ZkSecurity(
                new ZkAuthentication.Digest("mm", "secret", Optional.empty()),
                Optional.ofNullable(tls),
                Set.of("one"))));
  }
}
