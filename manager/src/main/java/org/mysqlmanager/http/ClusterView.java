package org.mysqlmanager.http;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.reconcile.ClusterStatus;
import org.mysqlmanager.reconcile.ManagerStatus;

/**
 * The answer to {@code GET /clusters/{name}}: what the leader has decided, and what the manager
 * that answers sees itself.
 *
 * @param manager the manager that answers
 * @param epoch of the newest leadership that the answering manager knows of
 * @param sourceFailedAt the first failure of the present run of failures
 * @param observedAt when the answering manager last looked
 * @param specDiffers how the configuration differs from what is kept in ZooKeeper
 * @param lastFailure the last step that did not succeed, with the reason; null once one has
 * @param problem why the answering manager cannot work on the cluster at all
 */
@JsonNaming(SnakeCaseStrategy.class)
record ClusterView(
    String name,
    String manager,
    @Nullable String leader,
    @Nullable Long epoch,
    String phase,
    String reason,
    @Nullable String problem,
    @Nullable String source,
    boolean oldMasterJoined,
    int masterFailureCount,
    int masterFailureThreshold,
    @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable Instant sourceFailedAt,
    @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable Instant observedAt,
    List<String> specDiffers,
    @Nullable String lastFailure,
    @Nullable OperationView operation,
    List<ServerView> servers,
    List<ProxyView> proxies,
    TotalsView totals) {
  /** Counters since the cluster was created. */
  @JsonNaming(SnakeCaseStrategy.class)
  record TotalsView(
      long clusterConnectionFailure, long successfulFailover, long replicationRestart) {}

  static ClusterView of(ManagerStatus manager, ClusterStatus cluster) {
    ClusterState state = cluster.state();
    return new ClusterView(
        cluster.spec().name().value(),
        manager.managerId(),
        manager.leaderId().orElse(null),
        Views.newestEpoch(manager),
        state.phase().toString(),
        state.reason(),
        cluster.problem().orElse(null),
        state.source().map(Object::toString).orElse(null),
        state.oldMasterJoined(),
        state.masterFailureCount(),
        cluster.spec().masterFailureThreshold(),
        Views.millis(state.sourceFailedAt()),
        Views.millis(cluster.observation().map(Observation::at)),
        cluster.specDifferences(),
        cluster.lastFailure().orElse(null),
        state.operation().map(OperationView::of).orElse(null),
        cluster.spec().servers().stream().map(server -> ServerView.of(cluster, server)).toList(),
        cluster.spec().proxies().stream().map(proxy -> ProxyView.of(cluster, proxy)).toList(),
        new TotalsView(
            state.totals().clusterConnectionFailure(),
            state.totals().successfulFailover(),
            state.totals().replicationRestart()));
  }
}
