package org.mysqlmanager.sim;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** How often each step was interrupted in each way. Thread-safe. */
final class Coverage {
  /** A way of being interrupted. */
  enum Way {
    KILLED_BEFORE_WRITE,
    KILLED_BEFORE_EFFECT,
    KILLED_AFTER_EFFECT,
    FROZEN,
    FAILED,
    REPLY_LOST,
    LINK_CUT,
    OTHER_SIDE_CRASHED,
    OTHER_SIDE_FROZEN
  }

  static final List<String> STEPS =
      List.of(
          "bootstrap/open_source",
          "bootstrap/set_up_source",
          "bootstrap/route",
          "failover/fence",
          "failover/stop_receiver",
          "failover/catch_up",
          "failover/promote",
          "failover/repoint",
          "failover/route",
          "failover/confirm",
          "rejoin/save_errant",
          "rejoin/clone",
          "rejoin/follow",
          "upkeep/opensource",
          "upkeep/closereplica",
          "upkeep/fenceserver",
          "upkeep/applyrouting",
          "upkeep/restartreplication");

  private final Map<String, Map<Way, LongAdder>> counts = new ConcurrentSkipListMap<>();

  void count(String step, Way way) {
    Map<Way, LongAdder> ofStep =
        counts.computeIfAbsent(
            step,
            _ -> {
              Map<Way, LongAdder> fresh = new EnumMap<>(Way.class);
              for (Way each : Way.values()) {
                fresh.put(each, new LongAdder());
              }
              return fresh;
            });
    LongAdder adder = ofStep.get(way);
    if (adder != null) {
      adder.increment();
    }
  }

  long of(String step, Way way) {
    LongAdder adder = counts.getOrDefault(step, Map.of()).get(way);
    return adder == null ? 0 : adder.sum();
  }

  /** A row for each step, a column for each way. */
  String table() {
    Map<String, Boolean> rows = new TreeMap<>();
    STEPS.forEach(step -> rows.put(step, true));
    counts.keySet().forEach(step -> rows.put(step, true));
    StringBuilder text = new StringBuilder("%-28s".formatted("step"));
    for (Way way : Way.values()) {
      text.append(" %20s".formatted(way.name().toLowerCase(Locale.ROOT)));
    }
    for (String step : rows.keySet()) {
      text.append("\n%-28s".formatted(step));
      for (Way way : Way.values()) {
        text.append(" %20d".formatted(of(step, way)));
      }
    }
    return text.toString();
  }
}
