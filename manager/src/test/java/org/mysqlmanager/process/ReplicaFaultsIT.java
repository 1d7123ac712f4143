package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.local.Account;
import org.mysqlmanager.model.GtidSet;

/** A replica that cannot follow, for reasons of its own or its source's. */
class ReplicaFaultsIT extends Scenario {
  private static final Duration OFTEN = Duration.ofMillis(500);
  private static final String REPLICATION_USER = "'mm_replication'@'%'";

  @Test
  void whatRestartsDoNotMendIsTheOperatorsAndIsClonedOnceIfThatIsAllowed() throws Exception {
    run(builder -> builder.servers(3).checkInterval(OFTEN));
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    assertIsReplicaOf("s3", "s1");

    // What s3 has yet to receive is gone from the source's binary logs; s2 has a row of its own.
    system.kill("s3");
    write(2);
    execute("s1", "FLUSH BINARY LOGS");
    purgeBinaryLogs("s1");
    system.start("s3");
    conflict("s2", 3);

    awaitReason(
        "needs_operator",
        "s2: the applier does not run",
        "Duplicate entry",
        "s3: the receiver does not run",
        "purged",
        "clone_broken_replicas");
    assertTrue(storedState().path("totals").path("replication_restart").asInt() >= 5);
    for (String replica : List.of("s2", "s3")) {
      assertNull(ask(replica, LAST_CLONE), replica + " must not have been cloned");
    }
    // Not at once: each restart of replication runs for a moment, until it meets the same trouble.
    await("no reads from what does not follow", () -> portBehindReader() == system.port("s1"));
    write(4);

    changeSpec("clone_broken_replicas", true);
    awaitPhase("running");
    for (String replica : List.of("s2", "s3")) {
      assertIsReplicaOf(replica, "s1");
      assertEquals(List.of(1, 2, 3, 4), rows(replica));
    }

    // The same trouble again, soon after: another clone would be of no more use.
    String cloned = ask("s2", LAST_CLONE);
    conflict("s2", 5);
    awaitReason("needs_operator", "s2", "another clone would not help");
    awaitChecks(6);
    awaitReason("needs_operator", "s2", "another clone would not help");
    assertEquals(cloned, ask("s2", LAST_CLONE));
    execute("s2", "SET sql_log_bin = 0", "DELETE FROM app.t WHERE id = 5", "START REPLICA");
    awaitPhase("running");
    assertIsReplicaOf("s2", "s1");
    assertEquals(cloned, ask("s2", LAST_CLONE));
  }

  @Test
  void aWrongReplicationPasswordIsConfiguredAnewOrNamedAsTheCause() throws Exception {
    run(builder ->
        builder.checkInterval(OFTEN).managerSetting("clusters.0.clone_broken_replicas", true));
    createTable();
    write(1);
    execute(
        "s2",
        "STOP REPLICA",
        "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = 'another'",
        "START REPLICA");
    await("the receiver is let in", () -> receiver("s2").equals("Yes"));
    awaitPhase("running");
    assertIsReplicaOf("s2", "s1");

    // Behind the manager's back: whatever it does to the replica is of no use.
    execute("s1", "ALTER USER " + REPLICATION_USER + " IDENTIFIED BY 'another'");
    awaitSame("s2", "s1");
    execute("s2", "STOP REPLICA IO_THREAD", "START REPLICA IO_THREAD");
    awaitReason("needs_operator", "s2: the receiver cannot connect", "Access denied");
    assertNull(ask("s2", LAST_CLONE), "a clone needs the same password");
    write(2);
    execute(
        "s1",
        "ALTER USER "
            + REPLICATION_USER
            + " IDENTIFIED BY '"
            + password(Account.REPLICATION)
            + "'");
    await("the receiver is let in", () -> receiver("s2").equals("Yes"));
    awaitPhase("running");
    assertIsReplicaOf("s2", "s1");
    assertEquals(List.of(1, 2), rows("s2"));
    assertNull(ask("s2", LAST_CLONE));
  }

