package org.mysqlmanager.sim;

import java.util.Set;
import org.mysqlmanager.decide.Decider;
import org.mysqlmanager.reconcile.DecisionFunction;
import org.mysqlmanager.reconcile.MySqlServer;
import org.mysqlmanager.reconcile.Proxy;
import org.mysqlmanager.reconcile.StateStore;

/** What is deliberately wrong in a system; nothing, unless a test plants something. */
interface Planted {
  Planted NOTHING = new Planted() {};

  /** Faults of the simulated world. */
  default Set<Bug> bugs() {
    return Set.of();
  }

  /** The decisions. */
  default DecisionFunction decisions() {
    return Decider::decide;
  }

  /** A manager's store. */
  default StateStore store(StateStore real) {
    return real;
  }

  /** A manager's adapter of a server. */
  default MySqlServer server(MySqlServer real) {
    return real;
  }

  /** A manager's adapter of a proxy. */
  default Proxy proxy(Proxy real) {
    return real;
  }
}
