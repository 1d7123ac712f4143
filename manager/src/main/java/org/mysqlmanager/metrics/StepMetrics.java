package org.mysqlmanager.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.reconcile.StepListener;

/** How long the steps took that this manager carried out since it was started. */
public final class StepMetrics implements StepListener {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Histogram durations;

  public StepMetrics(PrometheusRegistry registry) {
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
}
