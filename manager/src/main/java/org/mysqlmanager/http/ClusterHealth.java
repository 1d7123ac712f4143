package org.mysqlmanager.http;

import com.codahale.metrics.health.HealthCheck;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.reconcile.ClusterStatus;
import org.mysqlmanager.reconcile.ManagerStatus;

/** Healthy while the cluster is {@link Phase#RUNNING}; any manager answers, from what it knows. */
public final class ClusterHealth extends HealthCheck {
  private final ManagerStatus manager;
  private final ClusterName cluster;

  public ClusterHealth(ManagerStatus manager, ClusterName cluster) {
    this.manager = manager;
    this.cluster = cluster;
  }

  @Override
  protected Result check() {
    return manager
        .cluster(cluster.value())
        .map(ClusterHealth::result)
        .orElseGet(() -> Result.unhealthy("this cluster is not known any more"));
  }

  private static Result result(ClusterStatus status) {
    if (status.problem().isPresent()) {
      return Result.unhealthy(status.problem().get());
    }
    // Not formatted by the library: a reason may hold a '%'.
    String message = status.state().phase() + ": " + status.state().reason();
    return status.state().phase() == Phase.RUNNING
        ? Result.healthy(message)
        : Result.unhealthy(message);
  }
}
