package org.mysqlmanager.local.soak;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.mysqlmanager.local.Account;
import org.mysqlmanager.local.LocalSystem;
import org.mysqlmanager.local.process.Await;

/**
 * Clients of the proxy: writers that insert a row of its own each time, one at a time, and readers.
 * A client whose connection breaks makes a new one.
 */
final class Workload implements AutoCloseable {
  private static final int WRITERS = 4;
  private static final int READERS = 2;
  private static final Duration PAUSE = Duration.ofMillis(40);
  private static final Duration PATIENCE = Duration.ofSeconds(4);
  private static final Duration TABLE_DEADLINE = Duration.ofSeconds(60);

  /** SQLSTATEs of broken connections begin with this; then nobody knows what became of it. */
  private static final String CONNECTION_EXCEPTION = "08";

  private final LocalSystem system;
  private final AtomicLong nextId = new AtomicLong(1);
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong failedReads = new AtomicLong();
  private final List<Write> writes = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  Workload(LocalSystem system) {
    this.system = system;
  }

  /** Makes the table, then starts the clients. */
  void start() {
    boolean made = Await.until(TABLE_DEADLINE, this::makeTable);
    if (!made) {
      throw new IllegalStateException("no table could be made through the proxy");
    }
    for (int i = 0; i < WRITERS; i++) {
      threads.add(Thread.ofVirtual().name("writer-" + i).start(this::write));
    }
    for (int i = 0; i < READERS; i++) {
      threads.add(Thread.ofVirtual().name("reader-" + i).start(this::read));
    }
  }

  /** All inserts so far, in the order of their ends. */
  List<Write> writes() {
    synchronized (writes) {
      return List.copyOf(writes);
    }
  }

  long reads() {
    return reads.get();
  }

  long failedReads() {
    return failedReads.get();
  }

  /** Ends the clients; what is under way is waited for. */
  @Override
  public void close() {
    stopping = true;
    for (Thread thread : threads) {
      try {
        boolean _ = thread.join(PATIENCE.multipliedBy(3));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private boolean makeTable() {
    try (Connection connection = connect(system.writerPort());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS soak (id BIGINT PRIMARY KEY, port INT NOT NULL)");
      return true;
    } catch (SQLException _) {
      return false;
    }
  }

  private void write() {
    while (!stopping) {
      try (Connection connection = connect(system.writerPort());
          PreparedStatement insert =
              // The port tells which server took it, whatever the proxy does with connections.
              connection.prepareStatement("INSERT INTO soak VALUES (?, @@port)")) {
        while (!stopping && insert(insert)) {
          rest();
        }
      } catch (SQLException _) {
        rest(); // no connection, so nothing was tried
      }
    }
  }

  private boolean insert(PreparedStatement insert) {
    long id = nextId.getAndIncrement();
    Instant begun = Instant.now();
    Write.Outcome outcome = outcome(insert, id);
    Write write = new Write(id, begun, Instant.now(), outcome);
    synchronized (writes) {
      writes.add(write);
    }
    return outcome == Write.Outcome.OK;
  }

  private static Write.Outcome outcome(PreparedStatement insert, long id) {
    try {
      insert.setLong(1, id);
      insert.executeUpdate();
      return Write.Outcome.OK;
    } catch (SQLException e) {
      String state = e.getSQLState();
      return state == null || state.startsWith(CONNECTION_EXCEPTION) || state.startsWith("HY")
          ? Write.Outcome.INFO
          : Write.Outcome.FAIL;
    }
  }

  private void read() {
    while (!stopping) {
      try (Connection connection = connect(system.readerPort());
          Statement statement = connection.createStatement()) {
        while (!stopping) {
          try (ResultSet rows = statement.executeQuery("SELECT MAX(id) FROM soak")) {
            rows.next();
            reads.incrementAndGet();
          }
          rest();
        }
      } catch (SQLException _) {
        failedReads.incrementAndGet();
        rest();
      }
    }
  }

  private Connection connect(int port) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", Account.APPLICATION.user());
    properties.setProperty("password", system.passwords().of(Account.APPLICATION));
    properties.setProperty("connectTimeout", String.valueOf(PATIENCE.toMillis()));
    properties.setProperty("socketTimeout", String.valueOf(PATIENCE.toMillis()));
    properties.setProperty("sslMode", "DISABLED");
    properties.setProperty("allowPublicKeyRetrieval", "true");
    return DriverManager.getConnection(
        "jdbc:mysql://%s:%d/%s".formatted(system.host(), port, LocalSystem.DATABASE), properties);
  }

  private static void rest() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
