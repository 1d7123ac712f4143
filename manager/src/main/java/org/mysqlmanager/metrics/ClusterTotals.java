package org.mysqlmanager.metrics;

import java.util.List;
import java.util.function.ToLongFunction;
import org.mysqlmanager.model.Totals;
import org.mysqlmanager.reconcile.ClusterStatus;

/**
 * The counters that are kept with each cluster's state, under names that are a contract with users.
 *
 * <p>Written here and not by Prometheus's library: it appends {@code _total} to every counter's
 * name. OpenMetrics demands that suffix, so there they are of type {@code unknown}.
 */
final class ClusterTotals {
  private record Counter(String name, String help, ToLongFunction<Totals> value) {}

  private static final List<Counter> COUNTERS =
      List.of(
          new Counter(
              "total_cluster_connection_failure",
              "Checks that found neither the source nor any replica, since the cluster was created.",
              Totals::clusterConnectionFailure),
          new Counter(
              "total_successful_failover",
              "Failovers that reached their end, since the cluster was created.",
              Totals::successfulFailover),
          new Counter(
              "mysql_manager_replication_restarts",
              "Attempts to restart a broken replication, since the cluster was created.",
              Totals::replicationRestart));

  private ClusterTotals() {}

  /** Lines in Prometheus's text format; as OpenMetrics if so asked. */
  static String text(List<ClusterStatus> clusters, boolean openMetrics) {
    StringBuilder text = new StringBuilder();
    for (Counter counter : COUNTERS) {
      text.append("# HELP ").append(counter.name).append(' ').append(counter.help).append('\n');
      text.append("# TYPE ").append(counter.name).append(openMetrics ? " unknown\n" : " counter\n");
      for (ClusterStatus cluster : clusters) {
        // A cluster's name has no character that would need an escape.
        text.append(counter.name)
            .append("{cluster=\"")
            .append(cluster.spec().name())
            .append("\"} ")
            .append(counter.value.applyAsLong(cluster.state().totals()))
            .append('\n');
      }
    }
    return text.toString();
  }
}
