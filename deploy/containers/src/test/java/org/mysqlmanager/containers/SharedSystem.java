package org.mysqlmanager.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.containers.Questions.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * The system behind ProxySQL that most test classes share, with a write load from its bootstrap to
 * the end of the JVM. Each scenario takes it over when it is well, and leaves it well.
 */
final class SharedSystem {
  private static @Nullable SharedSystem shared;
  private static @Nullable Throwable failure;

  final ContainerSystem containers;
  final Questions questions;
  final WriteLoad load;
  final RoutingWatch watch;

  private SharedSystem(ContainerSystem containers) {
    this.containers = containers;
    this.questions = new Questions(containers);
    this.load = new WriteLoad(questions);
    long begun = System.nanoTime();
    containers.launch();
    watch = new RoutingWatch(containers);
    awaitPhase("running");
    load.start();
    System.err.printf(
        "containers: running after %.1f s%n",
        Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1e3);
  }

  /** The system, started if it is the first question. Skips or fails where it cannot be had. */
  static synchronized SharedSystem get() {
    if (failure != null) {
      throw new AssertionError("the system did not start, see the first failure", failure);
    }
    if (shared == null) {
      ContainerSystem containers = ContainerSystem.withProxysql();
      try {
        shared = new SharedSystem(containers);
        // One failover follows the other here.
        shared.questions.changeSpec("min_failover_interval", "0s");
      } catch (Exception | AssertionError e) {
        failure = e;
        System.err.println(containers.logs(60));
        containers.close();
        throw new AssertionError("the system does not start", e);
      }
    }
    return shared;
  }

  // --- How it is

  /** The source by the state in ZooKeeper. */
  String source() throws Exception {
    return questions.state().path("source").asText();
  }

  String replica() throws Exception {
    String source = source();
    return containers.servers().stream().filter(s -> !s.equals(source)).findFirst().orElseThrow();
  }

  void awaitPhase(String phase) {
    await(
        "phase " + phase,
        () -> questions.status(questions.leader()).path("phase").asText().equals(phase));
  }

  /** Waits for that source and for the end of the failover that made it so. */
  void awaitFailedOver(String source) {
    await(
        "the failover to " + source,
        () -> {
          JsonNode state = questions.state();
          return state.path("source").asText().equals(source) && state.path("operation").isNull();
        });
  }

  /** Waits for some checks of the leader after this moment. */
  void awaitChecks(int count) {
    Set<String> looks = new java.util.HashSet<>();
    await(
        count + " more checks",
        () ->
            looks.add(questions.status(questions.leader()).path("observed_at").asText())
                && looks.size() > count);
  }

  /** Waits until the cluster is well, after whatever was done to its containers is undone. */
  void recover() throws Exception {
    containers.heal();
    awaitWell();
  }

  /** Running, and everybody has joined. */
  void awaitWell() throws Exception {
    await(
        "all is well",
        () -> {
          JsonNode state = questions.state();
          return state.path("phase").asText().equals("running")
              && state.path("old_master_joined").asBoolean()
              && state.path("operation").isNull()
              && replicates(replica());
        });
    load.awaitMore();
  }

  private boolean replicates(String server) throws SQLException {
    Map<String, String> status = questions.replicaStatus(server);
    return "Yes".equals(status.get("Replica_IO_Running"))
        && "Yes".equals(status.get("Replica_SQL_Running"));
  }

  /**
   * The guarantees, on a system that is well: roles, flags, routing, the same data on both servers,
   * no acknowledged row lost, and never two writers since the beginning.
   */
  void assertWell(String source) throws Exception {
    awaitWell();
    assertEquals(source, source());
    String replica = replica();
    assertTrue(questions.replicaStatus(source).isEmpty(), source + " follows nobody");
    assertFlags(source, "0", "0");
    assertFlags(replica, "1", "0");
    Map<String, String> status = questions.replicaStatus(replica);
    assertEquals(source, status.get("Source_Host"));
    assertEquals("1", status.get("Auto_Position"));
    await("routing to " + source + " and " + replica, () -> isRouted(source, replica));
    load.duringSilence(() -> {
      await(
          replica + " has executed what " + source + " has",
          () -> executed(source).equals(executed(replica)));
      assertNothingLost(source);
      return true;
    });
    assertEquals(List.of(), watch.violations(), "two writers at a time");
    assertTrue(watch.looks() > 0, "ProxySQL was looked at");
  }

  private void assertFlags(String server, String readOnly, String superReadOnly)
      throws SQLException {
    assertEquals(readOnly, questions.ask(server, "SELECT @@read_only"), server);
    assertEquals(superReadOnly, questions.ask(server, "SELECT @@super_read_only"), server);
  }

  private boolean isRouted(String source, String replica) {
    return questions
        .proxysqlRuntime()
        .equals(
            List.of(
                new Questions.Backend(10, source, "ONLINE"),
                new Questions.Backend(20, replica, "ONLINE")));
  }

  private String executed(String server) throws SQLException {
    return String.valueOf(questions.ask(server, "SELECT @@GLOBAL.gtid_executed"));
  }

  /**
   * Replication is asynchronous: what no replica had received when a source died is not on the new
   * one. Then it must be in a file of the manager that led the old source's return.
   */
  private void assertNothingLost(String source) throws SQLException {
    Set<Integer> missing = load.missingOn(source);
    if (!missing.isEmpty()) {
      missing.removeAll(
          WriteLoad.rowsIn(
              containers.managers().stream()
                  .map(manager -> containers.node(manager).archive(Recipes.DATA))
                  .toList()));
    }
    assertEquals(Set.of(), missing, "acknowledged rows that are nowhere");
  }

  /** No manager has begun a failover, and writes still go to that source. */
  void assertNoFailover(String source, long failoversBefore) throws Exception {
    assertEquals(source, source());
    assertEquals(failoversBefore, questions.failovers());
    assertFalse(
        questions.proxysqlRuntime().stream()
            .anyMatch(backend -> backend.hostgroup() == 10 && !backend.server().equals(source)),
        "another writer");
  }

  /** What a person would look at first. */
  String evidence() {
    String state;
    try {
      state = questions.state().toPrettyString();
    } catch (Exception e) {
      state = String.valueOf(e);
    }
    return "state in ZooKeeper: %s%nfailures of clients: %s%n%s"
        .formatted(state, load.failuresAfter(Math.max(0, load.failed() - 5)), containers.logs(40));
  }

  static boolean isSkip(Throwable thrown) {
    return thrown instanceof TestAbortedException;
  }
}
