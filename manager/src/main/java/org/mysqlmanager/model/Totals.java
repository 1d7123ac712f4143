package org.mysqlmanager.model;

/**
 * Counters of a cluster since it was created; kept with its state, so that they survive restarts
 * and changes of leader.
 *
 * @param clusterConnectionFailure checks that found neither the source nor any replica
 * @param successfulFailover failovers that reached their end
 * @param replicationRestart attempts to restart a broken replication
 */
public record Totals(
    long clusterConnectionFailure, long successfulFailover, long replicationRestart) {
  public static final Totals ZERO = new Totals(0, 0, 0);

  public Totals plusConnectionFailure() {
    return new Totals(clusterConnectionFailure + 1, successfulFailover, replicationRestart);
  }

  public Totals plusFailover() {
    return new Totals(clusterConnectionFailure, successfulFailover + 1, replicationRestart);
  }

  public Totals plusReplicationRestart() {
    return new Totals(clusterConnectionFailure, successfulFailover, replicationRestart + 1);
  }
}
