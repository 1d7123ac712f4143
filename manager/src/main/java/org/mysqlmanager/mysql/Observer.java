package org.mysqlmanager.mysql;

import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.mysql.Bounded.OverrunException;
import org.mysqlmanager.net.Deadline;

/**
 * Reads from one server over one connection, which is kept and made anew when it breaks. Each
 * reading ends at its deadline. Only one is under way at a time: one that hangs beyond the reach of
 * an interrupt makes the next wait, up to its own deadline, and never leads to a second connection.
 * Thread-safe.
 */
final class Observer implements AutoCloseable {
  private static final Duration LONGEST_LOCK_WAIT = Duration.ofSeconds(1);

  private final String name;
  private final Connections connections;
  private final MySqlAccounts accounts;
  private final SetupSpec setup;

  /** Likewise used only by whoever holds the gate. */
  private final OwnPrivileges privileges;

  private final Duration limit;
  private final Semaphore gate = new Semaphore(1);
  private final AtomicBoolean setupMayHaveChanged = new AtomicBoolean();

  /** Used only by whoever holds the gate. */
  private @Nullable Look current;

  /** Likewise: where it leads. */
  private Set<InetAddress> at = Set.of();

  /** Likewise; it outlives connections. */
  private final SourceSilence silence = new SourceSilence(System::nanoTime);

  private volatile boolean closed;

  Observer(
      String name,
      Connections connections,
      MySqlAccounts accounts,
      SetupSpec setup,
      OwnPrivileges privileges,
      Duration limit) {
    this.name = name;
    this.connections = connections;
    this.accounts = accounts;
    this.setup = setup;
    this.privileges = privileges;
    this.limit = limit;
  }

  /** Reads something over the connection. */
  interface Reading<T> {
    T read(Look look, boolean askForSetup) throws SQLException;
  }

  /** Makes the next look ask for the set-up, whatever is remembered. */
  void forgetSetup() {
    setupMayHaveChanged.set(true);
  }

  <T> T read(Reading<T> reading) throws SQLException, OverrunException, InterruptedException {
    Deadline deadline = Deadline.after(limit);
    if (!gate.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
      throw new OverrunException();
    }
    return Bounded.call(
        "observe-" + name,
        deadline,
        () -> {
          try {
            return overConnection(reading);
          } finally {
            gate.release();
          }
        });
  }

  /**
   * A connection that was kept may have been ended since, by a restart for instance, which says
   * nothing about now: then the reading is tried once more, over a new one. One over the
   * administrative interface is not kept: the ordinary port may let us in again. Nor is one that
   * may lead to another server by now.
   */
  private <T> T overConnection(Reading<T> reading) throws SQLException {
    boolean ask = setupMayHaveChanged.getAndSet(false);
    Look kept = current;
    if (kept != null && (kept.isDetour() || connections.haveMoved(at))) {
      drop();
    } else if (kept != null) {
      try {
        return reading.read(kept, ask);
      } catch (SQLException e) {
        drop();
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
    if (closed) {
      throw new SQLException("closed");
    }
    try {
      Look fresh = open();
      current = fresh;
      return reading.read(fresh, ask);
    } catch (SQLException e) {
      drop();
      throw e;
    }
  }

  private Look open() throws SQLException {
    Connections.Opened opened =
        connections.reach(accounts.manager(), Map.of(), LONGEST_LOCK_WAIT, limit);
    try {
      at = opened.at();
      return new Look(name, opened, accounts, setup, connections.tls(), silence, privileges);
    } catch (SQLException e) {
      Connections.abort(opened.connection());
      throw e;
    }
  }

  private void drop() {
    Look look = current;
    current = null;
    if (look != null) {
      look.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    boolean acquired = false;
    try {
      acquired = gate.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (acquired) {
      drop();
      gate.release();
    }
  }
}
