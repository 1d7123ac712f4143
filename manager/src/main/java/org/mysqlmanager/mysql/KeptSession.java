package org.mysqlmanager.mysql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.reconcile.Permit;

/**
 * A control session that is opened when it is first needed and stays open for as long as its epoch
 * lasts: a successor finds there a leader that was deposed without noticing. Used by one thread at
 * a time, except {@link #refuse}, which anybody may call.
 */
final class KeptSession {
  private final Opening opening;
  private @Nullable ControlSession current;
  private volatile boolean refusing;

  /** Opens a session under the permit's epoch. */
  interface Opening {
    ControlSession open(Permit permit) throws SQLException, PermitLostException;
  }

  KeptSession(Opening opening) {
    this.opening = opening;
  }

  /**
   * The session for that permit, the kept one if it still serves.
   *
   * @throws PermitLostException if this process, or another one, has already led in a later epoch
   */
  ControlSession take(Permit permit) throws SQLException, PermitLostException {
    ControlSession kept = current;
    if (kept != null) {
      if (kept.epoch().compareTo(permit.epoch()) > 0) {
        throw new PermitLostException(
            "this process has already led in epoch %s, after %s"
                .formatted(kept.epoch(), permit.epoch()));
      }
      if (kept.isUsable(permit.epoch())) {
        return kept.under(permit);
      }
      drop();
    }
    if (refusing) {
      throw new SQLException("closed");
    }
    ControlSession opened = opening.open(permit);
    current = opened;
    return opened;
  }

  /** Ends the session without a word to the server. */
  void drop() {
    ControlSession session = current;
    current = null;
    if (session != null) {
      Connections.abort(session.connection());
    }
  }

  /** Opens no session any more. */
  void refuse() {
    refusing = true;
  }
}
