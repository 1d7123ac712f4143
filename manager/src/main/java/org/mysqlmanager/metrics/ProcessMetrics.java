package org.mysqlmanager.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this process takes, under the names that Prometheus's clients use in every language. The
 * rest of what Dropwizard measures is on the admin port.
 *
 * @see <a
 *     href="https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics">Process
 *     metrics</a>
 */
public final class ProcessMetrics implements MultiCollector {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+([0-9]{1,15}) kB$");
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MILLIS_PER_SECOND = 1e3;
  private static final long BYTES_PER_KIB = 1024;

  private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();

  @Override
  public MetricSnapshots collect() {
    Gauges gauges = new Gauges();
    residentBytes()
        .ifPresent(bytes ->
            gauges.add(
                "process_resident_memory_bytes", "Resident memory size in bytes.", (double) bytes));
    gauges.add(
        "process_start_time_seconds",
        "Start time of the process since unix epoch in seconds.",
        ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
    gauges.add(
        "jvm_memory_used_bytes",
        "Used bytes of a given JVM memory area.",
        (double) memory.getHeapMemoryUsage().getUsed(),
        "area",
        "heap");
    gauges.add(
        "jvm_memory_used_bytes",
        "Used bytes of a given JVM memory area.",
        (double) memory.getNonHeapMemoryUsage().getUsed(),
        "area",
        "nonheap");
    gauges.add(
        "jvm_threads_current",
        "Current thread count of a JVM.",
        ManagementFactory.getThreadMXBean().getThreadCount());
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    gauges.snapshots().forEach(all::metricSnapshot);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      all.metricSnapshot(
          CounterSnapshot.builder()
              .name("process_cpu_seconds")
              .help("Total user and system CPU time spent in seconds.")
              .dataPoint(
                  CounterDataPointSnapshot.builder()
                      .value(system.getProcessCpuTime() / NANOS_PER_SECOND)
                      .build())
              .build());
    }
    return all.build();
  }

  /** Linux only. */
  private static OptionalLong residentBytes() {
    try {
      Matcher matcher = RESIDENT.matcher(Files.readString(STATUS));
      return matcher.find()
          ? OptionalLong.of(Long.parseLong(matcher.group(1)) * BYTES_PER_KIB)
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty(); // another system: the metric is absent there
    }
  }
}
