package org.mysqlmanager.reconcile;

import java.util.List;
import java.util.Optional;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.observe.Observation;

/**
 * All that one manager knows of a cluster: what was decided (by the leader) and what it sees
 * itself.
 *
 * @param state as last read from the store
 * @param observation this manager's own last look; empty before the first
 * @param specDifferences how the configured spec differs from the stored one, one sentence each
 * @param lastFailure the last step that did not succeed, with the reason; empty once a step has
 * @param problem why the cluster cannot be worked on at all (store away, value unreadable); empty
 *     if it can
 */
public record ClusterStatus(
    ClusterSpec spec,
    ClusterState state,
    Optional<Observation> observation,
    List<String> specDifferences,
    Optional<String> lastFailure,
    Optional<String> problem) {
  public ClusterStatus {
    specDifferences = List.copyOf(specDifferences);
  }
}
