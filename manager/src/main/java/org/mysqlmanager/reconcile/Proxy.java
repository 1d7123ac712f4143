package org.mysqlmanager.reconcile;

import org.mysqlmanager.model.Routing;
import org.mysqlmanager.observe.ProxyObservation;

/**
 * One proxy, as the manager uses it. Thread-safe. No method throws for what a proxy or a network
 * does, and each ends within the deadlines it was made with.
 */
public interface Proxy extends AutoCloseable {
  /** One look at what is in force now. */
  ProxyObservation observe();

  /**
   * Initialises the proxy where it is not, computes what differs from the routing, changes it,
   * verifies it in the running configuration, makes it survive a restart, and cuts the sessions on
   * servers that get nothing any more. Idempotent.
   */
  StepResult apply(Routing routing, Permit permit);

  /** Ends all connections. */
  @Override
  void close();
}
