package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.mysqlmanager.mysql.Bounded.OverrunException;
import org.mysqlmanager.net.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a session on the server that nobody waits for any more. The server does not notice by
 * itself: a statement that was blocked would still take effect later.
 *
 * <p>A session whose commit is under way is left alone. Its commit cannot be undone, and if it
 * waits for space for the binary log, {@code KILL} breaks the wait off as an error of the binary
 * log: with {@code binlog_error_action=ABORT_SERVER}, the default, mysqld then aborts (seen with
 * 9.7.4).
 */
final class AbandonedSession {
  private static final Logger LOG = LoggerFactory.getLogger(AbandonedSession.class);

  /** MySQL's word for a session that commits, since 8.0. */
  static final String COMMITTING = "waiting for handler commit";

  private AbandonedSession() {}

  /** Returns at once; tries once, for at most that long. */
  static void end(
      String server, Connections connections, Account manager, long session, Duration limit) {
    Thread.ofVirtual()
        .name("end-" + session)
        .start(() -> {
          try {
            Bounded.call(
                "kill-" + session,
                Deadline.after(limit),
                () -> {
                  try (Connection connection = connections.open(manager, Map.of(), limit, limit)) {
                    connections.requireLookedAt(connection);
                    if (!isCommitting(connection, session)) {
                      Statements.execute(connection, "KILL " + session);
                    }
                  }
                  return session;
                });
          } catch (SQLException | OverrunException | InterruptedException e) {
            LOG.debug("{}: session {} could not be ended: {}", server, session, e.toString());
          }
        });
  }

  private static boolean isCommitting(Connection connection, long session) throws SQLException {
    return Statements.isTrue(
        connection,
        """
        SELECT EXISTS(SELECT 1 FROM performance_schema.threads
          WHERE PROCESSLIST_ID = ? AND PROCESSLIST_STATE = ?)
        """,
        session,
        COMMITTING);
  }
}
