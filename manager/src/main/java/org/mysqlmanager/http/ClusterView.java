package org.mysqlmanager.http;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.LastFailover;
import org.mysqlmanager.model.Membership;
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
 * @param writeFailureCount checks in a row that found the source up but unable to write
 * @param lastFailover when the last failover ended
 * @param nextFailoverFrom before this time no automatic failover begins (min_failover_interval);
 *     null if one may
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
    int writeFailureCount,
    @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable Instant lastFailover,
    @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable Instant nextFailoverFrom,
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
        state.writeFailureCount(),
        Views.millis(state.lastFailover().map(LastFailover::ended)),
        Views.millis(nextFailoverFrom(cluster)),
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

  private static Optional<Instant> nextFailoverFrom(ClusterStatus cluster) {
    Instant now = cluster.observation().map(Observation::at).orElse(Instant.MAX);
    return cluster
        .state()
        .lastFailover()
        .filter(last ->
            cluster.state().server(last.oldSource()).membership() != Membership.FORMER_SOURCE)
        .map(last -> last.ended().plus(cluster.spec().minFailoverInterval()))
        .filter(now::isBefore);
  }
}
