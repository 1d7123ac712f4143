package org.mysqlmanager.http;

import com.codahale.metrics.health.HealthCheck;
import org.mysqlmanager.reconcile.ManagerStatus;

/** Healthy while it is known who leads: this manager or another. */
public final class LeadershipHealth extends HealthCheck {
  private final ManagerStatus manager;

  public LeadershipHealth(ManagerStatus manager) {
    this.manager = manager;
  }

  @Override
  protected Result check() {
    return manager
        .leaderId()
        .map(leader ->
            Result.healthy(
                leader.equals(manager.managerId()) ? "this manager leads" : leader + " leads"))
        .orElseGet(() -> Result.unhealthy("no manager is known to lead"));
  }
}
