package org.mysqlmanager.local.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.mysqlmanager.local.Account;
import org.mysqlmanager.local.LocalFiles;
import org.mysqlmanager.local.LocalSystem;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.LocalException;

/** One soak from its beginning to its report. */
public final class Soak {
  private static final Duration START_DEADLINE = Duration.ofMinutes(2);

  /** Within this time after all faults are healed, the cluster must be running. */
  private static final Duration RECOVERY_DEADLINE = Duration.ofSeconds(150);

  /** How long it must be running: what a manager says can be a check old. */
  private static final Duration STEADY = Duration.ofSeconds(2);

  private static final String MIN_FAILOVER_INTERVAL = "5s";

  /** There are rows before the first fault. */
  private static final int FIRST_ROWS = 50;

  private static final Duration LEFTOVER_DEADLINE = Duration.ofSeconds(10);
  private static final int LONGEST_COMMAND = 150;
  private static final Duration END_DEADLINE = Duration.ofSeconds(40);

  private final SoakSettings settings;
  private final Timeline timeline;
  private final LocalSystem system;
  private final CountDownLatch finished = new CountDownLatch(1);
  private History history = History.EMPTY;
  private volatile boolean stopping;
  private Duration longestRecovery = Duration.ZERO;

  /**
   * A system that does not run yet.
   *
   * @param terminal gets a line for what happens
   */
  public Soak(SoakSettings settings, Consumer<String> terminal) {
    this.settings = settings;
    CacheFolder.delete(settings.folder().resolve("system"));
    this.system =
        LocalSystem.builder(settings.folder().resolve("system"))
            .zookeepers(3)
            .servers(settings.servers())
            .mysql(settings.mysql())
            .proxies(settings.proxies().toArray(ProxyDistribution[]::new))
            .managers(3)
            .managerJar(settings.managerJar())
            .checkInterval(settings.checkInterval())
            // Else most faults would only find that the last failover was a moment ago.
            .managerSetting("clusters.0.min_failover_interval", MIN_FAILOVER_INTERVAL)
            .relays(true)
            .build();
    this.timeline = new Timeline(settings.folder().resolve("timeline.log"), terminal);
  }

  /**
   * Runs it, and ends all of its processes.
   *
   * @param printed gets the report's text, before an end by another thread goes on
   * @throws LocalException when the system does not even start
   */
  public SoakReport run(Consumer<String> printed) {
    try {
      timeline.say(
          "seed %d, %d min, %d servers"
              .formatted(settings.seed(), settings.duration().toMinutes(), settings.servers()));
      system.startAll();
      if (!system.awaitPhase("running", START_DEADLINE)) {
        throw new LocalException("the cluster does not come up: " + status());
      }
      SoakReport report = soak();
      printed.accept(report.text());
      return report;
    } finally {
      system.close();
      finished.countDown();
    }
  }

