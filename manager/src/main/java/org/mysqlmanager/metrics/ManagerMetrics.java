package org.mysqlmanager.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.Optional;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.reconcile.ClusterStatus;
import org.mysqlmanager.reconcile.ManagerStatus;

/** The manager and its clusters, as gauges, computed anew at each scrape. */
public final class ManagerMetrics implements MultiCollector {
  private static final double MILLIS_PER_SECOND = 1000;
  private static final double PERCENT = 100;

  private final ManagerStatus manager;

  public ManagerMetrics(ManagerStatus manager) {
    this.manager = manager;
  }

  @Override
  public MetricSnapshots collect() {
    Gauges gauges = new Gauges();
    gauges.add(
        "mysql_manager_leader",
        "1 if this manager leads, else 0.",
        number(manager.leadingEpoch().isPresent()));
    gauges.add(
        "mysql_manager_zookeeper_connected",
        "1 if ZooKeeper answers this manager, else 0.",
        number(manager.isZooKeeperConnected()));
    gauges.add(
        "mysql_manager_epoch",
        "The number of the newest leadership that this manager knows of; 0 before the first.",
        manager.leadingEpoch().map(epoch -> (double) epoch.value()).orElseGet(this::storedEpoch));
    for (ClusterStatus cluster : manager.clusters()) {
      addCluster(gauges, cluster);
      cluster.spec().servers().forEach(server -> addServer(gauges, cluster, server));
      cluster.observation().ifPresent(observation -> addProxies(gauges, cluster, observation));
    }
    return gauges.snapshots();
  }

  private double storedEpoch() {
    return manager.clusters().stream()
        .mapToDouble(cluster -> cluster.state().epoch().value())
        .max()
        .orElse(0);
  }

  private static void addCluster(Gauges gauges, ClusterStatus cluster) {
    String name = cluster.spec().name().value();
    ClusterState state = cluster.state();
    for (Phase phase : Phase.values()) {
      gauges.add(
          "mysql_manager_cluster_phase",
          "1 for the phase that the cluster is in, 0 for the others.",
          number(state.phase() == phase),
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
        "mysql_manager_write_failure_count",
        "Checks in a row that found the source up but unable to write.",
        state.writeFailureCount(),
        "cluster",
        name);
    gauges.add(
        "mysql_manager_old_master_joined",
        "0 from a failover until the old source follows the new one, else 1.",
        number(state.oldMasterJoined()),
        "cluster",
        name);
  }

  private static void addServer(Gauges gauges, ClusterStatus cluster, ServerSpec server) {
    String clusterName = cluster.spec().name().value();
    String name = server.name().value();
    gauges.add(
        "mysql_manager_server_role",
        "1 for the role that the server has; role is source or replica.",
        1,
        "cluster",
        clusterName,
        "server",
        name,
        "role",
        cluster.state().server(server.name()).role().toString());
    Optional<Observation> look = cluster.observation();
    if (look.isEmpty()) {
      return; // not looked at yet: neither up nor down
    }
    Optional<Reachable> reachable = look.get().reachable(server.name());
    gauges.add(
        "mysql_manager_server_up",
        "1 if this manager's last look at the server got an answer, else 0.",
        number(reachable.isPresent()),
        "cluster",
        clusterName,
        "server",
        name);
    reachable
        .flatMap(Reachable::replication)
        .flatMap(Replication::lag)
        .map(Duration::toMillis)
        .ifPresent(lag ->
            gauges.add(
                "mysql_manager_replication_lag_seconds",
                "How far the replica's applier is behind its source; absent if MySQL cannot tell.",
                lag / MILLIS_PER_SECOND,
                "cluster",
                clusterName,
                "server",
                name));
    reachable
        .map(Reachable::lastClone)
        .filter(clone -> clone.state() == CloneState.IN_PROGRESS)
        .flatMap(CloneStatus::percent)
        .ifPresent(percent ->
            gauges.add(
                "mysql_manager_clone_progress_ratio",
                "How much of the source's data has arrived (0 to 1), while a clone is in progress.",
                percent / PERCENT,
                "cluster",
                clusterName,
                "server",
                name));
  }

  private static void addProxies(Gauges gauges, ClusterStatus cluster, Observation observation) {
    observation
        .proxies()
        .forEach((proxy, seen) ->
            gauges.add(
                "mysql_manager_proxy_up",
                "1 if this manager's last look at the proxy's admin interface got an answer, else 0.",
                number(seen instanceof ProxyObservation.Reachable),
                "cluster",
                cluster.spec().name().value(),
                "proxy",
                proxy.value()));
  }

  private static double number(boolean value) {
    return value ? 1 : 0;
  }
}
