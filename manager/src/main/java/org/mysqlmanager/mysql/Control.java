package org.mysqlmanager.mysql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.mysqlmanager.mysql.Bounded.OverrunException;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes changes to one server, one after the other, each within its time. The session stays open
 * for as long as the epoch lasts: a leader that was deposed without noticing finds it there.
 * Thread-safe.
 */
final class Control implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Control.class);

  private final String server;
  private final Connections connections;
  private final Account manager;
  private final Duration limit;
  private final Semaphore gate = new Semaphore(1);

  /** Used only by whoever holds the gate. */
  private final KeptSession kept;

  /**
   * @param server as in {@code s1 (127.0.0.1:3306)}
   * @param limit how long a change may take
   */
  Control(String server, Connections connections, Account manager, Duration limit) {
    this.server = server;
    this.connections = connections;
    this.manager = manager;
    this.limit = limit;
    this.kept = new KeptSession(permit -> ControlSession.open(connections, manager, permit, limit));
  }

  /** One change, of one or several statements. */
  interface Change {
    StepResult make(ControlSession session, Deadline deadline)
        throws SQLException, PermitLostException;
  }

  StepResult change(Permit permit, Change change) {
    return change(permit, limit, change);
  }

  /** Makes a change that may take that long. */
  StepResult change(Permit permit, Duration atMost, Change change) {
    Deadline deadline = Deadline.after(atMost);
    AtomicLong inUse = new AtomicLong();
    try {
      if (!gate.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        return new StepResult.Failed(server + ": another change is still under way");
      }
      return Bounded.call(
          "change-" + connections.endpoint(),
          deadline,
          () -> {
            try {
              return make(permit, deadline, change, inUse);
            } finally {
              gate.release();
            }
          });
    } catch (SQLException e) {
      return new StepResult.Failed(sentence(e));
    } catch (OverrunException e) {
      if (inUse.get() != 0) {
        AbandonedSession.end(server, connections, manager, inUse.get(), limit);
      }
      return new StepResult.Unknown(Diagnosis.timedOut(server, atMost).sentence());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new StepResult.Unknown(server + ": interrupted before the answer came");
    }
  }

  String sentence(SQLException error) {
    return Diagnosis.of(error, server, manager, ConnectorJServer.MANAGER_PASSWORD).sentence();
  }

  private StepResult make(Permit permit, Deadline deadline, Change change, AtomicLong inUse)
      throws SQLException {
    ControlSession session = null;
    try {
      if (!permit.isValid()) {
        return new StepResult.Refused();
      }
      session = kept.take(permit);
      inUse.set(session.id());
      return change.make(session, deadline);
    } catch (PermitLostException e) {
      LOG.info("{}: change refused: {}", server, e.getMessage());
      return new StepResult.Refused();
    } catch (SQLException e) {
      // A new session also takes up privileges that were granted meanwhile.
      kept.drop();
      boolean mayHaveHappened = session != null && session.isTouched() && Diagnosis.isLinkLost(e);
      return mayHaveHappened
          ? new StepResult.Unknown(sentence(e))
          : new StepResult.Failed(sentence(e));
    }
  }

  @Override
  public void close() {
    kept.refuse();
    boolean acquired = false;
    try {
      acquired = gate.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (acquired) {
      kept.drop();
      gate.release();
    }
  }
}
