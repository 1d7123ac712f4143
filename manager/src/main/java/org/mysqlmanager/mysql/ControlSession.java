package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.reconcile.Permit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for changes, which carries the epoch under which they are made as a connection
 * attribute. When it opens, sessions of lower epochs on the server are ended, and if one of a
 * higher epoch is there it gives up. So a leader that was paused cannot change a server that its
 * successor has begun to work on, whatever it believes.
 *
 * <p>It needs {@code performance_schema} (on by default); without it only the permit protects.
 *
 * <p>Used by one thread at a time.
 */
final class ControlSession implements AutoCloseable {
  static final String EPOCH_ATTRIBUTE = "mysql_manager_epoch";

  /** Beside the epoch, on sessions that only probe whether the server can write. */
  static final String PROBE_ATTRIBUTE = "mysql_manager_probe";

  private static final Logger LOG = LoggerFactory.getLogger(ControlSession.class);
  private static final Duration LONGEST_WAIT_FOR_THE_KILLED = Duration.ofSeconds(1);

  private final Connections connections;
  private final Connections.Opened opened;
  private final Connection connection;

  /** Whose sessions' attributes are believed: any client can send what attributes it likes. */
  private final String user;

  private final Dialect dialect;
  private final Permit permit;
  private final long id;
  private final Duration limit;

  /** Whether a changing statement was sent since this session was taken for the current change. */
  private volatile boolean touched;

  private ControlSession(
      Connections connections,
      Connections.Opened opened,
      String user,
      Dialect dialect,
      Permit permit,
      long id,
      Duration limit) {
    this.connections = connections;
    this.opened = opened;
    this.connection = opened.connection();
    this.user = user;
    this.dialect = dialect;
    this.permit = permit;
    this.id = id;
    this.limit = limit;
  }

  /**
   * Opens a session under the permit's epoch.
   *
   * @param limit bounds waiting for locks and for each answer
   * @throws SQLException also if it is another server than the last look was at
   * @throws PermitLostException if a session of a newer leader is on the server
   */
  static ControlSession open(
      Connections connections, Account account, Permit permit, Duration limit)
      throws SQLException, PermitLostException {
    Map<String, String> attributes = Map.of(EPOCH_ATTRIBUTE, permit.epoch().toString());
    return of(
        connections,
        account,
        connections.reach(account, attributes, limit.minusSeconds(1), limit),
        permit,
        limit);
  }

  /**
   * Opens a session for probing writes: it waits a second for any lock, and that long for the end
   * of a commit.
   *
   * @param limit bounds all but the commit
   */
  static ControlSession openForProbes(
      Connections connections,
      Account account,
      Permit permit,
      Duration limit,
      Duration longestCommit)
      throws SQLException, PermitLostException {
    Map<String, String> attributes =
        Map.of(EPOCH_ATTRIBUTE, permit.epoch().toString(), PROBE_ATTRIBUTE, "1");
    Duration lockWait = Duration.ofSeconds(1);
    ControlSession session =
        of(
            connections,
            account,
            connections.reach(account, attributes, lockWait, longestCommit),
            permit,
            limit);
    try {
      Statements.execute(
          session.connection, "SET SESSION innodb_lock_wait_timeout = " + lockWait.toSeconds());
      return session;
    } catch (SQLException | RuntimeException e) {
      Connections.abort(session.connection);
      throw e;
    }
  }

  private static ControlSession of(
      Connections connections,
      Account account,
      Connections.Opened opened,
      Permit permit,
      Duration limit)
      throws SQLException, PermitLostException {
    Connection connection = opened.connection();
    try {
      connections.requireLookedAt(connection);
      Dialect dialect = Dialect.of(connection);
      String id = Statements.value(connection, "SELECT CONNECTION_ID()");
      ControlSession session =
          new ControlSession(
              connections,
              opened,
              account.user(),
              dialect,
              permit,
              Long.parseLong(id == null ? "0" : id),
              limit);
      session.endLowerEpochs(connections);
      return session;
    } catch (SQLException | PermitLostException | RuntimeException e) {
      Connections.close(connection);
      throw e;
    }
  }

  /** The same session for another change in the same epoch. */
  ControlSession under(Permit next) {
    return new ControlSession(connections, opened, user, dialect, next, id, limit);
  }

  /** Whether the session serves that epoch, leads to the server, and is known there. */
  boolean isUsable(Epoch epoch) throws SQLException {
    return permit.epoch().equals(epoch)
        && !connections.haveMoved(opened.at())
        && connection.isValid(Math.toIntExact(Math.max(1, limit.toSeconds())));
  }

  Connection connection() {
    return connection;
  }

