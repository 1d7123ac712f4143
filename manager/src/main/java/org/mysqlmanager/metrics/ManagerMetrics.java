package org.mysqlmanager.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Clock;
import org.mysqlmanager.reconcile.ClusterStatus;
import org.mysqlmanager.reconcile.ManagerStatus;

/** The manager and its clusters, as gauges, computed anew at each scrape. */
public final class ManagerMetrics implements MultiCollector {
  private static final double MILLIS_PER_SECOND = 1000;

  private final ManagerStatus manager;
  private final Clock clock;

  public ManagerMetrics(ManagerStatus manager, Clock clock) {
    this.manager = manager;
    this.clock = clock;
  }

  @Override
  public MetricSnapshots collect() {
    Gauges gauges = new Gauges();
    gauges.add(
        "mysql_manager_leader",
        "1 if this manager leads, else 0.",
        Gauges.number(manager.leadingEpoch().isPresent()));
    gauges.add(
        "mysql_manager_zookeeper_connected",
        "1 if ZooKeeper answers this manager, else 0.",
        Gauges.number(manager.isZooKeeperConnected()));
    gauges.add(
        "mysql_manager_epoch",
        "The number of the newest leadership that this manager knows of; 0 before the first.",
        manager.leadingEpoch().map(epoch -> (double) epoch.value()).orElseGet(this::storedEpoch));
    gauges.add(
        "mysql_manager_time_seconds",
        "This manager's clock, in seconds since the epoch of Unix: to be compared with the scrape's.",
        clock.millis() / MILLIS_PER_SECOND);
    for (ClusterStatus cluster : manager.clusters()) {
      ClusterMetrics.add(gauges, cluster);
      cluster.spec().servers().forEach(server -> ServerMetrics.add(gauges, cluster, server));
      ProxyMetrics.add(gauges, cluster);
    }
    MetricSnapshots.Builder all = MetricSnapshots.builder().metricSnapshot(info());
    gauges.snapshots().forEach(all::metricSnapshot);
    return all.build();
  }

  /** Is written as {@code mysql_manager_info}. */
  private InfoSnapshot info() {
    return InfoSnapshot.builder()
        .name("mysql_manager")
        .help("Always 1; which manager this is, and which version of the program it runs.")
        .dataPoint(
            InfoDataPointSnapshot.builder()
                .labels(Labels.of("manager", manager.managerId(), "version", version()))
                .build())
        .build();
  }

  private double storedEpoch() {
    return manager.clusters().stream()
        .mapToDouble(cluster -> cluster.state().epoch().value())
        .max()
        .orElse(0);
  }

  /** From the jar; there is none while classes are run from folders. */
  private static String version() {
    String version = ManagerMetrics.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
