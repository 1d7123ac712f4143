package org.mysqlmanager.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTextTest {
  private static final String RUNNING =
      """
      {"name": "main", "manager": "manager-2", "leader": "manager-1", "epoch": 3, "phase": "running",
       "reason": "all is well", "observed_at": "2026-05-01T12:00:00.123Z",
       "source": "s1", "old_master_joined": true, "master_failure_count": 0,
       "master_failure_threshold": 3, "spec_differs": [], "operation": null, "problem": null,
       "servers": [
         {"name": "s1", "address": "127.0.0.1:3306", "role": "source", "membership": "joined",
          "status": "up", "reason": null, "transactions": 1234567, "lag_seconds": null,
          "read_only": false, "super_read_only": false, "version": "9.7.4",
          "clone_progress_percent": null, "retry": null},
         {"name": "s2", "address": "127.0.0.1:3307", "role": "replica", "membership": "joined",
          "status": "up", "reason": null, "transactions": 1234560, "lag_seconds": 1.5,
          "read_only": true, "super_read_only": false, "version": "9.7.4",
          "clone_progress_percent": null, "retry": null}],
       "proxies": [
         {"name": "proxy", "kind": "haproxy", "address": "127.0.0.1:9999", "status": "up",
          "reason": null, "writers": ["s1"], "readers": ["s2"], "unknown_backends": [],
          "persisted": true, "warnings": []}]}
      """;

  @Test
  void aRunningClusterIsATableThatLinesUp() throws Exception {
    assertEquals(
        """
        Cluster main: running
          all is well
          source s1, leader manager-1, epoch 3, failures 0 (threshold 3), old source joined
          seen by manager-2 at 2026-05-01T12:00:00.123Z

          SERVER  ROLE     STATUS  ADDRESS         READ-ONLY  LAG    TRANSACTIONS  VERSION  NOTE
          s1      source   up      127.0.0.1:3306  off        -      1,234,567     9.7.4
          s2      replica  up      127.0.0.1:3307  on         1.5 s  1,234,560     9.7.4

          PROXY  KIND     STATUS  ADMIN ADDRESS   WRITER  READERS  NOTE
          proxy  haproxy  up      127.0.0.1:9999  s1      s2
        """,
        render(RUNNING, null));
  }

  @Test
  void whatIsUnderWayAndWhatWasDoneIsShown() throws Exception {
    String text =
        render(
            RUNNING
                .replace(
                    "\"operation\": null",
                    """
                    "operation": {"kind": "failover", "step": "catch_up", "reason": "s1 is dead",
                      "started": "2026-05-01T12:00:00Z",
                      "steps_done": [{"step": "fence", "took_millis": 120},
                                     {"step": "stop_receiver", "took_millis": 1400}]}
                    """)
                .replace("\"problem\": null", "\"problem\": \"ZooKeeper is away\"")
                .replace("\"spec_differs\": []", "\"spec_differs\": [\"s3 is new\"]"),
            """
            {"history": [{"finished": "2026-05-01T11:00:00Z", "kind": "rejoin", "result": "s2 follows",
                          "took_millis": 900}]}
            """);
    assertTrue(text.contains("now   failover: catch_up (since 2026-05-01T12:00:00Z): s1 is dead"));
    assertTrue(text.contains("done: fence 120 ms, stop_receiver 1.4 s"));
    assertTrue(text.contains("last  2026-05-01T11:00:00Z rejoin: s2 follows (took 900 ms)"));
    assertTrue(text.contains("! ZooKeeper is away"));
    assertTrue(text.contains("! s3 is new"));
  }

  @Test
  void notesSayWhatIsAmissWithAServer() throws Exception {
    String text =
        render(
            RUNNING
                .replace("\"membership\": \"joined\"", "\"membership\": \"former_source\"")
                .replace("\"clone_progress_percent\": null", "\"clone_progress_percent\": 37")
                .replace("\"retry\": null", "\"retry\": {\"attempts\": 2, \"next_at\": \"noon\"}")
                .replaceFirst("\"reason\": null", "\"reason\": \"no\\\\nanswer\""),
            null);
    assertTrue(
        text.contains("former source; clone 37 %; no answer; attempt 2, next at noon"), text);
  }

  @Test
  void whatIsMissingIsADash() throws Exception {
    List<String> lines =
        render("{\"name\": \"main\", \"servers\": [{\"name\": \"s1\"}]}", null).lines().toList();
    assertTrue(lines.contains("  s1      -     -       -        -          -    -             -"));
    assertFalse(lines.stream().anyMatch(line -> line.startsWith("  PROXY")));
  }

  @Test
  void coloursAreOnlyThereWhereTheyAreWanted() throws Exception {
    JsonNode cluster = new ObjectMapper().readTree(RUNNING);
    assertFalse(StatusText.plain().render(cluster, MissingNode.getInstance()).contains("\u001b"));
    assertTrue(
        new StatusText(Paint.ANSI)
            .render(cluster, MissingNode.getInstance())
            .contains("\u001b[32mrunning\u001b[0m"));
  }

  private static String render(String cluster, String history) throws Exception {
    ObjectMapper json = new ObjectMapper();
    return StatusText.plain()
        .render(
            json.readTree(cluster),
            history == null ? MissingNode.getInstance() : json.readTree(history))
        .replace(System.lineSeparator(), "\n");
  }

  @Test
  void whatHoldsAFailoverBackIsShown() throws Exception {
    String text =
        render(
            RUNNING
                .replace(
                    "\"operation\": null",
                    "\"operation\": null, \"next_failover_from\": \"2026-01-02T03:04:05Z\"")
                .replace(
                    "\"lag_seconds\": 1.5",
                    "\"lag_seconds\": 1.5, \"behind_seconds\": 61.0, \"warnings\": [\"over admin_port\"]"),
            null);
    assertTrue(text.contains("no automatic failover before 2026-01-02T03:04:05Z"), text);
    assertTrue(text.contains("over admin_port; at least 61.0 s behind"), text);
  }
}
