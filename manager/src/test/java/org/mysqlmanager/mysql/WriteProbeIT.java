package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.mysql.ObserveIT.reachable;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.observe.WriteProbe;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;

/** Whether a server that answers can also write. */
class WriteProbeIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String PROBES =
      "SELECT COUNT(*) FROM performance_schema.session_connect_attrs WHERE ATTR_NAME = '%s'"
          .formatted(ControlSession.PROBE_ATTRIBUTE);

  private TestingMySql mysql;
  private ConnectorJServer server;

  @BeforeEach
  void start() throws Exception {
    mysql = TestServers.start(1);
    server = TestServers.patient(mysql);
  }

  @AfterEach
  void stop() {
    if (mysql != null) {
      server.close();
      mysql.close();
    }
  }

  @Test
  void commitsOneRowOfItsOwnOverOneConnectionAndMakesTheTableForIt() throws Exception {
    written(TestPermit.of(7));
    assertEquals("1", mysql.value("SELECT server_id FROM mysql_manager.heartbeat"));
    assertEquals("7", mysql.value("SELECT epoch FROM mysql_manager.heartbeat"));
    String first = mysql.value("SELECT written_at FROM mysql_manager.heartbeat");
    GtidSet before = mysql.executed();
    written(TestPermit.of(7));
    assertEquals(before.count() + 1, mysql.executed().count());
    assertTrue(mysql.value("SELECT written_at FROM mysql_manager.heartbeat").compareTo(first) > 0);
    assertEquals("1", mysql.value("SELECT COUNT(*) FROM mysql_manager.heartbeat"));
    assertEquals("1", mysql.value(PROBES));
    assertFalse(reachable(server.observe()).hasUserData());
  }

  @Test
  void writesNothingWithoutAPermitOrOnAReadOnlyServer() throws Exception {
    written(TestPermit.of(1));
    GtidSet before = mysql.executed();
    notTried("permit", TestPermit.lasting(1, 0));
    notTried("permit", TestPermit.lasting(1, 1));
    // The manager's account may write where read_only alone is set.
    mysql.sql("SET GLOBAL read_only = 1");
    notTried("read-only", TestPermit.of(1));
    mysql.sql("SET GLOBAL super_read_only = 1");
    notTried("read-only", TestPermit.of(1));
    assertEquals(before, mysql.executed());
    mysql.sql("SET GLOBAL super_read_only = 0, GLOBAL read_only = 0");
    written(TestPermit.of(1));
  }

  @Test
  void whatMakesAllTransactionsReadOnlyIsNoBrokenDisk() throws Exception {
    written(TestPermit.of(1));
    mysql.sql("SET GLOBAL transaction_read_only = 1");
    try (ConnectorJServer later = TestServers.patient(mysql)) {
      WriteProbe.NotTried seen =
          assertInstanceOf(WriteProbe.NotTried.class, later.probeWrite(TestPermit.of(1)));
      assertTrue(seen.reason().contains("1792"), seen.reason());
    } finally {
      mysql.sql("SET GLOBAL transaction_read_only = 0");
    }
  }

  @Test
  void aServerThatBecomesReadOnlyAtTheLastMomentIsNotWrittenTo() throws Exception {
    written(TestPermit.of(1));
    GtidSet before = mysql.executed();
    notTried("read-only", atQuestion(2, () -> mysql.sql("SET GLOBAL read_only = 1")));
    assertEquals(before, mysql.executed());
  }

  @Test
  void aStatementThatAFrozenServerExecutesLateWritesNothing() throws Exception {
    written(TestPermit.of(1));
    GtidSet before = mysql.executed();
    try {
      assertInstanceOf(
          WriteProbe.Failed.class, server.probeWrite(atQuestion(2, () -> mysql.pause())));
      assertTrue(
          server.observe() instanceof org.mysqlmanager.observe.ServerObservation.Unreachable);
    } finally {
      mysql.resume();
    }
    mysql.awaitAnswer();
    Awaitility.await()
        .atMost(LONG)
        .until(() -> server.probeWrite(TestPermit.of(1)) instanceof WriteProbe.Written);
    assertEquals(before.count() + 1, mysql.executed().count());
  }

  @Test
  void whatIsNotTheStoragesFaultIsNoFailure() throws Exception {
    mysql.sql(
        "CREATE USER weak@'%' IDENTIFIED BY 'w'",
        "GRANT SELECT ON *.* TO weak@'%'",
        "CREATE DATABASE mysql_manager",
        "CREATE TABLE mysql_manager.heartbeat (something_else INT PRIMARY KEY)");
    try (ConnectorJServer weak =
        TestServers.adapter(mysql, TestAccounts.withManager(new Account("weak", "w")))) {
      WriteProbe.NotTried seen =
          assertInstanceOf(WriteProbe.NotTried.class, weak.probeWrite(TestPermit.of(1)));
      assertTrue(seen.reason().contains("privilege"), seen.reason());
    }
    notTried("1054", TestPermit.of(1));
    mysql.kill();
    notTried("cannot be connected to", TestPermit.of(1));
  }

  @Test
  void aLockedServerFailsUntilItIsUnlockedAndIsLookedAtMeanwhile() throws Exception {
    written(TestPermit.of(1));
    try (Connection backup = mysql.connect()) {
      Statements.execute(backup, "FLUSH TABLES WITH READ LOCK");
      WriteProbe.Failed seen =
          assertInstanceOf(WriteProbe.Failed.class, server.probeWrite(TestPermit.of(1)));
      assertTrue(seen.reason().contains("1205"), seen.reason());
      reachable(server.observe());
      Statements.execute(backup, "UNLOCK TABLES");
    }
    written(TestPermit.of(1));
  }

  @Test
  void aTableThatIsFullIsAFailure() throws Exception {
    written(TestPermit.of(1));
    // Stands in for a data disk that is full: the same error by the same path to the client.
    mysql.sql(
        "CREATE TRIGGER mysql_manager.full BEFORE UPDATE ON mysql_manager.heartbeat FOR EACH ROW "
            + "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'");
    WriteProbe.Failed seen =
        assertInstanceOf(WriteProbe.Failed.class, server.probeWrite(TestPermit.of(1)));
    assertTrue(seen.reason().contains("1114"), seen.reason());
    mysql.sql("DROP TRIGGER mysql_manager.full");
    written(TestPermit.of(1));
  }

  @Test
  void manyAtOnceAreOneWrite() throws Exception {
    written(TestPermit.of(1));
    try (Connection holder = mysql.connect();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Statements.execute(holder, "FLUSH TABLES WITH READ LOCK");
      List<Callable<WriteProbe>> probes = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        probes.add(() -> server.probeWrite(TestPermit.of(1)));
      }
      for (Future<WriteProbe> probe : threads.invokeAll(probes)) {
        assertInstanceOf(WriteProbe.Failed.class, probe.get());
      }
      assertEquals("1", mysql.value("SELECT GREATEST(1, (" + PROBES + "))"));
    }
    written(TestPermit.of(1));
    assertEquals("1", mysql.value(PROBES));
  }

  @Test
  void aNewLeaderEndsTheSessionOfTheOldOne() throws Exception {
    written(TestPermit.of(1));
    String old = probeSession();
    try (ConnectorJServer successor = TestServers.patient(mysql)) {
      assertEquals(new WriteProbe.Written(), successor.probeWrite(TestPermit.of(2)));
      Awaitility.await().atMost(LONG).until(() -> !probeSession().equals(old));
      GtidSet before = mysql.executed();
      notTried("permit", TestPermit.of(1));
      assertEquals(before, mysql.executed());
    }
  }

  @Test
  void leavesNoSessionBehind() throws Exception {
    written(TestPermit.of(1));
    server.close();
    Awaitility.await().atMost(LONG).until(() -> mysql.value(PROBES).equals("0"));
    notTried("no longer used", TestPermit.of(1));
  }

  @Test
  void superReadOnlyIsSeenOnlyWhenItIsInForce() throws Exception {
    mysql.sql("CREATE DATABASE shop", "CREATE TABLE shop.t (id INT PRIMARY KEY)");
    try (Connection client = mysql.connect();
        Connection closing = mysql.connect()) {
      Statements.execute(client, "LOCK TABLES shop.t WRITE");
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  Statements.execute(closing, "SET GLOBAL super_read_only = 1");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      Awaitility.await()
          .atMost(LONG)
          .until(() -> mysql.value("SELECT @@GLOBAL.super_read_only").equals("1"));
      assertFalse(reachable(server.observe()).settings().superReadOnly());
      Statements.execute(client, "INSERT INTO shop.t VALUES (1)");
      Statements.execute(client, "UNLOCK TABLES");
      waiting.join(LONG);
      assertTrue(reachable(server.observe()).settings().superReadOnly());
      assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(1)));
    }
  }

  private String probeSession() throws SQLException {
    return mysql.value(PROBES.replace("COUNT(*)", "PROCESSLIST_ID"));
  }

  private void written(Permit permit) {
    assertEquals(new WriteProbe.Written(), server.probeWrite(permit));
  }

  private void notTried(String why, Permit permit) {
    WriteProbe.NotTried seen =
        assertInstanceOf(WriteProbe.NotTried.class, server.probeWrite(permit));
    assertTrue(seen.reason().contains(why), seen.reason());
  }

  private interface Happening {
    void happen() throws Exception;
  }

  /** A valid permit; when it is asked for that time, something happens before the answer. */
  private static Permit atQuestion(int question, Happening happening) {
    AtomicInteger questions = new AtomicInteger();
    return new Permit() {
      @Override
      public Epoch epoch() {
        return new Epoch(1);
      }

      @Override
      public boolean isValid() {
        if (questions.incrementAndGet() == question) {
          try {
            happening.happen();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        }
        return true;
      }
    };
  }
}
