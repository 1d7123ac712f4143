package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.mysqlmanager.local.LocalSystemBuilder;
import org.mysqlmanager.local.link.Hold;
import org.mysqlmanager.local.link.Links;

/**
 * A system with relays between its components, on which one fault after the other is tried: sources
 * are replaced at once and as often as they fail, and sessions are as short as is sensible.
 */
abstract class LinkedScenario extends Scenario {
  /** Rows that were acknowledged, so all servers must have them in the end. */
  private final List<Integer> written = new ArrayList<>();

  private final List<Hold> holds = new ArrayList<>();

  final void runLinked(Consumer<LocalSystemBuilder> changes) {
    prepareLinked(changes);
    system.startAll();
    awaitPhase("running");
    createTable();
  }

  final void prepareLinked(Consumer<LocalSystemBuilder> changes) {
    prepare(builder -> {
      builder
          .servers(3)
          .managers(2)
          .relays(true)
          .withoutTls()
          .checkInterval(Duration.ofMillis(300))
          .managerSetting("zookeeper.session_timeout", "3s")
          .managerSetting("reconcile.command_timeout", "1s")
          .managerSetting("reconcile.observe_timeout", "1s")
          .managerSetting("clusters.0.master_failure_threshold", 1)
          .managerSetting("clusters.0.min_failover_interval", "0s");
      changes.accept(builder);
    });
  }

  final Links links() {
    return system.links();
  }

  /** Commits one row more through the writer port. */
  final void writeOne() {
    int id = written.size() + 1;
    write(id);
    written.add(id);
  }

  /** New servers have none of the rows. */
  final void forgetWritten() {
    written.clear();
  }

  final String source() {
    return status().path("source").asText();
  }

  // --- Stopping the leading manager

  /** Kills the manager that gets to that place, and starts it again. */
  final void killLeaderAt(Interruption at, Servers servers, Runnable trigger) {
    String victim = holdLeaderAt(at, servers, trigger);
    system.kill(victim);
    dropHolds();
    system.launch(victim);
  }

  /**
   * Waits for the manager that gets to that place after {@code trigger}. It is held there until
   * {@link #dropHolds} or {@link #releaseHolds}; who comes there after it is not.
   */
  final String holdLeaderAt(Interruption at, Servers servers, Runnable trigger) {
    Map<String, Hold> placed = new LinkedHashMap<>();
    for (String manager : system.managers()) {
      placed.put(manager, at.hold(links(), manager, servers));
    }
    holds.addAll(placed.values());
    trigger.run();
    await("a leader at: " + at, () -> placed.values().stream().anyMatch(Hold::isHeld));
    String held =
        placed.keySet().stream()
            .filter(manager -> placed.get(manager).isHeld())
            .findFirst()
            .orElseThrow();
    placed.forEach((manager, hold) -> {
      if (!manager.equals(held)) {
        hold.release();
        holds.remove(hold);
      }
    });
    return held;
  }

  /** What was held never arrives. */
  final void dropHolds() {
    holds.forEach(Hold::drop);
    holds.clear();
  }

  /** What was held arrives. */
  final void releaseHolds() {
    holds.forEach(Hold::release);
    holds.clear();
  }

  // --- What each manager says

  final JsonNode statusOf(String manager) throws IOException, InterruptedException {
    return get(system.applicationUrl(manager).resolve("/clusters/main"));
  }

  /** Waits for that many more looks of that manager. */
  final void awaitLooks(String manager, int count) {
    Set<String> looks = new HashSet<>();
    await(
        count + " looks of " + manager,
        () -> looks.add(statusOf(manager).path("observed_at").asText()) && looks.size() > count);
  }

  // --- Between two faults

  /** Whatever an earlier fault, or a claim that failed, has left: everything runs and is well. */
  final void recover() {
    dropHolds();
    links().healAll();
    for (String name : system.names()) {
      if (!system.isAlive(name)) {
        system.start(name);
      } else if (system.isPaused(name)) {
        system.resume(name);
      }
    }
    awaitPhase("running");
  }

  /**
   * The whole of it: one open source that every other server follows, all of them with each
   * acknowledged row and nothing else, clients sent to it, and no operation left.
   */
  final void assertIsWell(String source) throws Exception {
    await(
        "all well with source " + source,
        () -> {
          JsonNode state = storedState();
          return state.path("phase").asText().equals("running")
              && state.path("source").asText().equals(source)
              && state.path("operation").isNull()
              && state.path("old_master_joined").asBoolean();
        });
    assertIsSource(source);
    assertEquals(system.listeningPort(source), portBehindWriter());
    JsonNode state = storedState();
    for (String server : system.servers()) {
      boolean isSource = server.equals(source);
      JsonNode stored = state.path("servers").path(server);
      assertEquals(isSource ? "source" : "replica", stored.path("role").asText(), server);
      assertEquals("joined", stored.path("membership").asText(), server);
      if (!isSource) {
        awaitFollowing(server);
        assertIsReplicaOf(server, source);
      }
      assertEquals(written, rows(server), "acknowledged rows on " + server);
    }
  }

  /** A receiver that was just started may still be connecting. */
  private void awaitFollowing(String replica) {
    await(
        replica + " is connected",
        () -> replicaStatus(replica).get("Replica_IO_Running").equals("Yes"));
  }

  /** Those replicas have received, if not executed, what the source has executed. */
  final void awaitReceived(String source, List<String> replicas) throws SQLException {
    String executed = ask(source, "SELECT @@gtid_executed").replace("\n", "");
    for (String replica : replicas) {
      await(
          replica + " has received what " + source + " has",
          () -> ask(replica, HAS_RECEIVED.formatted(executed)).equals("1"));
    }
  }

  private static final String HAS_RECEIVED =
      """
      SELECT GTID_SUBSET('%s', CONCAT(@@gtid_executed, ',', RECEIVED_TRANSACTION_SET))
      FROM performance_schema.replication_connection_status
      """;
}
