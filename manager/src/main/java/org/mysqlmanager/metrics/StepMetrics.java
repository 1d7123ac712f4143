package org.mysqlmanager.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.reconcile.StepListener;

/** How long this manager's looks at its clusters and its steps took since it was started. */
public final class StepMetrics implements StepListener {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Histogram looks;
  private final Histogram durations;

  public StepMetrics(PrometheusRegistry registry) {
    looks =
        Histogram.builder()
            .name("mysql_manager_look_duration_seconds")
            .help("How long each look at all servers and proxies of a cluster took.")
            .labelNames("cluster")
            // Up to observe_timeout, which is 2 s as a rule.
            .classicOnly()
            .classicUpperBounds(0.005, 0.02, 0.1, 0.5, 1, 2, 5, 15)
            .register(registry);
    durations =
        Histogram.builder()
            .name("mysql_manager_step_duration_seconds")
            .help("How long each step took that this manager carried out, by its result.")
            .labelNames("cluster", "step", "result")
            // From one statement to a clone of hours.
            .classicOnly()
            .classicUpperBounds(0.005, 0.02, 0.1, 0.5, 1, 2, 5, 15, 60, 300, 1800, 7200)
            .register(registry);
  }

  @Override
  public void finished(ClusterName cluster, String step, String result, Duration took) {
    durations.labelValues(cluster.value(), step, result).observe(took.toNanos() / NANOS_PER_SECOND);
  }

  @Override
  public void looked(ClusterName cluster, Duration took) {
    looks.labelValues(cluster.value()).observe(took.toNanos() / NANOS_PER_SECOND);
  }
}
