package org.mysqlmanager.reconcile;

import org.mysqlmanager.model.Epoch;

/**
 * The right to change something, as long as it lasts. An adapter asks before <em>each</em>
 * statement or command that changes a server or proxy, and stops with {@link StepResult.Refused}
 * when the answer is no. Thread-safe.
 */
public interface Permit {
  /** The leadership under which the change is made. */
  Epoch epoch();

  /**
   * Whether this manager still leads, and ZooKeeper has answered so lately that nobody else can
   * lead before a command that starts now has met its deadline.
   */
  boolean isValid();
}
