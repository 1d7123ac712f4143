package org.mysqlmanager.local.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.mysqlmanager.local.link.Cut;

/**
 * The endless sequence of bursts of faults: a function of the seed and of what the system consists
 * of, and of nothing else. What a burst hits by its role (the source, the leader) is found out when
 * it happens.
 */
final class FaultPlan {
  private static final List<String> STEPS =
      List.of("FENCE", "STOP_RECEIVER", "CATCH_UP", "PROMOTE", "REPOINT", "ROUTE", "CONFIRM");
  private static final int LONGEST_SECONDS = 20;

  private final Random random;
  private final List<String> managers;
  private final List<String> zookeepers;
  private final List<String> servers;
  private final List<String> proxies;

  FaultPlan(
      long seed,
      List<String> managers,
      List<String> zookeepers,
      List<String> servers,
      List<String> proxies) {
    this.random = new Random(seed);
    this.managers = List.copyOf(managers);
    this.zookeepers = List.copyOf(zookeepers);
    this.servers = List.copyOf(servers);
    this.proxies = List.copyOf(proxies);
  }

  /**
   * A fault with its times.
   *
   * @param after how long after the burst's beginning
   * @param lasts until it is undone
   */
  record Timed(Fault fault, Duration after, Duration lasts) {}

  /** Faults that overlap, and how long the system then has peace once it has recovered. */
  record Burst(List<Timed> faults, Duration peace) {
    Burst {
      faults = List.copyOf(faults);
    }
  }

  Burst next() {
    List<Timed> faults = new ArrayList<>();
    int several = random.nextInt(10);
    int count = several < 5 ? 1 : several < 8 ? 2 : 3;
    if (random.nextInt(3) == 0) {
      faults.add(new Timed(directed(), Duration.ZERO, seconds(4, LONGEST_SECONDS)));
      count--;
    }
    for (int i = 0; i < count; i++) {
      faults.add(
          new Timed(
              fault(),
              faults.isEmpty() ? Duration.ZERO : seconds(0, 6),
              seconds(2, LONGEST_SECONDS)));
    }
    return new Burst(faults, seconds(2, 6));
  }

  private Fault directed() {
    return switch (random.nextInt(5)) {
      case 0 -> new Fault.SourceAfterSource();
      case 1 -> new Fault.LonelySource();
      default ->
          new Fault.LeaderInFailover(
              any(STEPS),
              any(List.of(Fault.Fate.values())),
              any(List.of(Fault.LastWrite.values())));
    };
  }

  private Fault fault() {
    return switch (random.nextInt(10)) {
      case 0, 1 -> new Fault.Kill(component());
      case 2, 3 -> new Fault.Freeze(component());
      case 4 -> new Fault.Restart(component());
      case 5 -> new Fault.Isolate(component(), cut());
      default -> link();
    };
  }

  /** Servers and managers more often than what they depend on. */
  private String component() {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> any(servers);
      case 4, 5, 6 -> any(managers);
      case 7, 8 -> any(zookeepers);
      default -> any(proxies);
    };
  }

  private Fault link() {
    Fault.Sides sides = any(List.of(Fault.Sides.values()));
    String one;
    String other;
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        one = any(managers);
        other = any(servers);
      }
      case 2 -> {
        one = any(managers);
        other = any(zookeepers);
      }
      case 3 -> {
        int first = random.nextInt(servers.size());
        one = servers.get(first);
        other = servers.get((first + 1 + random.nextInt(servers.size() - 1)) % servers.size());
      }
      case 4 -> {
        one = any(proxies);
        other = any(servers);
      }
      default -> {
        one = any(managers);
        other = any(proxies);
      }
    }
    Cut how = cut();
    // Only who opens connections can be refused: managers and proxies do, servers do to each other.
    boolean turned = random.nextBoolean() && (how == Cut.BLACK_HOLE || servers.contains(one));
    return new Fault.CutLink(turned ? other : one, turned ? one : other, how, sides);
  }

  private Cut cut() {
    return any(List.of(Cut.values()));
  }

  private Duration seconds(int least, int most) {
    return Duration.ofMillis(random.nextInt(least * 1000, most * 1000));
  }

  private <T> T any(List<T> items) {
    return items.get(random.nextInt(items.size()));
  }
}
