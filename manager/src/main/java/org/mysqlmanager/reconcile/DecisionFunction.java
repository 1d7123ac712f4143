package org.mysqlmanager.reconcile;

import org.mysqlmanager.decide.Decision;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.observe.Observation;

/** What to do about a cluster. Pure, so thread-safe. */
@FunctionalInterface
public interface DecisionFunction {
  /**
   * Decides.
   *
   * @param spec what the operator wants
   * @param state what was decided before
   * @param seen how things are now
   */
  Decision decide(ClusterSpec spec, ClusterState state, Observation seen);
}
