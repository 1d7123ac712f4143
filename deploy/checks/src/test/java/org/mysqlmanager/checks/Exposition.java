package org.mysqlmanager.checks;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mysqlmanager.metrics.ManagerMetrics;
import org.mysqlmanager.metrics.MetricsResource;
import org.mysqlmanager.metrics.ProcessMetrics;
import org.mysqlmanager.metrics.StepMetrics;
import org.mysqlmanager.model.ClusterName;

/**
 * What a manager answers to {@code GET /metrics}: the program's own code, with every metric there
 * is.
 */
final class Exposition {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"[^\"]*\"");

  private Exposition() {}

  /** Label names by metric name. */
  static Map<String, Set<String>> metrics() {
    PrometheusRegistry registry = new PrometheusRegistry();
    BusyManager manager = new BusyManager(Instant.parse("2026-05-01T12:00:00Z"));
    StepMetrics steps = new StepMetrics(registry);
    registry.register(new ManagerMetrics(manager, Clock.systemUTC()));
    registry.register(new ProcessMetrics());
    steps.finished(new ClusterName("main"), "promote", "done", Duration.ofMillis(300));
    steps.looked(new ClusterName("main"), Duration.ofMillis(30));
    try (Response response = new MetricsResource(manager, registry).scrape(null)) {
      return parse(new String((byte[]) response.getEntity(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, Set<String>> parse(String text) {
    Map<String, Set<String>> metrics = new TreeMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> {
          Matcher sample = SAMPLE.matcher(line);
          if (!sample.matches()) {
            throw new IllegalArgumentException(line);
          }
          Set<String> labels = metrics.computeIfAbsent(sample.group(1), _ -> new TreeSet<>());
          if (sample.group(2) != null) {
            LABEL.matcher(sample.group(2)).results().forEach(found -> labels.add(found.group(1)));
          }
        });
    return metrics;
  }
}
