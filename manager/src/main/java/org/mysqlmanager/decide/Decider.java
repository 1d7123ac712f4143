package org.mysqlmanager.decide;

import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Observation;

/**
 * What to do about a cluster: one pure function. To resume an operation after a crash is nothing
 * special: the state says which step it had reached, the observation whether that step is done.
 */
public final class Decider {
  private Decider() {}

  /**
   * Decides.
   *
   * @param spec what the operator wants
   * @param state what was decided before
   * @param seen how things are now
   * @return the next state, with the reason in words, and at most one step to take after it is
   *     stored
   */
  public static Decision decide(ClusterSpec spec, ClusterState state, Observation seen) {
    if (state.source().isEmpty()) {
      return Discovery.decide(spec, state, seen);
    }
    ServerId source = state.source().get();
    boolean isBeingReplaced = state.operation().orElse(null) instanceof Operation.Failover;
    if (spec.server(source).isEmpty() && !isBeingReplaced) {
      return Decision.only(
          state.withPhase(
              Phase.NEEDS_OPERATOR,
              "%s is the source but no longer in the spec: put it back until another server is source"
                  .formatted(source)));
    }
    View view = new View(spec, state, seen);
    if (state.operation().orElse(null) instanceof Operation.Bootstrap bootstrap) {
      return Bootstrapping.decide(view, bootstrap);
    }
    if (state.operation().orElse(null) instanceof Operation.Failover failover) {
      return FailingOver.decide(view, failover);
    }
    return Upkeep.decide(view);
  }
}
