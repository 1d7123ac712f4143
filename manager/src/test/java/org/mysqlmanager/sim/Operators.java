package org.mysqlmanager.sim;

import java.util.HashSet;
import java.util.Set;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Membership;

/** The reasons for which a cluster may wait for an operator. */
final class Operators {
  private Operators() {}

  /**
   * A lost replica, or a new server, really has what the source lacks: that is not thrown away
   * unasked. Or a former source has it from a clone, so that it is not in its binary logs and
   * cannot be saved. Or a replica needs binary logs that the source has purged, and the cluster is
   * set not to clone it by itself.
   */
  static boolean hasGoodReason(World world, ClusterState state) {
    if (state.source().isEmpty()) {
      return false;
    }
    SimServer source = world.server(state.source().get());
    Set<Tx> ofTheSource = new HashSet<>(source.data());
    for (SimServer server : world.servers().values()) {
      Membership membership = state.server(server.id()).membership();
      boolean isUndecided = membership == Membership.LOST || membership == Membership.NEW;
      boolean hasMore =
          server.data().stream().anyMatch(tx -> !ofTheSource.contains(tx))
              || server.replica().relay().stream().anyMatch(tx -> !ofTheSource.contains(tx));
      boolean lacksLogs =
          !world.spec().policy().cloneBrokenReplicas()
              && !server.executed().contains(source.purged());
      boolean cannotBeSaved =
          membership == Membership.FORMER_SOURCE
              && server.data().stream()
                  .filter(tx -> !ofTheSource.contains(tx))
                  .anyMatch(tx -> tx.isIn(server.purged()));
      if ((isUndecided && hasMore)
          || cannotBeSaved
          || (membership == Membership.JOINED && lacksLogs)) {
        return true;
      }
    }
    return false;
  }
}
