package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mysqlmanager.local.install.ProxyDistribution;

/**
 * Measures; asserts no figure. Run with {@code mvn verify -Pbenchmark}, on a machine that does
 * nothing else.
 *
 * <ul>
 *   <li>From the kill (or freeze) of the source to the first commit through the proxy, and from the
 *       decision to it, at {@code check_interval} 1 s.
 *   <li>What a manager at rest costs, at the default {@code check_interval} of 5 s.
 * </ul>
 */
@Timeout(1800)
class FailoverBenchmark extends Scenario {
  private static final int ROUNDS = Integer.getInteger("mysqlmanager.benchmark.rounds", 5);
  private static final Duration REST = Duration.ofSeconds(60);

  /** Jiffies per second in {@code /proc/PID/stat}: 100 on every Linux that we know of. */
  private static final double JIFFIES_PER_SECOND = 100;

  @Test
  void killedSourceBehindHaproxy() throws Exception {
    failovers("haproxy, killed", haproxy(), false);
  }

  @Test
  void frozenSourceBehindHaproxy() throws Exception {
    failovers("haproxy, frozen", haproxy(), true);
  }

  @Test
  void killedSourceBehindProxysql() throws Exception {
    failovers("proxysql, killed", proxysql(), false);
  }

  @Test
  void frozenSourceBehindProxysql() throws Exception {
    failovers("proxysql, frozen", proxysql(), true);
  }

  @Test
  void managersAtRest() throws Exception {
    run(builder -> builder.managers(3).zookeepers(3).checkInterval(Duration.ofSeconds(5)));
    // Not the start: class loading and compiling are over by now.
    idle(REST);
    List<Double> before = new ArrayList<>();
    for (String manager : system.managers()) {
      before.add(cpuSeconds(manager));
    }
    long begun = System.nanoTime();
    idle(REST);
    double seconds = (System.nanoTime() - begun) / 1e9;
    for (int i = 0; i < before.size(); i++) {
      String manager = system.managers().get(i);
      System.out.printf(
          Locale.ROOT,
          "benchmark: at rest, %s%s: %.2f %% of a core, %d MB resident%n",
          manager,
          manager.equals(leader()) ? " (leader)" : "",
          100 * (cpuSeconds(manager) - before.get(i)) / seconds,
          residentMegabytes(manager));
    }
  }

  private void failovers(String name, ProxyDistribution proxy, boolean freeze) throws Exception {
    run(builder -> builder.managers(3).zookeepers(3).proxies(proxy));
    execute("s1", "CREATE TABLE app.b (id BIGINT PRIMARY KEY, port INT)");
    List<Long> outages = new ArrayList<>();
    List<Long> decisions = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      String source = status().path("source").asText();
      String next = source.equals("s1") ? "s2" : "s1";
      assertIsReplicaOf(next, source);
      try (Writer writer = new Writer()) {
        writer.awaitCommits(50);
        long begun = System.nanoTime();
        if (freeze) {
          system.pause(source);
        } else {
          system.kill(source);
        }
        await("commits on " + next, () -> writer.firstOn(next) != Long.MAX_VALUE);
        outages.add((writer.firstOn(next) - begun) / 1_000_000);
        await(
            "the record",
            () -> newestFailover().path("choices").path("candidate").asText().equals(next));
        decisions.add(
            newestFailover().path("durations_millis").path("decision_to_first_commit").asLong(-1));
      }
      if (freeze) {
        system.resume(source);
      } else {
        system.start(source);
      }
      awaitPhase("running");
    }
    System.out.printf(
        "benchmark: %s: first commit after %s ms (worst %d), after the decision %s ms (worst %d)%n",
        name,
        outages,
        outages.stream().mapToLong(Long::longValue).max().orElse(-1),
        decisions,
        decisions.stream().mapToLong(Long::longValue).max().orElse(-1));
    assertTrue(outages.size() == ROUNDS);
  }

  private JsonNode newestFailover() throws IOException, InterruptedException {
    for (JsonNode entry : history(leader()).path("history")) {
      if (entry.path("kind").asText().equals("failover")) {
        return entry;
      }
    }
    throw new AssertionError("no failover in the history");
  }

  private void idle(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    org.awaitility.Awaitility.await()
        .atMost(time.plusSeconds(60))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> System.nanoTime() > end);
  }

  private double cpuSeconds(String manager) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + system.pid(manager) + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / JIFFIES_PER_SECOND;
  }

  private long residentMegabytes(String manager) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + system.pid(manager) + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(-1);
  }

  /** An application that commits all the time, with a new connection after each error. */
  private final class Writer implements AutoCloseable {
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong ids = new AtomicLong(System.nanoTime());

    /** When each row was acknowledged. Which server took it, the row itself says. */
    private final Map<Long, Long> committed = new ConcurrentHashMap<>();

    private final List<Thread> threads = new ArrayList<>();

    /** Several clients: one that waits for an answer that never comes does not hide the others. */
    Writer() {
      for (int i = 0; i < 4; i++) {
        threads.add(Thread.ofPlatform().daemon().start(this::write));
      }
    }

    private void write() {
      while (!stopped.get()) {
        try (Connection connection = system.connectWriter();
            Statement statement = connection.createStatement()) {
          while (!stopped.get()) {
            long id = ids.incrementAndGet();
            statement.execute("INSERT INTO b VALUES (" + id + ", @@port)");
            committed.put(id, System.nanoTime());
          }
        } catch (SQLException _) {
          // An application would try again, too.
        }
      }
    }

    void awaitCommits(int count) {
      int before = committed.size();
      await("commits", () -> committed.size() > before + count);
    }

    /** When that server first took a row of this writer; the greatest number if it has not. */
    long firstOn(String server) throws SQLException {
      long first = Long.MAX_VALUE;
      try (Connection connection = system.connect(server);
          Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT id FROM app.b WHERE port = " + system.port(server))) {
        while (rows.next()) {
          first = Math.min(first, committed.getOrDefault(rows.getLong(1), Long.MAX_VALUE));
        }
      }
      return first;
    }

    @Override
    public void close() {
      stopped.set(true);
      for (Thread thread : threads) {
        try {
          thread.join(Duration.ofSeconds(30));
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }
}
