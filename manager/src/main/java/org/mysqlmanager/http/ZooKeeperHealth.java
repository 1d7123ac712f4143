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
        : Result.unhealthy("ZooKeeper does not answer: nothing is changed until it does");
  }
}