  /** Ends it soon, with a report of what was found so far; waits for that. For another thread. */
  public void stop() {
    stopping = true;
    try {
      boolean _ = finished.await(END_DEADLINE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    system.close();
  }

  private SoakReport soak() {
    Nemesis nemesis = new Nemesis(system, timeline, () -> stopping);
    Watcher watcher = new Watcher(system, timeline, routings());
    Map<String, Object> values = new LinkedHashMap<>();
    Optional<FinalCheck.Result> result;
    Workload workload = new Workload(system);
    try (watcher;
        workload) {
      workload.start();
      boolean _ = Await.until(START_DEADLINE, () -> workload.writes().size() > FIRST_ROWS);
      boolean recovered = faults(nemesis);
      nemesis.heal();
      recovered = recovered && awaitRecovery();
      workload.close();
      values.put("seed", settings.seed());
      values.put("minutes", settings.duration().toMinutes());
      values.put("seconds", timeline.elapsed().toSeconds());
      values.put("interrupted", stopping);
      values.put("faults", nemesis.done());
      result = recovered && !stopping ? compare(workload) : Optional.empty();
    }
    describe(values, workload, watcher, result);
    system.shutDown();
    boolean none = Await.until(LEFTOVER_DEADLINE, () -> leftover().isEmpty());
    List<String> leftover = none ? List.of() : leftover();
    if (!leftover.isEmpty()) {
      timeline.violation("processes are left over: " + leftover);
    }
    values.put("leftover_processes", leftover);
    SoakReport report = new SoakReport(values, timeline.violations(), settings.folder());
    report.write();
    if (report.isClean()) {
      system.servers().forEach(name -> CacheFolder.delete(system.folder(name).resolve("data")));
    }
    return report;
  }

  /** Burst after burst, each from a healthy system. */
  private boolean faults(Nemesis nemesis) {
    FaultPlan plan =
        new FaultPlan(
            settings.seed(),
            system.managers(),
            system.zookeepers(),
            system.servers(),
            system.proxies());
    Duration end = timeline.elapsed().plus(settings.duration());
    while (!stopping && timeline.elapsed().compareTo(end) < 0) {
      FaultPlan.Burst burst = plan.next();
      timeline.note("burst: " + burst);
      nemesis.carryOut(burst);
      if (!awaitRecovery()) {
        return false;
      }
      boolean _ = Await.until(burst.peace(), () -> stopping);
    }
    return true;
  }

  /** Whether the cluster is running in time, or nobody wants to know any more. */
  private boolean awaitRecovery() {
    Duration begun = timeline.elapsed();
    long[] since = {0};
    boolean running =
        Await.until(
            RECOVERY_DEADLINE,
            () -> {
              boolean now = isRunning();
              since[0] = now ? (since[0] == 0 ? System.nanoTime() : since[0]) : 0;
              return stopping || (now && System.nanoTime() - since[0] > STEADY.toNanos());
            });
    if (!running) {
      timeline.violation(
          "the cluster is not running %d s after everything was healed: %s"
              .formatted(RECOVERY_DEADLINE.toSeconds(), status()));
      return false;
    }
    history = system.clusterHistory().map(history::with).orElse(history);
    Duration took = timeline.elapsed().minus(begun);
    longestRecovery = took.compareTo(longestRecovery) > 0 ? took : longestRecovery;
    timeline.note("recovered after " + took.toMillis() + " ms");
    return true;
  }

  private boolean isRunning() {
    Optional<JsonNode> status = system.clusterStatus();
    return status
        .filter(cluster -> cluster.path("phase").asText().equals("running"))
        .filter(cluster -> cluster.path("old_master_joined").asBoolean())
        .isPresent();
  }

  private Optional<FinalCheck.Result> compare(Workload workload) {
    FinalCheck check =
        new FinalCheck(
            system,
            timeline,
            new SavedRows(settings.mysql().program("mysqlbinlog"), settings.folder()));
    try {
      return Optional.of(check.compare(check.source(), workload.writes(), history()));
    } catch (SQLException | LocalException e) {
      timeline.violation("what is there cannot be compared: " + e.getMessage());
      return Optional.empty();
    }
  }

  private void describe(
      Map<String, Object> values,
      Workload workload,
      Watcher watcher,
      Optional<FinalCheck.Result> result) {
    List<Write> writes = workload.writes();
    save(writes);
    History recorded = history();
    Outages outages = Outages.of(writes);
    ManagerLogs logs = ManagerLogs.of(system);
    values.put("failovers", recorded.failovers().size());
    values.put("rejoins", recorded.rejoins());
    values.put("longest_recovery_millis", longestRecovery.toMillis());
    values.put("longest_time_without_writes_millis", outages.longest().toMillis());
    values.put("total_time_without_writes_millis", outages.total().toMillis());
    values.put("times_without_writes", outages.count());
    values.put("rows_acknowledged", count(writes, Write.Outcome.OK));
    values.put("rows_refused", count(writes, Write.Outcome.FAIL));
    values.put("rows_unknown", count(writes, Write.Outcome.INFO));
    values.put("reads", workload.reads());
    values.put("reads_failed", workload.failedReads());
    result.ifPresent(found -> {
      values.put("final_source", found.source());
      values.put("rows_on_source", found.rowsOnSource());
      values.put("acknowledged_rows_missing_from_source", found.missing());
      values.put("missing_rows_found_in", found.foundIn());
      values.put("missing_rows_found_nowhere", found.nowhere());
      values.put("refused_rows_that_are_there", found.refusedButThere());
      values.put("rows_taken_by_a_server_out_of_its_term", found.outOfTerm());
      values.put("times_that_another_server_took_writes", found.turns());
    });
    values.put("compared", result.isPresent());
    values.put("looks_at_routing", watcher.looks());
    values.put("looks_with_two_writable_routed_sources", watcher.violations());
    values.put("looks_with_two_writable_servers", watcher.momentsWithTwoWritable());
    values.put("manager_error_lines", logs.errors());
    values.put("manager_stack_traces", logs.stackTraces());
  }

  /** For whoever looks for a row's fate. */
  private void save(List<Write> writes) {
    StringBuilder text = new StringBuilder("id,begun,ended,outcome\n");
    for (Write write : writes) {
      text.append(write.id()).append(',').append(write.begun()).append(',').append(write.ended());
      text.append(',').append(write.outcome()).append('\n');
    }
    LocalFiles.write(settings.folder().resolve("writes.csv"), text.toString());
  }

  private static long count(List<Write> writes, Write.Outcome outcome) {
    return writes.stream().filter(write -> write.outcome() == outcome).count();
  }

  /** The managers show the newest operations only, so they are asked after each burst. */
  private History history() {
    history = system.clusterHistory().map(history::with).orElse(history);
    return history;
  }

  private String status() {
    return system.clusterStatus().map(JsonNode::toString).orElse("no manager answers");
  }

  private Map<String, Routing> routings() {
    Map<String, String> serversByPort = new LinkedHashMap<>();
    system.servers().forEach(name -> serversByPort.put(String.valueOf(system.port(name)), name));
    Map<String, Routing> routings = new LinkedHashMap<>();
    for (String proxy : system.proxies()) {
      routings.put(proxy, routing(proxy, serversByPort));
    }
    return routings;
  }

  private Routing routing(String proxy, Map<String, String> serversByPort) {
    return switch (system.proxyKind(proxy)) {
      case HAPROXY -> new HaproxyRouting(system.proxyAdminListeningPort(proxy), serversByPort);
      case PROXYSQL -> {
        List<String> client = new ArrayList<>(settings.mysql().program("mysql"));
        client.addAll(
            List.of(
                "--no-defaults",
                "--protocol=tcp",
                "--host=" + system.host(),
                "--port=" + system.proxyAdminListeningPort(proxy),
                "--user=" + Account.PROXY_ADMIN.user(),
                "--connect-timeout=1",
                "--batch",
                "--skip-column-names",
                "--unbuffered"));
        yield new ProxysqlRouting(
            client, system.passwords().of(Account.PROXY_ADMIN), serversByPort);
      }
    };
  }

  private List<String> leftover() {
    Path ours = settings.folder().resolve("system");
    List<String> found = new ArrayList<>();
    ProcessHandle.allProcesses()
        .forEach(process ->
            process
                .info()
                .commandLine()
                .filter(line -> line.contains(ours + "/"))
                .map(line -> line.substring(Math.max(0, line.length() - LONGEST_COMMAND)))
                .ifPresent(line -> found.add("process %d: …%s".formatted(process.pid(), line))));
    return found;
  }
}