  Dialect dialect() {
    return dialect;
  }

  Epoch epoch() {
    return permit.epoch();
  }

  /** The server's number for this session. */
  long id() {
    return id;
  }

  boolean isTouched() {
    return touched;
  }

  void requirePermit() throws PermitLostException {
    if (!permit.isValid()) {
      throw new PermitLostException("the permit of epoch " + permit.epoch() + " has ended");
    }
  }

  /** Executes a statement that changes the server, if the permit is still valid. */
  void change(String sql, Object... values) throws SQLException, PermitLostException {
    requirePermit();
    touched = true;
    Statements.execute(connection, sql, values);
  }

  /** What became of a session that was to be ended. */
  enum Killing {
    /** It ends, or has ended already. */
    DONE,
    /** MySQL refuses: the account lacks CONNECTION_ADMIN, or SYSTEM_USER, which the other has. */
    REFUSED
  }

  /** Ends another session. */
  Killing kill(long session) throws SQLException, PermitLostException {
    try {
      change("KILL " + session);
      return Killing.DONE;
    } catch (SQLException e) {
      return switch (Diagnosis.numberOf(e)) {
        case Diagnosis.NO_SUCH_THREAD -> Killing.DONE;
        case Diagnosis.NOT_OWNER_OF_THREAD -> Killing.REFUSED;
        default -> throw e;
      };
    }
  }

  /** Waits until none of those sessions can change anything any more. */
  boolean awaitGone(Set<Long> sessions, Deadline deadline) throws SQLException {
    while (true) {
      boolean gone =
          ClientSession.list(connection).stream()
              .noneMatch(session -> sessions.contains(session.id()) && !session.isKilled());
      if (gone || deadline.hasPassed()) {
        return gone;
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SQLException("interrupted", "08S01", e);
      }
    }
  }

  @Override
  public void close() {
    Connections.close(connection);
  }

  /** The sessions that probe whether this server can write. */
  Set<Long> probes() throws SQLException {
    return Set.copyOf(
        Statements.query(
            connection,
            row -> row.getLong(1),
            """
            SELECT a.PROCESSLIST_ID FROM performance_schema.session_connect_attrs AS a
              JOIN performance_schema.threads AS t ON t.PROCESSLIST_ID = a.PROCESSLIST_ID
            WHERE a.ATTR_NAME = ? AND t.PROCESSLIST_USER = ?
            """,
            PROBE_ATTRIBUTE,
            user));
  }

  /**
   * Those that change servers must end, whatever it costs: killing a commit that waits for disk
   * space aborts mysqld. One that only probes, and is in its commit, is not worth it: it will do
   * nothing else.
   */
  private void endLowerEpochs(Connections connections) throws SQLException, PermitLostException {
    List<Other> others =
        Statements.query(
            connection,
            row -> new Other(row.getLong(1), row.getLong(2), row.getBoolean(3)),
            """
            SELECT a.PROCESSLIST_ID, CAST(a.ATTR_VALUE AS UNSIGNED),
              t.PROCESSLIST_STATE <=> ?
                AND EXISTS(SELECT 1 FROM performance_schema.session_connect_attrs AS p
                  WHERE p.ATTR_NAME = ? AND p.PROCESSLIST_ID = a.PROCESSLIST_ID)
            FROM performance_schema.session_connect_attrs AS a
              JOIN performance_schema.threads AS t ON t.PROCESSLIST_ID = a.PROCESSLIST_ID
            WHERE a.ATTR_NAME = ? AND t.PROCESSLIST_USER = ?
              AND a.PROCESSLIST_ID <> CONNECTION_ID()
            """,
            AbandonedSession.COMMITTING,
            PROBE_ATTRIBUTE,
            EPOCH_ATTRIBUTE,
            user);
    long own = permit.epoch().value();
    for (Other other : others) {
      if (other.epoch > own) {
        throw new PermitLostException(
            "a leader of epoch %d is at work on %s, and this one's is %d"
                .formatted(other.epoch, connections.endpoint(), own));
      }
    }
    Set<Long> lower =
        others.stream()
            .filter(other -> other.epoch < own && !other.commitsProbe)
            .map(Other::session)
            .collect(Collectors.toSet());
    for (long session : lower) {
      LOG.info(
          "{}: ending session {} of a deposed leader; this is epoch {}",
          connections.endpoint(),
          session,
          own);
      kill(session);
    }
    if (!lower.isEmpty() && !awaitGone(lower, Deadline.after(LONGEST_WAIT_FOR_THE_KILLED))) {
      throw new SQLException("sessions " + lower + " of a deposed leader do not end");
    }
  }

  private record Other(long session, long epoch, boolean commitsProbe) {}
}
