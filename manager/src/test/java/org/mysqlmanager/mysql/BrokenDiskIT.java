package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.mysql.ObserveIT.reachable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.observe.WriteProbe;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;

/**
 * Disks that are full or broken, under a server that runs.
 *
 * <p>What MySQL 9.7.4 does. Binary log full: the commit waits ("waiting for handler commit"; error
 * log: MY-000035 "Disk is full writing … Waiting for someone to free space... Retry in 60 secs"),
 * so do all that come after it; SELECT, SHOW REPLICA STATUS and {@code @@gtid_executed} answer;
 * SHOW BINARY LOG STATUS hangs; SET GLOBAL super_read_only waits too, though the variable reads 1
 * at once; KILL of the waiting session makes mysqld abort (error 1598, signal 6); with room again
 * it goes on at its next try, up to 60 s later, and what waited is committed. mysqld that is
 * started on a full disk waits likewise and listens to nobody. Data full while the binary log has
 * room: 1114 for tables that must grow, 3675 for new ones; rows that fit are written. File system
 * of the binary log read-only: 1598 at the next commit, then mysqld aborts. File system of the data
 * read-only: InnoDB's redo log fails, and mysqld aborts at once.
 */
class BrokenDiskIT {
  /** MySQL looks for room once a minute. */
  private static final Duration NEXT_TRY = Duration.ofSeconds(100);

  private static final String PROBES =
      "SELECT COUNT(*) FROM performance_schema.session_connect_attrs WHERE ATTR_NAME = '%s'"
          .formatted(ControlSession.PROBE_ATTRIBUTE);

  /** What a file in memory grows by. */
  private static final int PAGE = 4096;

  private static final Permit PERMIT = TestPermit.of(1);

  @TempDir Path folder;
  private SmallDisk disk;
  private TestingMySql mysql;
  private ConnectorJServer server;

  private void start(SmallDisk of) throws Exception {
    disk = of;
    mysql = TestServers.start(1, "--log-bin=" + disk.root().resolve("binlog"));
    server = TestServers.patient(mysql);
    assertEquals(new WriteProbe.Written(), server.probeWrite(PERMIT));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
    if (mysql != null) {
      mysql.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void aFullDiskUnderTheBinaryLogIsFoundHarmsNothingAndIsOverWhenThereIsRoom() throws Exception {
    start(SmallDisk.inMemory(folder.resolve("disk"), 4));
    WriteProbe.Failed first = fillUntilItFails();
    assertTrue(first.reason().contains("has not ended"), first.reason());

    reachable(server.observe());
    long began = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      assertInstanceOf(WriteProbe.Failed.class, server.probeWrite(PERMIT));
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertTrue(took.compareTo(Duration.ofSeconds(1)) < 0, "took " + took);
    assertEquals("1", mysql.value(PROBES));

    // A new leader sees that one, begins none of its own, and does not make mysqld abort.
    try (ConnectorJServer successor = TestServers.patient(mysql)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            WriteProbe seen = successor.probeWrite(TestPermit.of(2));
            assertInstanceOf(WriteProbe.Failed.class, seen, seen.toString());
          });
      assertEquals("2", mysql.value(PROBES));
      reachable(successor.observe());
    }
    // What hangs outlasts the manager that began it, and is committed in the end.
    disk.makeRoom();
    Awaitility.await()
        .atMost(NEXT_TRY)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> server.probeWrite(TestPermit.of(3)) instanceof WriteProbe.Written);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> mysql.value(PROBES).equals("1"));
  }

  @Test
  void aFenceClosesEvenAServerWhoseCommitsWaitForRoom() throws Exception {
    start(SmallDisk.inMemory(folder.resolve("disk"), 4));
    fillUntilItFails();
    assertNotEquals(StepResult.DONE, server.fence(PERMIT));
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> server.observe().isDown());
  }

  @Test
  void aChangeThatTimesOutDoesNotMakeAServerAbortThatWaitsForRoom() throws Exception {
    start(SmallDisk.inMemory(folder.resolve("disk"), 4));
    // Not for accounts: a CREATE USER that hangs keeps everybody from logging in.
    SetupSpec noAccounts = new SetupSpec(false, false, false, Optional.of("app"), true);
    // Leaves less room in the last page of the log than that needs.
    Path log = disk.root().resolve("binlog.000001");
    while (Files.size(log) % PAGE < PAGE - 300) {
      mysql.sql("DROP DATABASE IF EXISTS there_is_none");
    }
    disk.fill();
    MySqlTimeouts brief =
        new MySqlTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2));
    try (ConnectorJServer hasty = TestServers.adapter(mysql, TestAccounts.ALL, noAccounts, brief)) {
      assertInstanceOf(StepResult.Unknown.class, hasty.setUp(noAccounts, PERMIT));
      Awaitility.await()
          .during(Duration.ofSeconds(5))
          .atMost(Duration.ofSeconds(30))
          .until(() -> !hasty.observe().isDown());
    }
  }

  @Test
  void aFileSystemThatBecomesReadOnlyIsSoonSeenAsADeadServer() throws Exception {
    start(SmallDisk.inFile(folder.resolve("disk"), 32));
    disk.becomeReadOnly();
    WriteProbe seen = server.probeWrite(PERMIT);
    assertFalse(seen instanceof WriteProbe.Written, seen.toString());
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> server.observe().isDown());
    assertInstanceOf(WriteProbe.NotTried.class, server.probeWrite(PERMIT));
  }

  private WriteProbe.Failed fillUntilItFails() {
    disk.fill();
    // The last page of the log still has room for some.
    for (int i = 0; i < 100; i++) {
      reachable(server.observe());
      if (server.probeWrite(PERMIT) instanceof WriteProbe.Failed failed) {
        return failed;
      }
    }
    throw new AssertionError("100 rows were written on a full disk");
  }
}
