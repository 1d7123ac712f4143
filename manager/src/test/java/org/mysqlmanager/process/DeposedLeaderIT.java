package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mysqlmanager.process.Interruption.Moment;
import org.mysqlmanager.process.Interruption.Party;

/**
 * The leading manager is frozen (SIGSTOP) in the middle of each step of a failover, with what it
 * has sent still under way; another one finishes. Then all of it arrives and the first goes on: it
 * changes nothing any more, as the servers' general logs and the proxy show.
 */
class DeposedLeaderIT extends LinkedScenario {
  private static final List<Interruption> PLACES =
      Stream.of(
              Interruption.step("FENCE", Party.PROXY, "mysql_writer/OLD state maint"),
              Interruption.step("STOP_RECEIVER", Party.NEW, "STOP REPLICA IO_THREAD"),
              Interruption.step("PROMOTE", Party.NEW, "RESET REPLICA ALL"),
              Interruption.effect("PROMOTE (opening)", Party.NEW, "super_read_only = IF("),
              Interruption.step("REPOINT", Party.THIRD, "CHANGE REPLICATION SOURCE TO"),
              Interruption.step("ROUTE", Party.PROXY, "mysql_writer/NEW state ready"),
              Interruption.step("CONFIRM", Party.NEW, "WAIT_FOR_EXECUTED_GTID_SET"))
          .flatMap(List::stream)
          .filter(place ->
              place.moment() == Moment.BEFORE_THE_EFFECT
                  || place.equals(Interruption.write("PROMOTE")))
          .toList();

  /** A statement in the general log: when, the session, what. */
  private static final Pattern LOGGED =
      Pattern.compile("^\\S+Z\\s+(\\d+) (?:Query|Execute)\\s(.*)$", Pattern.MULTILINE);

  /** What changes nothing but the session that says it. */
  private static final Pattern HARMLESS =
      Pattern.compile(
          "(?is)^(/\\*.*?\\*/\\s*)?(SELECT|SHOW|SET (?!GLOBAL|PERSIST)|BEGIN|COMMIT|ROLLBACK|USE )(?!.*\\bGLOBAL\\s+\\w+\\s*=).*");

  @TestFactory
  Stream<DynamicTest> theLeaderIsFrozenAndChangesNothingWhenItGoesOn() throws Exception {
    runLinked(_ -> {});
    List<DynamicTest> tests = new ArrayList<>();
    for (Interruption place : PLACES) {
      tests.add(dynamicTest("failover: " + place, () -> freezeAt(place)));
    }
    tests.add(dynamicTest("each of them can lead again", this::leadInTurn));
    return tests.stream();
  }

  private void freezeAt(Interruption place) throws Exception {
    recover();
    writeOne();
    Servers servers = Servers.of(system.servers(), source());
    assertIsWell(servers.old());
    String frozen = holdLeaderAt(place, servers, () -> system.kill(servers.old()));
    system.pause(frozen);
    awaitSource(servers.candidate());
    writeOne();
    await(
        "the end of the failover by another manager",
        () ->
            storedState().path("operation").isNull()
                && storedState()
                    .path("servers")
                    .path(servers.third())
                    .path("membership")
                    .asText()
                    .equals("joined"));
    awaitReceived(servers.candidate(), List.of(servers.third()));
    JsonNode finished = storedState();

    List<String> alive = List.of(servers.candidate(), servers.third());
    Map<String, Set<Long>> sessions = new LinkedHashMap<>();
    Map<String, Long> logged = new LinkedHashMap<>();
    for (String server : alive) {
      sessions.put(server, sessionsOf(server));
      execute(server, "SET GLOBAL general_log = ON");
      logged.put(server, Files.size(generalLog(server)));
    }
    releaseHolds();
    system.resume(frozen);
    awaitAgreement(servers.candidate());
    // It looks around several times, and works off whatever it had begun.
    awaitLooks(frozen, 5);
    for (String server : alive) {
      List<String> changes = changes(server, logged.get(server), sessions.get(server));
      assertEquals(List.of(), changes, "changes on " + server + " after " + frozen + " went on");
      execute(server, "SET GLOBAL general_log = OFF");
    }
    assertIsSource(servers.candidate());
    assertEquals(system.listeningPort(servers.candidate()), portBehindWriter());
    JsonNode now = storedState();
    for (String part : List.of("epoch", "source", "servers", "operation", "totals")) {
      assertEquals(finished.path(part), now.path(part), part);
    }
    system.start(servers.old());
    writeOne();
    assertIsWell(servers.candidate());
  }

  private void leadInTurn() throws Exception {
    recover();
    for (int i = 0; i < 2; i++) {
      String leader = leader();
      post(system.adminUrl(leader).resolve("/tasks/resign"));
      await("another leads", () -> !leader().equals(leader));
      Servers servers = Servers.of(system.servers(), source());
      system.kill(servers.old());
      awaitSource(servers.candidate());
      writeOne();
      system.start(servers.old());
      assertIsWell(servers.candidate());
    }
  }

  /** All managers show that source and know of the same leader. */
  private void awaitAgreement(String source) {
    await(
        "all managers agree",
        () -> {
          Set<List<String>> seen = new HashSet<>();
          for (String manager : system.managers()) {
            JsonNode status = statusOf(manager);
            seen.add(
                List.of(
                    status.path("source").asText(),
                    status.path("leader").asText(),
                    status.path("epoch").asText(),
                    status.path("problem").asText()));
          }
          return seen.size() == 1 && seen.iterator().next().getFirst().equals(source);
        });
  }

  private Path generalLog(String server) throws SQLException {
    Path file = Path.of(ask(server, "SELECT @@general_log_file"));
    return file.isAbsolute() ? file : Path.of(ask(server, "SELECT @@datadir")).resolve(file);
  }

  /** The sessions under an epoch, which nobody may use any more but to end them. */
  private Set<Long> sessionsOf(String server) throws SQLException {
    Set<Long> sessions = new HashSet<>();
    try (Connection connection = system.connect(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT ID FROM information_schema.PROCESSLIST")) {
      while (rows.next()) {
        sessions.add(rows.getLong(1));
      }
    }
    return sessions;
  }

  /**
   * What was said to the server since then that may have changed something. To end a session that
   * had ended before is no change.
   */
  private List<String> changes(String server, long from, Set<Long> sessions) throws SQLException {
    String log;
    try {
      byte[] all = Files.readAllBytes(generalLog(server));
      log = new String(Arrays.copyOfRange(all, (int) from, all.length), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> changes = new ArrayList<>();
    Matcher matcher = LOGGED.matcher(log);
    while (matcher.find()) {
      String statement = matcher.group(2).strip();
      boolean isLeaveOfADeadSession =
          statement.matches("KILL \\d+")
              && !sessions.contains(Long.parseLong(statement.substring(5)));
      if (!HARMLESS.matcher(statement).matches() && !isLeaveOfADeadSession) {
        changes.add(matcher.group(1) + ": " + statement);
      }
    }
    return changes;
  }
}
