package org.mysqlmanager.http;

import com.codahale.metrics.health.HealthCheck;
import org.mysqlmanager.reconcile.ManagerStatus;

/** Healthy while ZooKeeper answers this manager. */
public final class ZooKeeperHealth extends HealthCheck {
  private final ManagerStatus manager;

  public ZooKeeperHealth(ManagerStatus manager) {
    this.manager = manager;
  }

  @Override
  protected Result check() {
    return manager.isZooKeeperConnected()
        ? Result.healthy("connected")
        : Result.unhealthy(
            "ZooKeeper does not answer, or does not let this manager in (its log and the clusters' status say why): nothing is changed until it does");
  }
}
