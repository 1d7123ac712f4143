package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** One failover soon after another. */
class FlappingIT extends Scenario {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  @Test
  void noFailoverBeginsBeforeTheIntervalIsOverUnlessTheOldSourceHasNotJoined() throws Exception {
    run(builder ->
        builder
            .servers(3)
            .checkInterval(Duration.ofMillis(500))
            .managerSetting("clusters.0.min_failover_interval", INTERVAL.toSeconds() + "s")
            .managerSetting("clusters.0.master_failure_threshold", 1));
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    assertIsReplicaOf("s3", "s1");
    system.kill("s1");
    String second = newSourceInsteadOf("s1");
    system.start("s1");
    awaitPhase("running");

    Instant from = instant(status().path("next_failover_from"));
    assertEquals(instant(status().path("last_failover")).plus(INTERVAL), from);
    system.kill(second);
    awaitReason("degraded", "no failover", "min_failover_interval", "possible from");
    assertEquals(second, status().path("source").asText());
    write(2);
    String third = newSourceInsteadOf(second);
    JsonNode failover = recordOf("failover");
    assertFalse(instant(failover.path("started")).isBefore(from), failover.toPrettyString());
    assertIsSource(third);

    // The third dies before the second is back: waiting would help nobody.
    Instant next = instant(storedState().path("last_failover").path("ended")).plus(INTERVAL);
    system.kill(third);
    write(3);
    String fourth = newSourceInsteadOf(third);
    failover = recordOf("failover");
    assertTrue(instant(failover.path("started")).isBefore(next), failover.toPrettyString());
    assertIsSource(fourth);
    system.start(second, third);
    awaitPhase("running");
    assertIsReplicaOf(second, fourth);
    assertIsReplicaOf(third, fourth);
    assertEquals(3, rows(second).size());
  }

  private String newSourceInsteadOf(String old) throws Exception {
    await(
        "another source than " + old,
        () ->
            !storedState().path("source").asText().equals(old)
                && storedState().path("operation").isNull());
    return storedState().path("source").asText();
  }

  private static Instant instant(JsonNode text) {
    return Instant.parse(text.asText());
  }
}
