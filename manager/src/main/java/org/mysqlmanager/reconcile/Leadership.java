package org.mysqlmanager.reconcile;

import java.util.Optional;

/** Who leads, and whether it is this manager. Thread-safe; no method blocks for long. */
public interface Leadership {
  /** The right to act, if this manager leads now and ZooKeeper has answered lately. */
  Optional<Permit> permit();

  /** The id of the leading manager, if it is known. */
  Optional<String> leaderId();

  /** Whether ZooKeeper answers. */
  boolean isConnected();

  /** Gives up leadership at once; another manager, or after it this one, becomes leader. */
  void resign();

  /** Calls back, on a thread of its own, whenever leadership or the connection may have changed. */
  void onChange(Runnable listener);
}
