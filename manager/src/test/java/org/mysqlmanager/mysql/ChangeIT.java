package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.mysql.ObserveIT.reachable;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;

/** Changes to one server: opening, closing, fencing, and whose right it is. */
class ChangeIT {
  private static final Account CLIENT = new Account("client", "c");

  private TestingMySql mysql;
  private ConnectorJServer server;

  @BeforeEach
  void start() throws Exception {
    mysql = TestServers.start(1, "--super-read-only=ON");
    server = TestServers.adapter(mysql);
  }

  @AfterEach
  void stop() throws Exception {
    if (mysql != null) {
      server.close();
      mysql.close();
    }
  }

  @Test
  void opensAndCloses() throws Exception {
    assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(1)));
    assertEquals("00", readOnly());
    assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(1)));
    assertEquals(StepResult.DONE, server.closeForWrites(false, TestPermit.of(1)));
    assertEquals("10", readOnly());
    assertEquals(StepResult.DONE, server.closeForWrites(true, TestPermit.of(1)));
    assertEquals("11", readOnly());
    assertEquals(StepResult.DONE, server.closeForWrites(false, TestPermit.of(1)));
    assertEquals("10", readOnly());
  }

  @Test
  void changesNothingWithoutAPermit() throws Exception {
    assertEquals(new StepResult.Refused(), server.openForWrites(TestPermit.lasting(1, 0)));
    assertEquals("11", readOnly());
    assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(1)));
    // One question before anything, one before the first statement, none before the second.
    assertEquals(new StepResult.Refused(), server.closeForWrites(true, TestPermit.lasting(1, 2)));
    assertEquals("10", readOnly());
    assertEquals(new StepResult.Refused(), server.setUp(SetupSpec.ALL, TestPermit.lasting(1, 2)));
  }

  @Test
  void aStatementThatAFrozenServerExecutesLateDoesNotOpenIt() throws Exception {
    var timeouts =
        new MySqlTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2));
    try (ConnectorJServer hasty =
        TestServers.adapter(mysql, TestAccounts.ALL, SetupSpec.ALL, timeouts)) {
      // Freezes the server just before the statement is sent.
      AtomicInteger questions = new AtomicInteger();
      Permit freezing =
          new Permit() {
            @Override
            public Epoch epoch() {
              return new Epoch(1);
            }

            @Override
            public boolean isValid() {
              if (questions.incrementAndGet() == 2) {
                try {
                  mysql.pause();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }
              return true;
            }
          };
      try {
        assertInstanceOf(StepResult.Unknown.class, hasty.openForWrites(freezing));
      } finally {
        mysql.resume();
      }
      mysql.awaitAnswer();
      Awaitility.await()
          .during(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(10))
          .until(() -> readOnly().equals("11"));
    }
  }

  @Test
  void fencingEndsAWritingClientAndAnOpenTransactionAndSparesTheManager() throws Exception {
    openWithTable();
    try (Connection writing = TestServers.connect(mysql, CLIENT);
        Connection open = TestServers.connect(mysql, CLIENT);
        Connection locking = TestServers.connect(mysql, CLIENT);
        Connection ours = TestServers.connect(mysql, TestAccounts.MANAGER)) {
      open.setAutoCommit(false);
      Statements.execute(open, "INSERT INTO shop.t VALUES (-1)");
      // This alone would keep SET GLOBAL super_read_only waiting for ever.
      Statements.execute(locking, "LOCK TABLES shop.locked WRITE");
      AtomicInteger written = new AtomicInteger();
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (true) {
                    Statements.execute(
                        writing, "INSERT INTO shop.t VALUES (" + written.get() + ")");
                    written.incrementAndGet();
                  }
                } catch (SQLException _) {
                  // Fenced.
                }
              });
      Awaitility.await().until(() -> written.get() > 10);

      assertEquals(StepResult.DONE, server.fence(TestPermit.of(1)));

      assertEquals("11", readOnly());
      assertEquals("0", mysql.value("SELECT COUNT(*) FROM shop.t WHERE id = -1"));
      assertThrows(SQLException.class, () -> Statements.execute(open, "COMMIT"));
      writer.join(Duration.ofSeconds(10));
      assertFalse(writer.isAlive());
      String last = mysql.value("SELECT COUNT(*) FROM shop.t");
      try (Connection again = TestServers.connect(mysql, CLIENT)) {
        assertThrows(
            SQLException.class, () -> Statements.execute(again, "INSERT INTO shop.t VALUES (-2)"));
      }
      assertEquals(last, mysql.value("SELECT COUNT(*) FROM shop.t"));
      assertEquals("1", Statements.value(ours, "SELECT 1"));
      assertEquals(StepResult.DONE, server.fence(TestPermit.of(1)));
    }
  }

  @Test
  void aClientThatDoesNotComeToItsEndIsNotWaitedFor() throws Exception {
    stop();
    // There a session that was killed is shown with what it does, until it is gone.
    mysql = TestServers.start(1, "--performance-schema-show-processlist=ON", "--secure-file-priv=");
    server = TestServers.adapter(mysql);
    openWithTable();
    mysql.sql("GRANT FILE ON *.* TO client@'%'");
    Path pipe = Path.of(mysql.value("SELECT @@datadir"), "pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", "-m", "666", pipe.toString()).start().waitFor());
    String there =
        "SELECT COUNT(*) FROM performance_schema.processlist WHERE USER = 'client' AND INFO LIKE '%LOAD_FILE%'";
    // The server waits for somebody to open the other end, and no KILL gets it out of there.
    Thread client = Thread.ofVirtual().start(() -> read(pipe));
    try {
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> mysql.value(there).equals("1"));

      assertEquals(StepResult.DONE, server.fence(TestPermit.of(1)));

      assertEquals("11", readOnly());
      assertEquals("1", mysql.value(there), "it is still there");
    } finally {
      new RandomAccessFile(pipe.toFile(), "rw").close();
    }
    client.join();
  }

  private void read(Path pipe) {
    try (Connection client = TestServers.connect(mysql, CLIENT)) {
      Statements.value(client, "SELECT LOAD_FILE(?)", pipe.toString());
    } catch (SQLException _) {
      // Fenced.
    }
  }

  @Test
  void anotherServerThanTheOneThatWasLookedAtIsNotChanged() throws Exception {
    assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(1)));
    reachable(server.observe());
    Path identity = Path.of(mysql.value("SELECT @@datadir"), "auto.cnf");
    mysql.kill();
    Files.delete(identity);
    mysql.startAgain();
    assertEquals("11", readOnly());

    var failed = assertInstanceOf(StepResult.Failed.class, server.openForWrites(TestPermit.of(1)));

    assertTrue(failed.reason().contains("server_uuid"), failed.reason());
    assertEquals("11", readOnly());
    reachable(server.observe());
    assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(1)));
    assertEquals("00", readOnly());
  }

  @Test
  void anAdministratorsSessionOutlivesTheFenceAndCannotWrite() throws Exception {
    openWithTable();
    try (Connection administrator = mysql.connect();
        Connection client = TestServers.connect(mysql, CLIENT)) {
      assertEquals(StepResult.DONE, server.fence(TestPermit.of(1)));
      assertThrows(
          SQLException.class,
          () -> Statements.execute(administrator, "INSERT INTO shop.t VALUES (1)"));
      assertEquals("1", Statements.value(administrator, "SELECT 1"));
      assertThrows(SQLException.class, () -> Statements.value(client, "SELECT 1"));
    }
  }

  @Test
  void anAdministratorsLockThatKeepsAServerOpenIsNamed() throws Exception {
    openWithTable();
    var timeouts =
        new MySqlTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(4));
    try (Connection administrator = mysql.connect();
        Connection client = TestServers.connect(mysql, CLIENT);
        ConnectorJServer hasty =
            TestServers.adapter(mysql, TestAccounts.ALL, SetupSpec.ALL, timeouts)) {
      Statements.execute(administrator, "LOCK TABLES shop.locked WRITE");
      var failed = assertInstanceOf(StepResult.Failed.class, hasty.fence(TestPermit.of(1)));
      assertTrue(failed.reason().contains("SYSTEM_USER"), failed.reason());
      assertThrows(SQLException.class, () -> Statements.value(client, "SELECT 1"));
      mysql.sql("GRANT SYSTEM_USER ON *.* TO mm_manager@'%'");
    }
    try (ConnectorJServer mighty = TestServers.adapter(mysql)) {
      assertEquals(StepResult.DONE, mighty.fence(TestPermit.of(1)));
    }
  }

  @Test
  void aNewLeaderEndsTheSessionsOfItsPredecessorAndRefusesUnderItsSuccessor() throws Exception {
    assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(5)));
    long deposed = epochSession("5");
    try (ConnectorJServer successor = TestServers.adapter(mysql)) {
      assertEquals(StepResult.DONE, successor.closeForWrites(true, TestPermit.of(6)));
      assertEquals(
          "0",
          mysql.value("SELECT COUNT(*) FROM information_schema.processlist WHERE id = " + deposed));
      assertEquals(new StepResult.Refused(), server.openForWrites(TestPermit.of(5)));
      assertEquals("11", readOnly());
      assertEquals(
          "6",
          mysql.value(
              "SELECT GROUP_CONCAT(ATTR_VALUE) FROM performance_schema.session_connect_attrs WHERE ATTR_NAME = 'mysql_manager_epoch'"));
      // Elected again, it may.
      assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(7)));
      assertEquals(new StepResult.Refused(), successor.openForWrites(TestPermit.of(6)));
      assertEquals(new StepResult.Refused(), server.openForWrites(TestPermit.of(6)));
    }
  }

  @Test
  void aCommandThatIsBlockedEndsInTimeAndTakesNoEffectLater() throws Exception {
    openWithTable();
    try (Connection locking = TestServers.connect(mysql, CLIENT)) {
      Statements.execute(locking, "LOCK TABLES shop.locked WRITE");
      var timeouts =
          new MySqlTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2));
      try (ConnectorJServer hasty =
          TestServers.adapter(mysql, TestAccounts.ALL, SetupSpec.ALL, timeouts)) {
        long began = System.nanoTime();
        StepResult result = hasty.closeForWrites(true, TestPermit.of(1));
        assertFalse(result instanceof StepResult.Done, result.toString());
        assertTrue(System.nanoTime() - began < Duration.ofMillis(2500).toNanos());
      }
      Statements.execute(locking, "UNLOCK TABLES");
      assertEquals("00", readOnly());
    }
  }

  @Test
  void seesTheFirstCommitAndOnlyThat() throws Exception {
    openWithTable();
    GtidSet after = server.executed();
    assertInstanceOf(
        StepResult.Failed.class, server.awaitCommitBeyond(after, Duration.ofMillis(300)));
    Thread commit =
        Thread.ofVirtual()
            .start(() -> {
              try {
                mysql.sql("INSERT INTO shop.t VALUES (77)");
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    assertEquals(StepResult.DONE, server.awaitCommitBeyond(after, Duration.ofSeconds(20)));
    commit.join();
    assertEquals(StepResult.DONE, server.awaitCommitBeyond(after, Duration.ofMillis(1)));
    assertEquals(StepResult.DONE, server.awaitCommitBeyond(GtidSet.EMPTY, Duration.ofMillis(1)));
  }

  private void openWithTable() throws SQLException {
    assertEquals(StepResult.DONE, server.openForWrites(TestPermit.of(1)));
    mysql.sql(
        "CREATE DATABASE shop",
        "CREATE TABLE shop.t (id INT PRIMARY KEY)",
        "CREATE TABLE shop.locked (id INT PRIMARY KEY)",
        "CREATE USER client@'%' IDENTIFIED BY 'c'",
        "GRANT ALL ON shop.* TO client@'%'");
  }

  private String readOnly() throws SQLException {
    return mysql.value("SELECT CONCAT(@@global.read_only, @@global.super_read_only)");
  }

  private long epochSession(String epoch) throws SQLException {
    return Long.parseLong(
        mysql.value(
            "SELECT PROCESSLIST_ID FROM performance_schema.session_connect_attrs WHERE ATTR_NAME = 'mysql_manager_epoch' AND ATTR_VALUE = '"
                + epoch
                + "'"));
  }
}
