package org.mysqlmanager.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gauges collected for one scrape. Not thread-safe: one instance per scrape. */
final class Gauges {
  private static final double MILLIS_PER_SECOND = 1000;

  private final Map<String, GaugeSnapshot.Builder> builders = new LinkedHashMap<>();

  /** The help text of the first call for a name counts. */
  void add(String name, String help, double value, String... labelNamesAndValues) {
    builders
        .computeIfAbsent(name, key -> GaugeSnapshot.builder().name(key).help(help))
        .dataPoint(
            GaugeDataPointSnapshot.builder()
                .value(value)
                .labels(Labels.of(labelNamesAndValues))
                .build());
  }

  MetricSnapshots snapshots() {
    MetricSnapshots.Builder result = MetricSnapshots.builder();
    builders.values().forEach(builder -> result.metricSnapshot(builder.build()));
    return result.build();
  }

  static double number(boolean value) {
    return value ? 1 : 0;
  }

  /** With milliseconds as fractions. */
  static double seconds(Duration duration) {
    return duration.toMillis() / MILLIS_PER_SECOND;
  }

  /** Since the epoch of Unix, with milliseconds as fractions. */
  static double seconds(Instant instant) {
    return instant.toEpochMilli() / MILLIS_PER_SECOND;
  }
}
