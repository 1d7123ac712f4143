package org.mysqlmanager.local.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.mysqlmanager.local.LocalSystem;
import org.mysqlmanager.local.link.Cut;
import org.mysqlmanager.local.link.Hold;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.LocalException;

/** Carries out faults, and undoes them. */
final class Nemesis {
  private static final Duration FAILOVER_DEADLINE = Duration.ofSeconds(40);

  /** Less than it takes the managers to find fault with replication. */
  private static final Duration ALONE = Duration.ofSeconds(3);

  private final LocalSystem system;
  private final Timeline timeline;
  private final BooleanSupplier stopping;
  private final Map<String, Integer> done = new TreeMap<>();
  private final Set<String> down = new HashSet<>();

  Nemesis(LocalSystem system, Timeline timeline, BooleanSupplier stopping) {
    this.system = system;
    this.timeline = timeline;
    this.stopping = stopping;
  }

  /** How often each kind of fault was carried out. */
  synchronized Map<String, Integer> done() {
    return new TreeMap<>(done);
  }

  /** Carries out a burst, and undoes all of it. */
  void carryOut(FaultPlan.Burst burst) {
    List<Thread> threads = new ArrayList<>();
    for (FaultPlan.Timed timed : burst.faults()) {
      threads.add(Thread.ofVirtual().name("nemesis").start(() -> carryOut(timed)));
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    heal();
  }

  /** Undoes whatever is left. What has ended without our doing is a violation. */
  void heal() {
    system.links().healAll();
    for (String name : system.names()) {
      revive(name);
    }
  }

  private void carryOut(FaultPlan.Timed timed) {
    try {
      pause(timed.after());
      if (!stopping.getAsBoolean()) {
        carryOut(timed.fault(), timed.lasts());
      }
    } catch (LocalException e) {
      timeline.note("nemesis: " + timed.fault() + " went wrong: " + e.getMessage());
    }
  }

  private void carryOut(Fault fault, Duration lasts) {
    switch (fault) {
      case Fault.Kill kill -> {
        if (kill(kill.name(), fault)) {
          pause(lasts);
          revive(kill.name());
        }
      }
      case Fault.Freeze freeze -> {
        if (freeze(freeze.name(), fault)) {
          pause(lasts);
          revive(freeze.name());
        }
      }
      case Fault.Restart restart -> {
        if (mayTouch(restart.name())) {
          begun(fault, restart.name());
          markDown(restart.name());
          system.stop(restart.name());
          pause(lasts.dividedBy(4));
          revive(restart.name());
        }
      }
      case Fault.CutLink cut -> {
        begun(fault, "%s -> %s".formatted(cut.from(), cut.to()));
        cut(cut.from(), cut.to(), cut.how(), cut.sides());
        pause(lasts);
        system.links().healBoth(cut.from(), cut.to());
        timeline.note("nemesis: healed %s - %s".formatted(cut.from(), cut.to()));
      }
      case Fault.Isolate isolate -> {
        begun(fault, isolate.name() + " " + isolate.how());
        others(isolate.name())
            .forEach(other -> system.links().cutBoth(isolate.name(), other, isolate.how()));
        pause(lasts);
        others(isolate.name()).forEach(other -> system.links().healBoth(isolate.name(), other));
        timeline.note("nemesis: healed " + isolate.name());
      }
      case Fault.LeaderInFailover leader -> hitLeader(leader, lasts);
      case Fault.LonelySource _ -> killAlone(fault, lasts);
      case Fault.SourceAfterSource _ -> killTwoSources(fault, lasts);
    }
  }

  private void hitLeader(Fault.LeaderInFailover fault, Duration lasts) {
    Optional<String> source = source();
    List<Hold> holds = new ArrayList<>();
    try {
      for (String manager : system.managers()) {
        for (String zookeeper : system.zookeepers()) {
          holds.add(system.links().hold(manager, zookeeper, "\"step\" : \"" + fault.step() + "\""));
        }
      }
      if (source.isEmpty() || !killFirst(source.get(), fault)) {
        return;
      }
      awaitOrStop(FAILOVER_DEADLINE, () -> holds.stream().anyMatch(Hold::isHeld));
      Optional<Hold> held = holds.stream().filter(Hold::isHeld).findFirst();
      if (held.isEmpty()) {
        timeline.note("nemesis: no failover has got to " + fault.step());
        return;
      }
      String leader = system.managers().get(holds.indexOf(held.get()) / system.zookeepers().size());
      timeline.note("nemesis: %s is about to write %s".formatted(leader, fault.step()));
      if (fault.fate() == Fault.Fate.KILLED ? kill(leader, fault) : freeze(leader, fault)) {
        end(holds, fault.write());
        pause(lasts);
        revive(leader);
      }
    } finally {
      holds.forEach(Hold::release);
      source.ifPresent(this::revive);
    }
  }

  private static void end(List<Hold> holds, Fault.LastWrite write) {
    switch (write) {
      case ARRIVES -> holds.forEach(Hold::release);
      case IS_LOST -> holds.forEach(Hold::drop);
    }
  }

  private void killTwoSources(Fault fault, Duration lasts) {
    Optional<String> first = source();
    if (first.isEmpty() || !killFirst(first.get(), fault)) {
      return;
    }
    awaitOrStop(
        FAILOVER_DEADLINE, () -> source().filter(now -> !now.equals(first.get())).isPresent());
    Optional<String> second = source().filter(now -> !now.equals(first.get()));
    if (second.isPresent()) {
      boolean _ = kill(second.get(), fault);
    }
    pause(lasts);
    // Which one comes back first is as good as random.
    if (lasts.toMillis() % 2 == 0) {
      revive(first.get());
      second.ifPresent(this::revive);
    } else {
      second.ifPresent(this::revive);
      revive(first.get());
    }
  }

  private void killAlone(Fault fault, Duration lasts) {
    Optional<String> source = source();
    if (source.isEmpty() || !mayTouch(source.get())) {
      return;
    }
    List<String> replicas =
        system.servers().stream().filter(server -> !server.equals(source.get())).toList();
    replicas.forEach(replica -> system.links().cut(source.get(), replica, Cut.BLACK_HOLE));
    timeline.note("nemesis: nobody hears " + source.get());
    pause(ALONE);
    if (kill(source.get(), fault)) {
      pause(lasts);
    }
    replicas.forEach(replica -> system.links().heal(source.get(), replica));
    revive(source.get());
  }

  private void cut(String from, String to, Cut how, Fault.Sides sides) {
    switch (sides) {
      case ONE -> system.links().cut(from, to, how);
      case BOTH -> system.links().cutBoth(from, to, how);
    }
  }

  private boolean kill(String name, Fault fault) {
    if (!mayTouch(name)) {
      return false;
    }
    begun(fault, name);
    end(name);
    return true;
  }

  /** For the sake of a fault that is counted once, with the last of what it does. */
  private boolean killFirst(String name, Fault fault) {
    if (!mayTouch(name)) {
      return false;
    }
    timeline.say("nemesis: for \"%s\": kill %s".formatted(fault.kind(), name));
    end(name);
    return true;
  }

  private void end(String name) {
    markDown(name);
    system.kill(name);
  }

  private boolean freeze(String name, Fault fault) {
    if (!mayTouch(name)) {
      return false;
    }
    begun(fault, name);
    system.pause(name);
    return true;
  }

  private synchronized boolean mayTouch(String name) {
    return !down.contains(name) && system.isAlive(name) && !system.isPaused(name);
  }

  private synchronized void markDown(String name) {
    down.add(name);
  }

  /** Two faults of a burst may have hit the same component: the first to end brings it back. */
  private synchronized void revive(String name) {
    if (system.isAlive(name) && system.isPaused(name)) {
      system.resume(name);
      timeline.note("nemesis: " + name + " goes on");
    } else if (!system.isAlive(name)) {
      if (!down.contains(name)) {
        timeline.violation("%s has ended by itself; see %s".formatted(name, system.logFile(name)));
      }
      down.remove(name);
      system.launch(name);
      timeline.note("nemesis: " + name + " is started again");
    }
  }

  private synchronized void begun(Fault fault, String what) {
    done.merge(fault.kind(), 1, Integer::sum);
    timeline.say("nemesis: %s: %s".formatted(fault.kind(), what));
  }

  private List<String> others(String name) {
    return system.names().stream().filter(other -> !other.equals(name)).toList();
  }

  private Optional<String> source() {
    return system
        .clusterStatus()
        .map(status -> status.path("source"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText);
  }

  private void pause(Duration time) {
    awaitOrStop(time, () -> false);
  }

  private void awaitOrStop(Duration deadline, BooleanSupplier condition) {
    boolean _ = Await.until(deadline, () -> stopping.getAsBoolean() || condition.getAsBoolean());
  }
}
