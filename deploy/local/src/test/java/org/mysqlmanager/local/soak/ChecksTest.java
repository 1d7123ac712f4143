package org.mysqlmanager.local.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the checks make of what they read. */
class ChecksTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

  @Test
  void savedRowsAreThoseOfTheTableOnly() {
    Map<Long, SavedRows.Saved> rows = new TreeMap<>();
    SavedRows.parse(
        """
        #300101 12:00:00 server id 1  end_log_pos 500 CRC32 0x1  Write_rows: table id 90 flags: STMT_END_F
        ### INSERT INTO `app`.`other`
        ### SET
        ###   @1=1
        ###   @2=2
        ### INSERT INTO `app`.`soak`
        ### SET
        ###   @1=41
        ###   @2=3306
        ### INSERT INTO `app`.`soak`
        ### SET
        ###   @1=42
        ###   @2=3306
        ### DELETE FROM `app`.`soak`
        ### WHERE
        ###   @1=43
        ###   @2=3306
        """
            .lines(),
        Path.of("errant/main-s1.binlog"),
        rows);
    assertEquals(List.of(41L, 42L), List.copyOf(rows.keySet()));
    assertEquals(3306, rows.get(41L).port());
  }

  @Test
  void outagesAreTheGapsBetweenAcknowledgements() {
    Outages outages =
        Outages.of(
            List.of(
                write(1, 0, Write.Outcome.OK),
                write(2, 500, Write.Outcome.OK),
                write(3, 2_000, Write.Outcome.INFO),
                write(4, 3_500, Write.Outcome.OK),
                write(5, 5_500, Write.Outcome.OK)));
    assertEquals(Duration.ofSeconds(3), outages.longest());
    assertEquals(Duration.ofSeconds(5), outages.total());
    assertEquals(2, outages.count());
  }

  @Test
  void serversTakeTurnsOnlyAsOftenAsTheClientsCanTell() {
    assertEquals(1, Interleaving.turns(List.of(taken(1, "s1"), taken(2, "s1"), taken(3, "s2"))));
    assertEquals(2, Interleaving.turns(List.of(taken(1, "s1"), taken(2, "s2"), taken(3, "s1"))));
    Interleaving.Taken slow =
        new Interleaving.Taken(new Write(9, NOON, NOON.plusMillis(30), Write.Outcome.OK), "s1");
    assertEquals(
        1,
        Interleaving.turns(List.of(taken(1, "s1"), taken(2, "s2"), slow)),
        "it may have happened before the others");
  }

  private static Interleaving.Taken taken(long at, String server) {
    return new Interleaving.Taken(write(at, at * 10, Write.Outcome.OK), server);
  }

  @Test
  void betweenFailoversOneServerOnlyMayTakeWrites() throws Exception {
    History history =
        History.EMPTY.with(
            new ObjectMapper()
                .readTree(
                    """
                    {"history": [
                      {"kind": "failover", "started": "2030-01-01T12:01:00Z", "finished": "2030-01-01T12:01:09Z",
                       "choices": {"old_source": "s2", "candidate": "s1"},
                       "steps_done": [{"step": "route", "finished": "2030-01-01T12:01:05Z"}]},
                      {"kind": "rejoin", "started": "2030-01-01T12:00:20Z", "finished": "2030-01-01T12:00:30Z",
                       "steps_done": [{"step": "save_errant"}, {"step": "clone"}]},
                      {"kind": "failover", "started": "2030-01-01T12:00:00Z", "finished": "2030-01-01T12:00:09Z",
                       "choices": {"old_source": "s1", "candidate": "s2"},
                       "steps_done": [{"step": "route", "finished": "2030-01-01T12:00:05Z"}]}
                    ]}
                    """));
    List<History.Term> terms = history.terms();
    assertEquals(List.of("s1", "s2", "s1"), terms.stream().map(History.Term::source).toList());
    assertEquals(NOON.plusSeconds(5), terms.get(1).from());
    assertTrue(terms.get(1).covers(write(1, 30_000, Write.Outcome.OK)));
    assertFalse(terms.get(1).covers(write(1, 4_000, Write.Outcome.OK)), "both may, in a failover");
    assertFalse(terms.get(1).covers(write(1, 61_000, Write.Outcome.OK)));
    assertEquals(Map.of("clone", 1), history.rejoins());
  }

  @Test
  void aReportWithAViolationSaysWhereToLook() {
    SoakReport report =
        new SoakReport(Map.of("seed", 4), List.of("two sources"), Path.of("/reports/4"));
    assertFalse(report.isClean());
    assertTrue(report.text().contains("two sources"), report.text());
    assertTrue(report.text().contains("timeline.log"), report.text());
    assertTrue(new SoakReport(Map.of(), List.of(), Path.of("x")).isClean());
  }

  private static Write write(long id, long millis, Write.Outcome outcome) {
    Instant ended = NOON.plusMillis(millis);
    return new Write(id, ended.minusMillis(1), ended, outcome);
  }
}
