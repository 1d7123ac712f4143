package org.mysqlmanager.containers;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Applications: some clients that each insert one row after the other through the proxy, and know
 * which were acknowledged. A row's text can be found in a binary log, too. Thread-safe.
 */
final class WriteLoad implements AutoCloseable {
  private static final int CLIENTS = 2;
  private static final Duration PAUSE = Duration.ofMillis(40);
  private static final Duration END_DEADLINE = Duration.ofSeconds(40);
  private static final Pattern ROW = Pattern.compile("row-(\\d{9});");

  private final Questions questions;
  private final AtomicInteger next = new AtomicInteger(1);
  private final Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final ReadWriteLock gate = new ReentrantReadWriteLock(true);
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean ending;

  WriteLoad(Questions questions) {
    this.questions = questions;
  }

  /** Makes the table and starts the clients. */
  void start() {
    Questions.await(
        "a table through the proxy",
        () -> {
          try (Connection connection = questions.application(Recipes.WRITER_PORT);
              Statement statement = connection.createStatement()) {
            statement.execute(
                "CREATE TABLE IF NOT EXISTS written (id INT PRIMARY KEY, name CHAR(14) NOT NULL)");
            return true;
          }
        });
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(Thread.ofVirtual().name("client-" + i).start(this::write));
    }
  }

  /** How many rows were acknowledged so far. */
  int count() {
    return acknowledged.size();
  }

  /** How many inserts and connections have failed so far. */
  int failed() {
    return failures.size();
  }

  /** What failed, after the first ones so many. */
  List<String> failuresAfter(int first) {
    return failures.stream().skip(first).toList();
  }

  /** Waits for some more acknowledged rows: clients are served. */
  void awaitMore() {
    int enough = count() + 3 * CLIENTS;
    Questions.await("writes through the proxy", () -> count() >= enough);
  }

  /** Does something while no insert is under way. */
  <T> T duringSilence(java.util.concurrent.Callable<T> action) throws Exception {
    gate.writeLock().lock();
    try {
      return action.call();
    } finally {
      gate.writeLock().unlock();
    }
  }

  /** Acknowledged rows that the server has not. */
  Set<Integer> missingOn(String server) throws SQLException {
    Set<Integer> missing = new TreeSet<>(acknowledged);
    Set<Integer> there = new HashSet<>();
    try (Connection connection = questions.root(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM app.written")) {
      while (rows.next()) {
        there.add(rows.getInt(1));
      }
    }
    missing.removeAll(there);
    return missing;
  }

  /** The rows whose text is in files that managers have saved. */
  static Set<Integer> rowsIn(Collection<byte[]> archives) {
    Set<Integer> rows = new TreeSet<>();
    for (byte[] archive : archives) {
      Matcher row = ROW.matcher(new String(archive, StandardCharsets.ISO_8859_1));
      while (row.find()) {
        rows.add(Integer.valueOf(row.group(1)));
      }
    }
    return rows;
  }

  @Override
  public void close() {
    ending = true;
    for (Thread client : clients) {
      try {
        boolean _ = client.join(END_DEADLINE);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void write() {
    while (!ending) {
      try (Connection connection = questions.application(Recipes.WRITER_PORT);
          PreparedStatement insert =
              connection.prepareStatement("INSERT INTO written VALUES (?, ?)")) {
        while (!ending) {
          insert(insert);
          rest();
        }
      } catch (SQLException | RuntimeException e) {
        failures.add(String.valueOf(e.getMessage()));
        rest();
      }
    }
  }

  private void insert(PreparedStatement insert) throws SQLException {
    gate.readLock().lock();
    try {
      int id = next.getAndIncrement();
      insert.setInt(1, id);
      insert.setString(2, "row-%09d;".formatted(id));
      insert.executeUpdate();
      acknowledged.add(id);
    } finally {
      gate.readLock().unlock();
    }
  }

  private static void rest() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