  @Test
  void aReplicaTooFarBehindIsPromotedOnlyWhenTheOperatorAcceptsTheLoss() throws Exception {
    run(builder ->
        builder.checkInterval(OFTEN).managerSetting("clusters.0.max_failover_lag", "2s"));
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    lockOutReplicas("s1");
    write(2);
    write(3);
    GtidSet lost =
        GtidSet.parse(ask("s1", "SELECT @@gtid_executed"))
            .minus(GtidSet.parse(ask("s2", "SELECT @@gtid_executed")));
    assertFalse(lost.isEmpty());
    awaitStatus("s2 is too far behind", s -> server(s, "s2").path("behind_seconds").asDouble() > 2);
    system.kill("s1");
    awaitReason("needs_operator", "max_failover_lag", "2 transactions would be lost", lost + "");
    awaitChecks(3);
    assertEquals("1", ask("s2", "SELECT @@read_only"));

    changeSpec("max_failover_lag", "1h");
    awaitSource("s2");
    write(4);
    awaitFailedOver("s2");
    assertIsSource("s2");
    assertEquals(List.of(1, 4), rows("s2"));
    assertTrue(recordOf("failover").path("reason").asText().contains(lost.toString()));

    system.start("s1");
    awaitPhase("running");
    assertIsReplicaOf("s1", "s2");
    assertEquals(List.of(1, 4), rows("s1"));
    JsonNode rejoin = recordOf("rejoin");
    assertEquals(lost.toString(), rejoin.path("choices").path("errant").asText());
    try (Stream<Path> files = Files.list(system.folder("manager-1").resolve("errant"))) {
      assertTrue(files.anyMatch(file -> file.toString().endsWith(".binlog")));
    }
  }

  @Test
  void aManagerThatStartsWhileItsReplicaCannotReachTheSourceHelpsWhenThatIsPossible()
      throws Exception {
    run(builder -> builder.checkInterval(OFTEN));
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    system.kill("manager-1");
    lockOutReplicas("s1");
    system.start("manager-1");
    awaitReason("degraded", "s2: the receiver cannot connect", "locked");
    assertIsSource("s1");
    write(2);
    assertEquals(system.port("s1"), portBehindWriter());
    letReplicasIn("s1");
    await("the receiver is let in", () -> receiver("s2").equals("Yes"));
    awaitPhase("running");
    assertIsReplicaOf("s2", "s1");
    assertEquals(List.of(1, 2), rows("s2"));
  }

  private static final String LAST_CLONE = "SELECT BEGIN_TIME FROM performance_schema.clone_status";

  /** A row that is on the replica already when the source's arrives. */
  private void conflict(String replica, int id) throws SQLException {
    execute(replica, "SET sql_log_bin = 0", "INSERT INTO app.t VALUES (" + id + ")");
    write(id);
  }

  private void purgeBinaryLogs(String server) throws SQLException {
    String newest = ask(server, "SHOW BINARY LOG STATUS");
    execute(server, "PURGE BINARY LOGS TO '" + newest + "'");
    assertFalse(ask(server, "SELECT @@gtid_purged").isEmpty(), "nothing was purged");
  }

  private String receiver(String replica) throws SQLException {
    return replicaStatus(replica).get("Replica_IO_Running");
  }

  /** No receiver can log in to that source any more; not replicated. */
  private void lockOutReplicas(String source) throws SQLException {
    execute(source, "SET sql_log_bin = 0", "ALTER USER " + REPLICATION_USER + " ACCOUNT LOCK");
    String receiver =
        ask(
            source,
            "SELECT PROCESSLIST_ID FROM performance_schema.threads"
                + " WHERE PROCESSLIST_COMMAND = 'Binlog Dump GTID'");
    execute(source, "KILL " + receiver);
  }

  private void letReplicasIn(String source) throws SQLException {
    execute(source, "SET sql_log_bin = 0", "ALTER USER " + REPLICATION_USER + " ACCOUNT UNLOCK");
  }
}
