package org.mysqlmanager.mysql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.observe.ServerObservation.Cause;
import org.mysqlmanager.observe.WriteProbe;
import org.mysqlmanager.reconcile.Permit;

/**
 * Finds out whether a source can still write, by committing a row of {@code
 * mysql_manager.heartbeat}: one for each server that was ever probed, with the time and the epoch
 * of the leader that wrote it. Schema and table are made when they are missing.
 *
 * <p><b>It is binary-logged.</b> What clients wait for is the whole commit, and its most delicate
 * part is the binary log, which often has a disk of its own and is what waits when that is full; a
 * write that left it out would succeed there. Nor would the servers then hold the same data. The
 * price is a small transaction for each probe, and that a probe of a server that ought to write no
 * more makes an errant one. Three things stand against that: the permit is asked right before the
 * statement; the session carries the epoch, so that a new leader ends it; and the statement itself
 * writes nothing once the server is read-only or the time is up by the server's clock, so that one
 * that was frozen does not write hours later.
 *
 * <p><b>What hangs.</b> A wait for a lock ({@code FLUSH TABLES WITH READ LOCK}) ends by itself
 * after a second. A commit that waits for disk space does not: MySQL tries again once a minute, and
 * writes it when there is space. It is waited for, over its one connection, and <em>not</em>
 * killed, since that aborts mysqld (see {@link AbandonedSession}). Meanwhile no other write is
 * begun, neither by this process nor by its successor, who sees it on the server.
 *
 * <p><b>What it does not find.</b> The row is written over in place, in space that its table has.
 * If only the data's disk is full and the binary log has its own, clients get error 1114 for tables
 * that must grow, and this row is still written.
 *
 * <p>Thread-safe.
 */
final class HeartbeatWriter implements AutoCloseable {
  static final String TABLE = "heartbeat";

  /** Longer than MySQL waits until it looks for disk space again, which is a minute. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final int NO_SUCH_DATABASE = 1049;

  /** What the statement needs to know, and whether an earlier one still waits for its commit. */
  private static final String ASK =
      """
      SELECT @@global.read_only AS read_only,
        CAST(UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND AS CHAR) AS until,
        (SELECT MAX(t.PROCESSLIST_TIME)
         FROM performance_schema.session_connect_attrs AS a
           JOIN performance_schema.threads AS t ON t.PROCESSLIST_ID = a.PROCESSLIST_ID
         WHERE a.ATTR_NAME = ? AND t.PROCESSLIST_USER = ? AND t.PROCESSLIST_STATE = ?)
         AS stuck_seconds
      """;

  /**
   * On a replica that replays the statement itself (binlog_format=STATEMENT) it writes nothing, as
   * that is read-only, and does no harm.
   */
  private static final String WRITE =
      """
      INSERT INTO `%s`.`%s` (server_id, written_at, epoch)
      SELECT @@global.server_id, NOW(6), ? FROM DUAL
      WHERE NOT @@global.read_only AND UTC_TIMESTAMP(6) <= ?
      ON DUPLICATE KEY UPDATE written_at = VALUES(written_at), epoch = VALUES(epoch)
      """
          .formatted(Setup.SCHEMA, TABLE);

  private static final String CREATE_TABLE =
      """
      CREATE TABLE IF NOT EXISTS `%s`.`%s` (
        server_id INT UNSIGNED NOT NULL PRIMARY KEY COMMENT 'the server that was probed',
        written_at TIMESTAMP(6) NOT NULL COMMENT 'when it last could write',
        epoch BIGINT UNSIGNED NOT NULL COMMENT 'the leader that wrote this'
      ) ENGINE = InnoDB COMMENT 'MySQL Manager: shows whether a source can write'
      """
          .formatted(Setup.SCHEMA, TABLE);

  private final String server;
  private final Account manager;
  private final Duration limit;
  private final AtomicReference<@Nullable Occupant> underWay = new AtomicReference<>();

  /** Used only by the attempt that is under way. */
  private final KeptSession session;

  /**
   * @param server as in {@code s1 (127.0.0.1:3306)}
   * @param limit how long a probe may take
   */
  HeartbeatWriter(String server, Connections connections, Account manager, Duration limit) {
    this.server = server;
    this.manager = manager;
    this.limit = limit;
    this.session =
        new KeptSession(
            permit -> ControlSession.openForProbes(connections, manager, permit, limit, PATIENCE));
  }

  WriteProbe probe(Permit permit) {
    if (!permit.isValid()) {
      return permitLost(permit);
    }
    Attempt attempt = new Attempt(permit, Deadline.after(limit));
    Occupant other = underWay.compareAndExchange(null, attempt);
    return other == null ? attempt.run() : other.insteadOfAnother();
  }

  /** What holds the only place for a probe. */
  private sealed interface Occupant {
    /** The answer to a probe for which there is no place. */
    WriteProbe insteadOfAnother();
  }

  private final class Closed implements Occupant {
    @Override
    public WriteProbe insteadOfAnother() {
      return new WriteProbe.NotTried(server + " is no longer used");
    }
  }

  /** One write, which may outlast the time that its caller waits for it. */
  private final class Attempt implements Occupant {
    private final Permit permit;
    private final Deadline deadline;
    private final long began = System.nanoTime();
    private final FutureTask<WriteProbe> task = new FutureTask<>(this::write);
    private final Thread thread = Thread.ofVirtual().name("probe-" + server).unstarted(task);

