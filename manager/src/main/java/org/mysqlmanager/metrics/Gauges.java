package org.mysqlmanager.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gauges collected for one scrape. Not thread-safe: one instance per scrape. */
final class Gauges {
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
}
