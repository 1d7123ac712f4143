package org.mysqlmanager.metrics;

import java.util.Set;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ProxyObservation.Reachable;
import org.mysqlmanager.observe.ProxyObservation.Unreachable;
import org.mysqlmanager.reconcile.ClusterStatus;

/** The proxies as this manager sees them, and where each sends clients. */
final class ProxyMetrics {
  private ProxyMetrics() {}

  static void add(Gauges gauges, ClusterStatus cluster) {
    String clusterName = cluster.spec().name().value();
    cluster
        .observation()
        .ifPresent(look ->
            look.proxies().forEach((proxy, seen) -> add(gauges, clusterName, proxy.value(), seen)));
  }

  private static void add(Gauges gauges, String cluster, String proxy, ProxyObservation seen) {
    gauges.add(
        "mysql_manager_proxy_up",
        "1 if this manager's last look at the proxy's admin interface got an answer, else 0.",
        Gauges.number(seen instanceof Reachable),
        "cluster",
        cluster,
        "proxy",
        proxy);
    switch (seen) {
      case Unreachable _ -> {} // where it sends clients is not known
      case Reachable reachable -> {
        addRoutes(gauges, cluster, proxy, "writes", reachable.writers());
        addRoutes(gauges, cluster, proxy, "reads", reachable.readers());
        gauges.add(
            "mysql_manager_proxy_warnings",
            "What an operator should know although the proxy answers: so many sentences in its status.",
            reachable.warnings().size(),
            "cluster",
            cluster,
            "proxy",
            proxy);
      }
    }
  }

  private static void addRoutes(
      Gauges gauges, String cluster, String proxy, String route, Set<ServerId> servers) {
    for (ServerId server : servers) {
      gauges.add(
          "mysql_manager_proxy_route",
          "1 for each server that the proxy sends clients to; route is writes or reads.",
          1,
          "cluster",
          cluster,
          "proxy",
          proxy,
          "route",
          route,
          "server",
          server.value());
    }
  }
}
