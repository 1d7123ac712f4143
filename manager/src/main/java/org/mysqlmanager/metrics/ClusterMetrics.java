package org.mysqlmanager.metrics;

import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.reconcile.ClusterStatus;

/** One cluster as a whole: what has been decided about it, and whether this manager looks at it. */
final class ClusterMetrics {
  private ClusterMetrics() {}

  static void add(Gauges gauges, ClusterStatus cluster) {
    String name = cluster.spec().name().value();
    ClusterState state = cluster.state();
    for (Phase phase : Phase.values()) {
      gauges.add(
          "mysql_manager_cluster_phase",
          "1 for the phase that the cluster is in, 0 for the others.",
          Gauges.number(state.phase() == phase),
          "cluster",
          name,
          "phase",
          phase.toString());
    }
    gauges.add(
        "mysql_manager_master_failure_count",
        "Checks in a row that found the source unreachable.",
        state.masterFailureCount(),
        "cluster",
        name);
    gauges.add(
        "mysql_manager_master_failure_threshold",
        "The source is failed over when more checks in a row than this found it unreachable.",
        cluster.spec().masterFailureThreshold(),
        "cluster",
        name);
    gauges.add(
        "mysql_manager_max_failover_lag_seconds",
        "A replica further behind than this is not promoted automatically.",
        Gauges.seconds(cluster.spec().maxFailoverLag()),
        "cluster",
        name);
    gauges.add(
        "mysql_manager_write_failure_count",
        "Checks in a row that found the source up but unable to write.",
        state.writeFailureCount(),
        "cluster",
        name);
    gauges.add(
        "mysql_manager_old_master_joined",
        "0 from a failover until the old source follows the new one, else 1.",
        Gauges.number(state.oldMasterJoined()),
        "cluster",
        name);
    state
        .lastFailover()
        .ifPresent(last ->
            gauges.add(
                "mysql_manager_last_failover_timestamp_seconds",
                "When the last failover ended; absent before the first.",
                Gauges.seconds(last.ended()),
                "cluster",
                name));
    gauges.add(
        "mysql_manager_cluster_problem",
        "1 while this manager cannot work on the cluster: its state is out of reach or unreadable.",
        Gauges.number(cluster.problem().isPresent()),
        "cluster",
        name);
    gauges.add(
        "mysql_manager_spec_differences",
        "Settings in this manager's configuration that differ from what ZooKeeper has.",
        cluster.specDifferences().size(),
        "cluster",
        name);
    cluster
        .observation()
        .ifPresent(look ->
            gauges.add(
                "mysql_manager_last_look_timestamp_seconds",
                "When this manager's last look at the cluster ended; absent before the first.",
                Gauges.seconds(look.at()),
                "cluster",
                name));
  }
}
