package org.mysqlmanager.mysql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a server read-only for everybody and ends its clients' sessions.
 *
 * <p>{@code SET GLOBAL super_read_only} waits for running statements, for tables that are locked
 * and for commits that wait for a replica's acknowledgement, so it may never come to its end by
 * itself. If it does not at once, a second session ends the clients meanwhile. When it has come, no
 * session can commit any more, new ones included; those that were there then are ended for good.
 *
 * <p>Where commits wait for disk space, ending one of them makes mysqld abort (see {@link
 * AbandonedSession}). For a server that must be closed that is better than commits that succeed
 * when there is space again, and MySQL leaves no third way.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/refman/9.7/en/server-system-variables.html#sysvar_read_only">read_only</a>
 */
final class Fence {
  private static final Logger LOG = LoggerFactory.getLogger(Fence.class);
  private static final Duration GRACE = Duration.ofMillis(100);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Connections connections;
  private final Account manager;
  private final Duration limit;

  Fence(Connections connections, Account manager, Duration limit) {
    this.connections = connections;
    this.manager = manager;
    this.limit = limit;
  }

  StepResult raise(ControlSession session, Permit permit, Deadline deadline)
      throws SQLException, PermitLostException {
    session.requirePermit();
    CountDownLatch closed = new CountDownLatch(1);
    Thread clearing =
        Thread.ofVirtual()
            .name("fence-" + connections.endpoint())
            .start(() -> clearTheWay(permit, closed, deadline));
    try {
      session.change("SET GLOBAL super_read_only = 1");
    } finally {
      closed.countDown();
      clearing.interrupt();
    }
    Set<Long> clients =
        ClientSession.list(session.connection()).stream()
            .filter(client -> client.isClients(manager.user()) && !client.isKilled())
            .map(ClientSession::id)
            .collect(Collectors.toSet());
    for (long client : clients) {
      session.kill(client);
    }
    boolean gone = session.awaitGone(clients, deadline);
    boolean readOnly =
        Statements.isTrue(
            session.connection(), "SELECT @@global.super_read_only AND @@global.read_only");
    if (!readOnly) {
      return new StepResult.Failed(
          connections.endpoint() + ": somebody has switched super_read_only off again");
    }
    return gone
        ? StepResult.DONE
        : new StepResult.Failed(
            connections.endpoint() + " is read-only, but some clients' sessions do not end");
  }

  /** Ends clients' sessions over and over until the server is closed. */
  private void clearTheWay(Permit permit, CountDownLatch closed, Deadline deadline) {
    try {
      if (closed.await(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
      try (ControlSession session = ControlSession.open(connections, manager, permit, limit)) {
        while (closed.getCount() > 0 && !deadline.hasPassed()) {
          List<ClientSession> sessions = ClientSession.list(session.connection());
          for (ClientSession client : sessions) {
            if (client.isClients(manager.user()) && !client.isKilled()) {
              session.kill(client.id());
            }
          }
          // Our own probe may be what stands in the way.
          for (long probe : session.probes()) {
            session.kill(probe);
          }
          Thread.sleep(PAUSE);
        }
      }
    } catch (InterruptedException _) {
      // The way is clear, or the time is up.
      Thread.currentThread().interrupt();
    } catch (SQLException | PermitLostException e) {
      if (closed.getCount() > 0) {
        LOG.warn("{}: clients cannot be ended: {}", connections.endpoint(), e.getMessage());
      }
    }
  }
}
