package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.mysql.ObserveIT.reachable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;

/** A source and a replica. */
class ReplicationIT {
  private static final Permit PERMIT = TestPermit.of(1);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;
  private TestingMySql s1;
  private TestingMySql s2;
  private ConnectorJServer source;
  private ConnectorJServer replica;

  @BeforeEach
  void start() throws Exception {
    s1 = TestingMySql.launch(1);
    s2 = TestingMySql.launch(2, "--super-read-only=ON");
    for (TestingMySql server : List.of(s1, s2)) {
      server.awaitAnswer();
      TestServers.letManagerIn(server);
    }
    source = TestServers.adapter(s1);
    replica = TestServers.adapter(s2);
    assertEquals(StepResult.DONE, source.setUp(SetupSpec.ALL, PERMIT));
  }

  @AfterEach
  void stop() throws Exception {
    if (s1 != null) {
      source.close();
      s1.close();
    }
    if (s2 != null) {
      replica.close();
      s2.close();
    }
  }

  @Test
  void followsWithAPasswordFullOfSpecialCharacters() throws Exception {
    follow();
    Replication seen = replication();
    assertEquals(s1.endpoint(), seen.source());
    assertEquals(s1.value("SELECT @@server_uuid"), seen.sourceUuid());
    assertTrue(seen.autoPosition());
    assertEquals("", seen.receiverError());
    assertEquals("", seen.applierError());
    awaitCaughtUp();
    Awaitility.await()
        .atMost(LONG)
        .until(() -> replication().lag().equals(Optional.of(Duration.ZERO)));
    assertEquals(Set.of(), reachable(replica.observe()).missingSetup());
    assertEquals("4", s2.value("SELECT @@global.replica_net_timeout"));
    assertEquals(
        "1",
        s2.value(
            "SELECT HEARTBEAT_INTERVAL = 1 FROM performance_schema.replication_connection_configuration"));

    // Again is nothing: the receiver's thread is the same.
    String thread = receiverThread();
    assertEquals(StepResult.DONE, replica.follow(s1.endpoint(), PERMIT));
    assertEquals(thread, receiverThread());
    assertEquals(StepResult.DONE, replica.restartReplication(PERMIT));
    Awaitility.await().atMost(LONG).until(() -> replication().isRunning());
  }

  @Test
  void aSourceThatIsAwayIsConnectingWithUnknownLag() throws Exception {
    follow();
    s1.kill();
    Awaitility.await()
        .atMost(LONG)
        .untilAsserted(() -> assertEquals(Receiver.CONNECTING, replication().receiver()));
    Replication seen = replication();
    assertEquals(Optional.empty(), seen.lag());
    assertTrue(seen.applierRunning());
    assertFalse(seen.receiverError().isEmpty());
    assertFalse(
        seen.receiverError().contains(TestAccounts.REPLICATION.password()), seen.receiverError());
    s1.startAgain();
    Awaitility.await().atMost(LONG).until(() -> replication().isRunning());
  }

  @Test
  void followsAgainWithANewPassword() throws Exception {
    Account old = new Account(TestAccounts.REPLICATION.user(), "old");
    MySqlAccounts wrong =
        new MySqlAccounts(
            TestAccounts.MANAGER, old, TestAccounts.MONITOR, TestAccounts.APPLICATION);
    try (ConnectorJServer mistaken = TestServers.adapter(s2, wrong)) {
      assertEquals(StepResult.DONE, mistaken.follow(s1.endpoint(), PERMIT));
    }
    Awaitility.await()
        .atMost(LONG)
        .until(() -> replication().receiverError().contains("Access denied"));
    follow();
  }

  @Test
  void appliesWhatWasReceivedWithAStoppedApplierAndThenPromotes() throws Exception {
    follow();
    awaitCaughtUp();
    s2.sql("STOP REPLICA SQL_THREAD");
    write();
    GtidSet required = source.executed();
    Awaitility.await().atMost(LONG).until(() -> received().contains(required));
    assertFalse(replica.executed().contains(required));
    assertEquals(Optional.empty(), replication().lag());

    assertEquals(StepResult.DONE, replica.stopReceiver(PERMIT));
    assertEquals(StepResult.DONE, replica.stopReceiver(PERMIT));
    assertEquals(Receiver.STOPPED, replication().receiver());
    assertInstanceOf(StepResult.Failed.class, replica.promote(required, PERMIT));
    assertTrue(reachable(replica.observe()).replication().isPresent());
    assertTrue(reachable(replica.observe()).settings().superReadOnly());

    assertEquals(StepResult.DONE, replica.awaitApplied(required, LONG, PERMIT));
    assertTrue(replica.executed().contains(required));
    assertEquals(StepResult.DONE, replica.promote(required, PERMIT));
    Reachable promoted = reachable(replica.observe());
    assertEquals(Optional.empty(), promoted.replication());
    assertFalse(promoted.settings().readOnly());
    assertEquals(required, promoted.executed(), "promotion writes no transaction of its own");
    assertEquals(Set.of(), promoted.missingSetup(), "the event runs here now");
    assertEquals(StepResult.DONE, replica.promote(required, PERMIT));

    // The old source follows, by auto-position.
    assertEquals(StepResult.DONE, source.closeForWrites(true, PERMIT));
    assertEquals(StepResult.DONE, source.follow(s2.endpoint(), PERMIT));
    s2.sql("INSERT INTO app.t VALUES (100)");
    GtidSet all = replica.executed();
    Awaitility.await().atMost(LONG).until(() -> source.executed().contains(all));
  }

