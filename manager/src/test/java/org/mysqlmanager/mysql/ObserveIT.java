package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.Cause;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;
import org.mysqlmanager.reconcile.MySqlServer.NotAnswering;
import org.mysqlmanager.testing.TestingMySql;
import org.mysqlmanager.testing.TestingProgram;

class ObserveIT {
  private static final MySqlTimeouts SHORT =
      new MySqlTimeouts(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2));

  private static TestingMySql mysql;

  @BeforeAll
  static void start() throws Exception {
    mysql = TestServers.start(7, "--max-connections=10", "--super-read-only=ON");
  }

  @AfterAll
  static void stop() throws Exception {
    if (mysql != null) {
      mysql.close();
    }
  }

  @Test
  void seesAFreshServer() throws Exception {
    try (TestingMySql fresh = TestServers.start(3);
        ConnectorJServer server = TestServers.adapter(fresh)) {
      Reachable seen = reachable(server.observe());
      assertEquals(3, seen.identity().serverId());
      assertEquals(fresh.value("SELECT @@server_uuid"), seen.identity().uuid());
      assertEquals(fresh.value("SELECT VERSION()"), seen.identity().version());
      assertEquals(
          new ServerObservation.Settings(false, false, true, true, true, true), seen.settings());
      assertEquals(GtidSet.EMPTY, seen.executed());
      assertFalse(seen.hasUserData());
      assertEquals(Optional.empty(), seen.replication());
      assertEquals(5, seen.missingSetup().size(), seen.missingSetup().toString());

      fresh.sql("CREATE DATABASE shop", "CREATE TABLE shop.t (id INT PRIMARY KEY)");
      Reachable later = reachable(server.observe());
      assertTrue(later.hasUserData());
      assertEquals(2, later.executed().count());
      assertEquals(later.executed(), server.executed());
    }
  }

  @Test
  void seesReadOnly() throws Exception {
    mysql.sql("SET GLOBAL super_read_only = 1");
    try (ConnectorJServer server = TestServers.adapter(mysql)) {
      Reachable seen = reachable(server.observe());
      assertTrue(seen.settings().readOnly());
      assertTrue(seen.settings().superReadOnly());
    }
  }

  @Test
  void saysWhichPasswordToCheckAndNeverThePassword() {
    Account wrong = new Account(TestAccounts.MANAGER.user(), "not-the-password");
    try (ConnectorJServer server = TestServers.adapter(mysql, TestAccounts.withManager(wrong))) {
      Unreachable seen = unreachable(Cause.ACCESS_DENIED, server.observe());
      assertEquals(
          "s7 (%s) refuses user 'mm_manager': check credentials.manager.password, and whether the account requires TLS or a client certificate"
              .formatted(mysql.endpoint()),
          seen.detail());
      assertFalse(seen.isDown());
    }
  }

  @Test
  void anAccountWithoutPrivilegesIsRefusedUntilTheyAreGranted() throws Exception {
    try (TestingMySql own = TestServers.start(3)) {
      own.sql("CREATE USER weak@'%' IDENTIFIED BY 'w'");
      try (ConnectorJServer server =
          TestServers.adapter(own, TestAccounts.withManager(new Account("weak", "w")))) {
        unreachable(Cause.ACCESS_DENIED, server.observe());
        own.sql("GRANT ALL ON *.* TO weak@'%'");
        reachable(server.observe());
      }
    }
  }

  @Test
  void aRefusedConnectionIsDown() throws Exception {
    int free = TestingProgram.port();
    try (ConnectorJServer server = at(new Endpoint("127.0.0.1", free))) {
      Unreachable seen = unreachable(Cause.CONNECTION_FAILED, server.observe());
      assertTrue(seen.isDown());
      assertTrue(seen.detail().contains("127.0.0.1:" + free), seen.detail());
      assertThrows(NotAnswering.class, server::executed);
    }
  }

  @Test
  void aHostThatDoesNotResolveIsSaidSo() {
    try (ConnectorJServer server = at(new Endpoint("no-such-host.invalid", 3306))) {
      // A machine without any DNS may take its time to say so.
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> unreachable(Cause.UNKNOWN_HOST, server.observe()));
    }
  }

  @Test
  void aFrozenServerTimesOutInTimeWithoutAPileUpAndComesBack() throws Exception {
    try (ConnectorJServer server =
        TestServers.adapter(mysql, TestAccounts.ALL, SetupSpec.ALL, SHORT)) {
      reachable(server.observe());
      mysql.pause();
      try {
        for (int i = 0; i < 2; i++) {
          long began = System.nanoTime();
          unreachable(Cause.TIMED_OUT, server.observe());
          assertWithin(SHORT.observe(), began);
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
          long began = System.nanoTime();
          List<Callable<ServerObservation>> looks = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            looks.add(server::observe);
          }
          for (Future<ServerObservation> look : threads.invokeAll(looks)) {
            unreachable(Cause.TIMED_OUT, look.get());
          }
          assertWithin(SHORT.observe(), began);
        }
      } finally {
        mysql.resume();
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> reachable(server.observe()));
    }
  }

  @Test
  void aServerThatTricklesTimesOutInTime() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        ConnectorJServer server =
            new ConnectorJServer(
                new ServerId("s1"),
                new Endpoint("127.0.0.1", socket.getLocalPort()),
                TestAccounts.ALL,
                SHORT,
                SetupSpec.ALL)) {
      AtomicInteger connections = new AtomicInteger();
      Thread.ofVirtual().start(() -> trickle(socket, connections));
      long began = System.nanoTime();
      unreachable(Cause.TIMED_OUT, server.observe());
      assertWithin(SHORT.observe(), began);
      assertEquals(1, connections.get());
    }
  }

  /** Announces a long greeting and sends a byte of it now and then. */
  private static void trickle(ServerSocket socket, AtomicInteger connections) {
    try (Socket client = socket.accept()) {
      connections.incrementAndGet();
      client.getOutputStream().write(new byte[] {100, 0, 0, 0, 10});
      while (true) {
        client.getOutputStream().write('9');
        client.getOutputStream().flush();
        Thread.sleep(100);
      }
    } catch (Exception _) {
      // The client has gone, as it should.
    }
  }

  @Test
  void allConnectionsUsedIsNotDeadAndTheKeptConnectionGoesOn() throws Exception {
    mysql.sql("SET GLOBAL super_read_only = 0", "CREATE USER plain@'%' IDENTIFIED BY 'p'");
    List<Connection> taken = new ArrayList<>();
    try (ConnectorJServer kept = TestServers.adapter(mysql);
        ConnectorJServer late =
            TestServers.adapter(mysql, TestAccounts.withManager(new Account("plain", "p")))) {
      reachable(kept.observe());
      try {
        while (true) {
          taken.add(TestServers.connect(mysql, new Account("plain", "p")));
        }
      } catch (java.sql.SQLException e) {
        assertEquals(1040, Diagnosis.numberOf(e));
      }
      Unreachable seen = unreachable(Cause.TOO_MANY_CONNECTIONS, late.observe());
      assertFalse(seen.isDown());
      reachable(kept.observe());
    } finally {
      taken.forEach(Connections::close);
    }
  }

  @Test
  void oneThatGoesSilentAtAnyMomentTimesOutInTime() throws Exception {
    for (long bytes : new long[] {0, 20, 200, 3000, 4500}) {
      try (CuttingRelay relay =
              new CuttingRelay(mysql.endpoint(), bytes, CuttingRelay.After.SILENCE);
          ConnectorJServer server =
              new ConnectorJServer(
                  new ServerId("s1"), relay.endpoint(), TestAccounts.ALL, SHORT, SetupSpec.ALL)) {
        long began = System.nanoTime();
        Unreachable seen = unreachable(Cause.TIMED_OUT, server.observe());
        assertTrue(seen.isDown());
        assertWithin(SHORT.observe(), began);
      }
    }
  }

  @Test
  void whoRefusesUsIsAliveWhateverTheReason() throws Exception {
    try (TestingMySql own = TestServers.start(3)) {
      own.sql(
          "CREATE USER plain@'%' IDENTIFIED BY 'p'",
          "CREATE USER locked@'%' IDENTIFIED BY 'p' ACCOUNT LOCK",
          "CREATE USER expired@'%' IDENTIFIED BY 'p' PASSWORD EXPIRE",
          "CREATE USER certified@'%' IDENTIFIED BY 'p' REQUIRE X509",
          "CREATE USER encrypted@'%' IDENTIFIED BY 'p' REQUIRE SSL");
      refuses(own, "locked", MySqlTls.PREFERRED, Cause.ACCESS_DENIED, "ACCOUNT UNLOCK");
      refuses(own, "expired", MySqlTls.PREFERRED, Cause.ACCESS_DENIED, "expired");
      refuses(own, "certified", MySqlTls.PREFERRED, Cause.ACCESS_DENIED, "client certificate");
      refuses(own, "encrypted", MySqlTls.DISABLED, Cause.ACCESS_DENIED, "requires TLS");
      own.sql("SET GLOBAL require_secure_transport = ON");
      refuses(own, "plain", MySqlTls.DISABLED, Cause.TLS_FAILED, "set it to required");
    }
  }

  private static void refuses(
      TestingMySql mysql, String user, MySqlTls tls, Cause cause, String remedy) {
    try (ConnectorJServer server =
        new ConnectorJServer(
            new ServerId("s1"),
            mysql.endpoint(),
            Optional.empty(),
            TestAccounts.withManager(new Account(user, "p")),
            TestServers.TIMEOUTS,
            SetupSpec.ALL,
            WriteProbing.OFF,
            tls)) {
      Unreachable seen = unreachable(cause, server.observe());
      assertFalse(seen.isDown());
      assertTrue(seen.detail().contains(remedy), seen.detail());
    }
  }

  @Test
  void aConnectionThatWasKilledIsMadeAnewInTheSameLook() throws Exception {
    try (TestingMySql own = TestServers.start(3);
        ConnectorJServer server =
            TestServers.adapter(own, TestAccounts.ALL, SetupSpec.ALL, TestServers.PATIENT)) {
      reachable(server.observe());
      own.kill();
      Unreachable seen = unreachable(Cause.CONNECTION_FAILED, server.observe());
      assertTrue(seen.isDown());
      own.startAgain();
      reachable(server.observe());
      String id =
          own.value("SELECT MIN(id) FROM information_schema.processlist WHERE command = 'Sleep'");
      own.sql("KILL " + id);
      reachable(server.observe());
    }
  }

  @Test
  void namedChannelsAreUnsupportedNotManaged() throws Exception {
    try (TestingMySql own = TestServers.start(3);
        ConnectorJServer server = TestServers.adapter(own)) {
      own.sql(
          "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=1, SOURCE_AUTO_POSITION=1 FOR CHANNEL 'other'");
      Unreachable seen = unreachable(Cause.UNSUPPORTED, server.observe());
      assertTrue(seen.detail().contains("other"), seen.detail());
      assertFalse(seen.isDown());
    }
  }

  private static ConnectorJServer at(Endpoint endpoint) {
    return new ConnectorJServer(
        new ServerId("s1"), endpoint, TestAccounts.ALL, TestServers.TIMEOUTS, SetupSpec.ALL);
  }

  /** A deadline is met with what a busy machine takes to wake a thread. */
  private static void assertWithin(Duration limit, long began) {
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertTrue(took.compareTo(limit.plusMillis(500)) < 0, "took " + took);
  }

  static Reachable reachable(ServerObservation seen) {
    return assertInstanceOf(Reachable.class, seen, seen.toString());
  }

  private static Unreachable unreachable(Cause cause, ServerObservation seen) {
    Unreachable unreachable = assertInstanceOf(Unreachable.class, seen, seen.toString());
    assertEquals(cause, unreachable.cause(), unreachable.detail());
    return unreachable;
  }
}
