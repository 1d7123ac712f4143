package org.mysqlmanager.mysql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.mysqlmanager.mysql.ControlSession.Killing;
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
 * They are not waited for: from the moment that MySQL has taken a KILL the session executes nothing
 * more, and to roll back may take it hours. (Only with {@code performance_schema_show_processlist}
 * would a wait find anything left; otherwise such a session shows as killed at once.)
 *
 * <p>Sessions of accounts with SYSTEM_USER can only be ended by one that has it, too, which the
 * manager's need not: MySQL lets none of them write either, once {@code super_read_only} has come.
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
    Set<Long> untouchable = ConcurrentHashMap.newKeySet();
    Thread clearing =
        Thread.ofVirtual()
            .name("fence-" + connections.endpoint())
            .start(() -> clearTheWay(permit, closed, untouchable, deadline));
    try {
      session.change("SET GLOBAL super_read_only = 1");
    } catch (SQLException e) {
      if (!untouchable.isEmpty() && Diagnosis.numberOf(e) == Diagnosis.LOCK_WAIT_TIMEOUT) {
        return new StepResult.Failed(
            "%s cannot be closed while sessions %s of administrators stand in the way; end them by hand, or grant SYSTEM_USER to user '%s'"
                .formatted(connections.endpoint(), new TreeSet<>(untouchable), manager.user()));
      }
      throw e;
    } finally {
      closed.countDown();
      clearing.interrupt();
    }
    Set<Long> clients =
        ClientSession.list(session.connection()).stream()
            .filter(client -> client.isClients(manager.user()) && !client.isKilled())
            .map(ClientSession::id)
            .collect(Collectors.toUnmodifiableSet());
    for (long client : clients) {
      if (session.kill(client) == Killing.REFUSED) {
        untouchable.add(client);
      }
    }
    if (!untouchable.isEmpty()) {
      LOG.info(
          "{}: sessions {} cannot be ended and cannot write: their accounts have SYSTEM_USER, or the manager's lacks CONNECTION_ADMIN",
          connections.endpoint(),
          untouchable);
    }
    boolean readOnly =
        Statements.isTrue(
            session.connection(), "SELECT @@global.super_read_only AND @@global.read_only");
    return readOnly
        ? StepResult.DONE
        : new StepResult.Failed(
            connections.endpoint() + ": somebody has switched super_read_only off again");
  }

  /** Ends clients' sessions over and over until the server is closed. */
  private void clearTheWay(
      Permit permit, CountDownLatch closed, Set<Long> untouchable, Deadline deadline) {
    try {
      if (closed.await(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
      try (ControlSession session = ControlSession.open(connections, manager, permit, limit)) {
        while (closed.getCount() > 0 && !deadline.hasPassed()) {
          List<ClientSession> sessions = ClientSession.list(session.connection());
          for (ClientSession client : sessions) {
            if (client.isClients(manager.user())
                && !client.isKilled()
                && session.kill(client.id()) == Killing.REFUSED) {
              untouchable.add(client.id());
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