  @Test
  void promotionStopsWhereThePermitEnds() throws Exception {
    follow();
    awaitCaughtUp();
    GtidSet required = source.executed();
    for (int questions = 1; questions < 4; questions++) {
      assertEquals(
          new StepResult.Refused(), replica.promote(required, TestPermit.lasting(1, questions)));
      assertTrue(reachable(replica.observe()).settings().superReadOnly());
    }
    assertEquals(StepResult.DONE, replica.promote(required, PERMIT));
    assertFalse(reachable(replica.observe()).settings().readOnly());
  }

  @Test
  void aDelayedApplierIsWaitedForNoLongerThanAllowed() throws Exception {
    follow();
    awaitCaughtUp();
    delay(3600);
    write();
    GtidSet required = source.executed();
    Awaitility.await().atMost(LONG).until(() -> received().contains(required));
    replica.stopReceiver(PERMIT);
    long began = System.nanoTime();
    var failed =
        assertInstanceOf(
            StepResult.Failed.class,
            replica.awaitApplied(required, Duration.ofMillis(800), PERMIT));
    assertTrue(System.nanoTime() - began < Duration.ofSeconds(3).toNanos());
    assertTrue(failed.reason().contains("SOURCE_DELAY is 3600 s"), failed.reason());
    assertTrue(received().contains(required), "what was received is kept");
  }

  @Test
  void aShortDelayIsWaitedFor() throws Exception {
    follow();
    awaitCaughtUp();
    delay(2);
    write();
    GtidSet required = source.executed();
    Awaitility.await().atMost(LONG).until(() -> received().contains(required));
    assertEquals(StepResult.DONE, replica.awaitApplied(required, LONG, PERMIT));
    assertTrue(replica.executed().contains(required));
  }

  @Test
  void anApplierThatBreaksEndsTheWaitWithItsError() throws Exception {
    follow();
    awaitCaughtUp();
    s2.sql("SET GLOBAL super_read_only=0", "SET GLOBAL read_only=0");
    s2.sql("CREATE TABLE app.t (id INT PRIMARY KEY)");
    write();
    Awaitility.await().atMost(LONG).until(() -> !replication().applierRunning());
    assertTrue(replication().applierError().contains("'t'"), replication().applierError());
    long began = System.nanoTime();
    var failed =
        assertInstanceOf(
            StepResult.Failed.class, replica.awaitApplied(source.executed(), LONG, PERMIT));
    assertTrue(failed.reason().contains("the applier stopped"), failed.reason());
    assertTrue(System.nanoTime() - began < Duration.ofSeconds(20).toNanos());
  }

  @Test
  void clonesRestartsAndFollows() throws Exception {
    TestingMySql.assumeClonePlugin();
    write();
    // Data of its own, which is what a clone is for; and no plugin yet on either side.
    s2.sql("SET GLOBAL super_read_only=0", "SET GLOBAL read_only=0", "CREATE DATABASE stray");
    s2.sql("SET GLOBAL super_read_only=1");
    assertFalse(reachable(replica.observe()).lastClone().available());
    GtidSet required = source.executed();

    assertEquals(StepResult.DONE, replica.cloneFrom(s1.endpoint(), PERMIT));

    s2.awaitAnswer();
    Awaitility.await()
        .atMost(LONG)
        .ignoreExceptions()
        .untilAsserted(() ->
            assertEquals(CloneState.COMPLETED, reachable(replica.observe()).lastClone().state()));
    Reachable cloned = reachable(replica.observe());
    assertTrue(cloned.lastClone().available());
    assertEquals("", cloned.lastClone().error());
    assertFalse(cloned.lastClone().began().isEmpty());
    assertEquals(required, cloned.executed());
    assertTrue(cloned.hasUserData());
    assertEquals(StepResult.DONE, replica.follow(s1.endpoint(), PERMIT));
    s1.sql("INSERT INTO app.t VALUES (100)");
    awaitCaughtUp();
    assertEquals(
        "0",
        s2.value("SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = 'stray'"));
  }

