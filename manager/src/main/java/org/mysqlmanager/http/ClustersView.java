package org.mysqlmanager.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.reconcile.ManagerStatus;

/**
 * The answer to {@code GET /clusters}.
 *
 * @param manager the manager that answers
 * @param leader the manager that leads, if it is known
 * @param epoch of the newest leadership that the answering manager knows of
 * @param zookeeperConnected whether ZooKeeper answers the answering manager
 */
@JsonNaming(SnakeCaseStrategy.class)
record ClustersView(
    String manager,
    @Nullable String leader,
    @Nullable Long epoch,
    boolean zookeeperConnected,
    List<ClusterView> clusters) {
  static ClustersView of(ManagerStatus manager) {
    List<ClusterView> clusters =
        manager.clusters().stream().map(cluster -> ClusterView.of(manager, cluster)).toList();
    return new ClustersView(
        manager.managerId(),
        manager.leaderId().orElse(null),
        Views.newestEpoch(manager),
        manager.isZooKeeperConnected(),
        clusters);
  }
}
