package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mysqlmanager.local.link.Cut;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.process.Interruption.Party;

/**
 * The leading manager is killed at each step of failovers, and of the rejoins that follow them, and
 * another one finishes. All of it on one system.
 */
class KillAtEachStepIT extends LinkedScenario {
  private static final String CATCH_UP = "CATCH_UP";

  /** Every place in a failover; all of them take place with three servers. */
  private static final List<Interruption> FAILOVER =
      all(
          List.of(
              Interruption.step("FENCE", Party.PROXY, "mysql_writer/OLD state maint"),
              Interruption.step("STOP_RECEIVER", Party.NEW, "STOP REPLICA IO_THREAD"),
              Interruption.step("PROMOTE", Party.NEW, "RESET REPLICA ALL"),
              Interruption.effect("PROMOTE (opening)", Party.NEW, "super_read_only = IF("),
              Interruption.step("REPOINT", Party.THIRD, "CHANGE REPLICATION SOURCE TO"),
              Interruption.step("ROUTE", Party.PROXY, "mysql_writer/NEW state ready"),
              Interruption.step("CONFIRM", Party.NEW, "WAIT_FOR_EXECUTED_GTID_SET"),
              List.of(Interruption.record()),
              Interruption.step(CATCH_UP, Party.NEW, "WAIT_FOR_EXECUTED_GTID_SET")));

  /** Of a rejoin after transactions that only the old source has. */
  private static final List<Interruption> REJOIN_BY_CLONE =
      all(
          List.of(
              Interruption.step("SAVE_ERRANT", Party.OLD, "source_binlog_checksum"),
              Interruption.step("CLONE", Party.OLD, "CLONE INSTANCE FROM"),
              List.of(Interruption.write("FOLLOW"))));

  private static final List<Interruption> REJOIN_BY_POSITION =
      all(
          List.of(
              Interruption.step("FOLLOW", Party.OLD, "CHANGE REPLICATION SOURCE TO"),
              Interruption.effect("FOLLOW (starting)", Party.OLD, "START REPLICA"),
              Interruption.effect("FOLLOW (flags)", Party.OLD, "SET GLOBAL super_read_only = 0"),
              List.of(Interruption.record())));

  /** What was done so far, for the rejoin that follows a failover. */
  private record Round(Servers servers, GtidSet errant) {}

  private Round round;

  @TestFactory
  Stream<DynamicTest> theLeaderIsKilledAndAnotherManagerFinishes() {
    runLinked(_ -> {});
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < FAILOVER.size(); i++) {
      Interruption failover = FAILOVER.get(i);
      boolean byClone = i < REJOIN_BY_CLONE.size();
      List<Interruption> rejoins = byClone ? REJOIN_BY_CLONE : REJOIN_BY_POSITION;
      int next = byClone ? i : i - REJOIN_BY_CLONE.size();
      tests.add(dynamicTest("failover: " + failover, () -> failOver(failover, byClone)));
      if (next < rejoins.size()) {
        Interruption rejoin = rejoins.get(next);
        String kind = byClone ? "rejoin by clone: " : "rejoin by position: ";
        tests.add(dynamicTest(kind + rejoin, () -> rejoin(rejoin)));
      }
    }
    return tests.stream();
  }

  private void failOver(Interruption at, boolean withErrant) throws Exception {
    recover();
    writeOne();
    String old = source();
    Servers servers = Servers.of(system.servers(), old);
    assertIsWell(old);
    int failovers = failovers();
    GtidSet errant = GtidSet.EMPTY;
    try (Connection blocking = system.connect(servers.candidate())) {
      if (at.step().equals(CATCH_UP)) {
        lockTable(blocking);
        writeOne();
        awaitReceived(old, List.of(servers.candidate(), servers.third()));
      }
      if (withErrant) {
        errant = commitOnlyOn(servers);
      }
      killLeaderAt(at, servers, () -> system.kill(old));
    }
    round = new Round(servers, errant);
    String source = servers.candidate();
    awaitSource(source);
    // Not sooner: what is under way from the dead source would still arrive.
    links().healAll();
    writeOne();
    await(
        "the end of the failover, and " + servers.third() + " following",
        () ->
            storedState().path("operation").isNull()
                && membership(servers.third()).equals("joined"));
    assertIsSource(source);
    assertEquals(system.listeningPort(source), portBehindWriter());
    assertEquals("former_source", membership(old));
    assertEquals(failovers + 1, failovers(), "failovers");
    JsonNode choices = recordOf("failover").path("choices");
    assertEquals(old, choices.path("old_source").asText());
    assertEquals(source, choices.path("candidate").asText());
  }

  private void rejoin(Interruption at) throws Exception {
    Servers servers = round.servers();
    String old = servers.old();
    int failovers = failovers();
    killLeaderAt(at, servers, () -> system.start(old));
    writeOne();
    assertIsWell(servers.candidate());
    JsonNode choices = recordOf("rejoin").path("choices");
    assertEquals(old, choices.path("server").asText());
    assertEquals(
        round.errant(), GtidSet.parse(choices.path("errant").asText("")), "saved transactions");
    assertEquals(failovers, failovers(), "failovers");
  }

  /** A transaction that no replica receives before its source is killed. */
  private GtidSet commitOnlyOn(Servers servers) throws SQLException {
    for (String replica : List.of(servers.candidate(), servers.third())) {
      links().cut(servers.old(), replica, Cut.BLACK_HOLE);
    }
    GtidSet before = GtidSet.parse(ask(servers.old(), "SELECT @@gtid_executed"));
    execute(servers.old(), "INSERT INTO app.t VALUES (1000000)");
    return GtidSet.parse(ask(servers.old(), "SELECT @@gtid_executed")).minus(before);
  }

  /** Until the connection ends, nothing is applied there. */
  private static void lockTable(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLES app.t READ");
    }
  }

  private int failovers() throws Exception {
    return storedState().path("totals").path("successful_failover").asInt();
  }

  private String membership(String server) throws Exception {
    return storedState().path("servers").path(server).path("membership").asText();
  }

  private static List<Interruption> all(List<List<Interruption>> steps) {
    return Interruption.chosen(steps.stream().flatMap(List::stream).toList());
  }
}