  @Test
  void aCloneThatCannotWorkSaysWhyAndTouchesNothing() throws Exception {
    TestingMySql.assumeClonePlugin();
    s1.sql("SET GLOBAL max_allowed_packet = 1048576");
    var small = assertInstanceOf(StepResult.Failed.class, replica.cloneFrom(s1.endpoint(), PERMIT));
    assertTrue(small.reason().contains("max_allowed_packet"), small.reason());
    s1.sql("SET GLOBAL max_allowed_packet = 67108864");
    s1.sql("ALTER USER 'mm_repl''ication'@'%' IDENTIFIED BY 'another'");
    var refused =
        assertInstanceOf(StepResult.Failed.class, replica.cloneFrom(s1.endpoint(), PERMIT));
    assertFalse(refused.reason().contains(TestAccounts.REPLICATION.password()), refused.reason());
    Reachable untouched = reachable(replica.observe());
    assertEquals(GtidSet.EMPTY, untouched.executed());
    assertTrue(untouched.settings().superReadOnly());
    s1.kill();
    var away = assertInstanceOf(StepResult.Failed.class, replica.cloneFrom(s1.endpoint(), PERMIT));
    assertTrue(away.reason().startsWith("donor"), away.reason());
  }

  @Test
  void aSlowCloneShowsItsProgressAndGoesOnWhenNobodyWaits() throws Exception {
    TestingMySql.assumeClonePlugin();
    s1.sql(
        "CREATE TABLE app.big (id INT PRIMARY KEY AUTO_INCREMENT, b LONGBLOB)",
        "INSERT INTO app.big (b) VALUES (REPEAT('x', 4000000))",
        "INSERT INTO app.big (b) SELECT b FROM app.big",
        "INSERT INTO app.big (b) SELECT b FROM app.big",
        "INSTALL PLUGIN clone SONAME 'mysql_clone.so'");
    s2.sql(
        "SET GLOBAL super_read_only=0",
        "INSTALL PLUGIN clone SONAME 'mysql_clone.so'",
        "SET GLOBAL clone_max_data_bandwidth=4, clone_autotune_concurrency=0, clone_max_concurrency=1",
        "SET GLOBAL super_read_only=1");
    AtomicReference<StepResult> result = new AtomicReference<>();
    Thread cloning =
        Thread.ofVirtual().start(() -> result.set(replica.cloneFrom(s1.endpoint(), PERMIT)));
    Awaitility.await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(50))
        .until(() ->
            replica.observe() instanceof Reachable seen
                && seen.lastClone().state() == CloneState.IN_PROGRESS
                && seen.lastClone().percent().orElse(0) > 0);
    cloning.interrupt();
    cloning.join(Duration.ofSeconds(10));
    assertInstanceOf(StepResult.Unknown.class, result.get());
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .until(() ->
            replica.observe() instanceof Reachable seen
                && seen.lastClone().state() == CloneState.COMPLETED);
    assertEquals("4", s2.value("SELECT COUNT(*) FROM app.big"));
  }

  @Test
  void aServerWithoutTheClonePluginSaysSo() throws Exception {
    Path noPlugins = Files.createDirectory(folder.resolve("plugins"));
    try (TestingMySql bare =
            TestServers.start(3, "--super-read-only=ON", "--plugin-dir=" + noPlugins);
        ConnectorJServer server = TestServers.adapter(bare)) {
      assertFalse(reachable(server.observe()).lastClone().available());
      var failed =
          assertInstanceOf(StepResult.Failed.class, server.cloneFrom(s1.endpoint(), PERMIT));
      assertTrue(failed.reason().contains("no clone plugin"), failed.reason());
      assertTrue(reachable(server.observe()).settings().superReadOnly());
    }
  }

  private void follow() {
    assertEquals(StepResult.DONE, replica.follow(s1.endpoint(), PERMIT));
    Awaitility.await()
        .atMost(LONG)
        .untilAsserted(() -> assertTrue(replication().isRunning(), replication().toString()));
  }

  private void awaitCaughtUp() throws Exception {
    GtidSet executed = source.executed();
    Awaitility.await().atMost(LONG).until(() -> replica.executed().contains(executed));
  }

  private void write() throws Exception {
    s1.sql("CREATE TABLE app.t (id INT PRIMARY KEY)", "INSERT INTO app.t VALUES (1), (2)");
  }

  private void delay(int seconds) throws Exception {
    s2.sql(
        "STOP REPLICA SQL_THREAD",
        "CHANGE REPLICATION SOURCE TO SOURCE_DELAY = " + seconds,
        "START REPLICA SQL_THREAD");
  }

  private Replication replication() {
    return reachable(replica.observe()).replication().orElseThrow();
  }

  private GtidSet received() {
    return reachable(replica.observe()).received();
  }

  private String receiverThread() throws Exception {
    return s2.value("SELECT THREAD_ID FROM performance_schema.replication_connection_status");
  }
}
