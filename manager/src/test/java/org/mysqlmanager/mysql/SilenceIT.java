package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.mysql.ObserveIT.reachable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;

/** What a replica has heard of its source lately. */
class SilenceIT {
  private static final Permit PERMIT = TestPermit.of(1);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration THREE_SECONDS = Duration.ofSeconds(3);

  private TestingMySql s1;
  private TestingMySql s2;
  private ConnectorJServer replica;

  @BeforeEach
  void follow() throws Exception {
    s1 = TestingMySql.launch(1);
    s2 = TestingMySql.launch(2, "--super-read-only=ON");
    for (TestingMySql server : List.of(s1, s2)) {
      server.awaitAnswer();
      TestServers.letManagerIn(server);
    }
    try (ConnectorJServer source = TestServers.adapter(s1)) {
      assertEquals(StepResult.DONE, source.setUp(SetupSpec.ALL, PERMIT));
    }
    replica = TestServers.adapter(s2);
    assertEquals(StepResult.DONE, replica.follow(s1.endpoint(), PERMIT));
    Awaitility.await().atMost(LONG).until(() -> replication().isRunning());
  }

  @AfterEach
  void stop() {
    if (replica != null) {
      replica.close();
    }
    for (TestingMySql server : new TestingMySql[] {s1, s2}) {
      if (server != null) {
        server.close();
      }
    }
  }

  @Test
  void aLivingSourceThatDoesNothingIsNeverSilentForLong() {
    Awaitility.await()
        .during(Duration.ofSeconds(8))
        .atMost(LONG)
        .until(() -> replication().silence().orElseThrow().compareTo(THREE_SECONDS) < 0);
  }

  @Test
  void theSilenceOfAFrozenSourceGrowsWhileTheReceiverStillRuns() throws Exception {
    // Otherwise the receiver gives its connection up after four seconds.
    s2.sql(
        "STOP REPLICA",
        "SET GLOBAL %s_net_timeout = 3600".formatted(s2.isAtLeast(8, 1) ? "replica" : "slave"),
        "START REPLICA");
    Awaitility.await().atMost(LONG).until(() -> replication().isRunning());
    s1.pause();
    try {
      Awaitility.await()
          .atMost(LONG)
          .until(() -> replication().silence().orElseThrow().compareTo(THREE_SECONDS) > 0);
      assertEquals(Receiver.RUNNING, replication().receiver());
      // That a look's connection ends does not make the source any livelier.
      s2.sql(
          "KILL "
              + s2.value(
                  "SELECT id FROM information_schema.processlist WHERE user = 'mm_manager' ORDER BY time DESC LIMIT 1"));
      assertTrue(replication().silence().orElseThrow().compareTo(THREE_SECONDS) > 0);
    } finally {
      s1.resume();
    }
    Awaitility.await()
        .atMost(LONG)
        .until(() -> replication().silence().orElseThrow().compareTo(THREE_SECONDS) < 0);
  }

  @Test
  void nothingIsSaidOfAKilledSource() {
    s1.kill();
    Awaitility.await().atMost(LONG).until(() -> replication().silence().isEmpty());
    assertTrue(replication().receiver() != Receiver.RUNNING);
    assertEquals(Optional.empty(), replication().silence());
  }

  private Replication replication() {
    return reachable(replica.observe()).replication().orElseThrow();
  }
}