    /** From here on the server may be writing. */
    private volatile boolean writing;

    private boolean creating;

    Attempt(Permit permit, Deadline deadline) {
      this.permit = permit;
      this.deadline = deadline;
    }

    WriteProbe run() {
      thread.start();
      try {
        return task.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException _) {
        if (writing) {
          return insteadOfAnother();
        }
        thread.interrupt();
        return new WriteProbe.NotTried(Diagnosis.timedOut(server, limit).sentence());
      } catch (InterruptedException _) {
        thread.interrupt();
        Thread.currentThread().interrupt();
        return new WriteProbe.NotTried(server + ": interrupted before the answer came");
      } catch (ExecutionException e) {
        throw new IllegalStateException("probing " + server + " failed by a bug", e.getCause());
      }
    }

    @Override
    public WriteProbe insteadOfAnother() {
      return stuck(Duration.ofNanos(System.nanoTime() - began));
    }

    private WriteProbe write() {
      try {
        return write(session.take(permit));
      } catch (PermitLostException _) {
        return permitLost(permit);
      } catch (SQLException e) {
        session.drop();
        return judged(e);
      } finally {
        if (!underWay.compareAndSet(this, null)) {
          session.drop();
        }
      }
    }

    private WriteProbe write(ControlSession control) throws SQLException, PermitLostException {
      Asked asked = ask(control);
      if (asked.readOnly) {
        return new WriteProbe.NotTried(server + " is read-only");
      }
      // A probe that is merely under way is none that is stuck.
      if (asked.stuckSeconds > 0) {
        return stuck(Duration.ofSeconds(asked.stuckSeconds));
      }
      int rows;
      try {
        rows = insert(control, asked.until);
      } catch (SQLException e) {
        int number = Diagnosis.numberOf(e);
        if (number != Diagnosis.NO_SUCH_TABLE && number != NO_SUCH_DATABASE) {
          throw e;
        }
        creating = true;
        control.change("CREATE DATABASE IF NOT EXISTS `" + Setup.SCHEMA + "`");
        control.change(CREATE_TABLE);
        creating = false;
        rows = insert(control, asked.until);
      }
      return rows > 0
          ? new WriteProbe.Written()
          : new WriteProbe.NotTried(
              server + " became read-only before the write, or was too late for it");
    }

    private Asked ask(ControlSession control) throws SQLException {
      return Statements.query(
              control.connection(),
              row ->
                  new Asked(
                      row.getBoolean("read_only"),
                      String.valueOf(row.getString("until")),
                      row.getLong("stuck_seconds")),
              ASK,
              deadline.remaining().toNanos() / 1000,
              ControlSession.PROBE_ATTRIBUTE,
              manager.user(),
              AbandonedSession.COMMITTING)
          .getFirst();
    }

    private int insert(ControlSession control, String until)
        throws SQLException, PermitLostException {
      control.requirePermit();
      writing = true;
      return Statements.update(
          control.connection(), WRITE, control.epoch().value(), String.valueOf(until));
    }

    private WriteProbe judged(SQLException error) {
      boolean isStorages = writing && isStorages(error);
      boolean isBackups = creating && Diagnosis.numberOf(error) == Diagnosis.LOCK_WAIT_TIMEOUT;
      return isStorages && !isBackups
          ? new WriteProbe.Failed(
              "%s answers, but accepts no writes: %s".formatted(server, Diagnosis.message(error)))
          : new WriteProbe.NotTried(
              Diagnosis.of(error, server, manager, ConnectorJServer.MANAGER_PASSWORD).sentence());
    }
  }

  private record Asked(boolean readOnly, String until, long stuckSeconds) {}

  /** In rough numbers: a reason that differs at each check would be a new state each time. */
  private WriteProbe stuck(Duration time) {
    return new WriteProbe.Failed(
        "%s answers, but a write has not ended for %d s or more: its disk may be full, or its commits wait for something"
            .formatted(server, Long.highestOneBit(time.toSeconds())));
  }

  private static WriteProbe permitLost(Permit permit) {
    return new WriteProbe.NotTried("the permit of epoch " + permit.epoch() + " has ended");
  }

  /**
   * Whether the error says that the server could not write what it was right to ask. Errors of
   * storage have MySQL's general SQLSTATE: 1114 (table full), 3675 (no space for a table), 1026,
   * 1030, 1180, 1598 (the binary log). The other states speak of us: a privilege, a table that an
   * operator has altered, a transaction that was made read-only. Nor is a server that was set
   * read-only one that is broken.
   */
  private static boolean isStorages(SQLException error) {
    return switch (Diagnosis.numberOf(error)) {
      case 0, 1290, 1836 -> false;
      case Diagnosis.LOCK_WAIT_TIMEOUT -> true;
      default ->
          Diagnosis.causeOf(error) == Cause.UNSUPPORTED && "HY000".equals(error.getSQLState());
    };
  }

  /** What is being written on the server stays what it is; only the waiting ends. */
  @Override
  public void close() {
    switch (underWay.getAndSet(new Closed())) {
      case Attempt attempt -> attempt.thread.interrupt();
      case Closed _ -> {}
      case null -> session.drop();
    }
  }
}
