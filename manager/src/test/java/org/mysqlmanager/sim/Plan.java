package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.sim.Fault.Kind;
import org.mysqlmanager.sim.Fault.Moment;
import org.mysqlmanager.sim.Fault.Point;
import org.mysqlmanager.sim.Scenario.Beginning;

/**
 * Draws what goes wrong. It all lies within the first forty seconds; afterwards all is put right.
 *
 * <p>IMPORTANT, what remains: with two proxies, either proxies go out of reach or a source that
 * still runs does, never both. A manager that reaches neither the source nor one of its proxies
 * cannot close that way to it, and does not wait for it.
 */
final class Plan {
  /** When all faults are over. */
  static final long END = Times.seconds(40);

  /** The same where one source fails after the other. */
  static final long LATE_END = Times.seconds(120);

  private static final long FIRST = Times.millis(500);
  private static final long LAST = Times.seconds(28);
  private static final int MOST = 8;

  /** A step of an operation, and where in it. */
  record Focus(String step, Point point) {
    static Focus of(long seed) {
      List<String> steps =
          Coverage.STEPS.stream().filter(step -> !step.startsWith("upkeep/")).toList();
      Point[] points = Point.values();
      return new Focus(
          steps.get(Math.floorMod(seed / points.length, steps.size())),
          points[Math.floorMod(seed, points.length)]);
    }
  }

  private final SplittableRandom chance;
  private final Beginning beginning;
  private final int managers;
  private final int servers;
  private final int proxies;
  private final boolean proxiesFail;
  private final List<Fault> faults = new ArrayList<>();

  private Plan(
      SplittableRandom chance, Beginning beginning, int managers, int servers, int proxies) {
    this.chance = chance;
    this.beginning = beginning;
    this.managers = managers;
    this.servers = servers;
    this.proxies = proxies;
    this.proxiesFail = proxies == 1 || chance.nextBoolean();
  }

  private boolean sourceMayBeCutOff() {
    return proxies == 1 || !proxiesFail;
  }

  static List<Fault> draw(
      SplittableRandom chance,
      Beginning beginning,
      int managers,
      int servers,
      int proxies,
      boolean isLong,
      Focus focus) {
    Plan plan = new Plan(chance, beginning, managers, servers, proxies);
    if (isLong) {
      plan.failOneSourceAfterTheOther();
      return List.copyOf(plan.faults);
    }
    if (chance.nextInt(20) == 0) {
      return List.of();
    }
    if (beginning != Beginning.FRESH || chance.nextInt(3) == 0) {
      plan.failTheSource(chance.nextLong(FIRST, Times.seconds(8)));
      if (chance.nextInt(3) == 0) {
        plan.failTheSource(chance.nextLong(Times.seconds(8), LAST));
      }
    }
    int others = 1 + chance.nextInt(MOST);
    for (int i = 0; i < others; i++) {
      if (chance.nextBoolean()) {
        plan.atAMoment();
      } else {
        plan.atATime();
      }
    }
    if (chance.nextBoolean()) {
      plan.killAt(focus);
    }
    if (chance.nextInt(4) == 0) {
      plan.deposeInTheMiddle();
    }
    if (proxies == 1 && chance.nextInt(8) == 0) {
      plan.openTooLate();
    }
    return List.copyOf(plan.faults);
  }

  /** So that each step is interrupted in each way of being killed, in turn. */
  private void killAt(Focus focus) {
    if (beginning == Beginning.FRESH || !focus.step().startsWith("bootstrap/")) {
      int skip = focus.point() == Point.BEFORE_WRITE ? 0 : chance.nextInt(4);
      add(new Moment(focus.step(), focus.point(), skip), 0, Kind.KILL_MANAGER, 0, 0, lasting());
    }
  }

  /** A leader stands still in the middle of a step until another one has gone on. */
  private void deposeInTheMiddle() {
    boolean inTheWrite = chance.nextInt(3) == 0;
    Moment moment =
        new Moment(
            step(),
            inTheWrite ? Point.BEFORE_WRITE : Point.BEFORE_EFFECT,
            inTheWrite ? 0 : 1 + chance.nextInt(7));
    boolean resigns = inTheWrite ? chance.nextInt(3) > 0 : chance.nextInt(4) == 0;
    add(
        moment,
        0,
        resigns ? Kind.RESIGN : Kind.FREEZE_MANAGER,
        0,
        0,
        resigns
            ? chance.nextLong(Times.millis(10), Times.millis(1000))
            : chance.nextLong(Times.millis(3500), Times.seconds(8)));
  }

  /** A server stands still when it is told to open itself, until another one is chosen. */
  private void openTooLate() {
    Moment moment =
        new Moment(
            chance.nextBoolean() ? "failover/promote" : "upkeep/opensource",
            Point.BEFORE_EFFECT,
            2 + chance.nextInt(7));
    long lasting = chance.nextLong(Times.seconds(6), Times.seconds(14));
    add(moment, 0, Kind.FREEZE_TARGET, 0, 0, lasting);
    if (chance.nextBoolean()) {
      // Short enough for the source to come back, closed, as what it was.
      failTheSourceFor(
          chance.nextLong(FIRST, Times.seconds(6)),
          chance.nextLong(Times.millis(300), Times.millis(1500)));
    }
  }

  private void add(@Nullable Moment moment, long at, Kind kind, int one, int other, long lasting) {
    faults.add(new Fault(faults.size(), moment, at, kind, one, other, lasting));
  }

  private long time() {
    return chance.nextLong(FIRST, LAST);
  }

  private long lasting() {
    return switch (chance.nextInt(3)) {
      case 0 -> chance.nextLong(Times.millis(50), Times.seconds(1));
      case 1 -> chance.nextLong(Times.seconds(1), Times.seconds(5));
      default -> chance.nextLong(Times.seconds(4), Times.seconds(14));
    };
  }

  private void failOneSourceAfterTheOther() {
    for (long when = Times.seconds(3); when < LATE_END - Times.seconds(15); ) {
      failTheSource(when);
      if (chance.nextInt(3) == 0) {
        atATime();
      }
      if (proxies == 1 && chance.nextInt(3) == 0) {
        // A new source that fails with its first transactions.
        Moment moment = new Moment("failover/confirm", Point.AFTER_EFFECT, chance.nextInt(10));
        add(
            moment,
            when,
            Kind.CRASH_TARGET,
            0,
            0,
            chance.nextLong(Times.seconds(4), Times.seconds(10)));
      }
      when += chance.nextLong(Times.seconds(12), Times.seconds(30));
    }
  }

  private void failTheSourceFor(long when, long lasting) {
    add(null, when, Kind.CRASH_SERVER, Fault.SOURCE, 0, lasting);
  }

  private void failTheSource(long when) {
    Kind kind =
        sourceMayBeCutOff() && chance.nextInt(3) == 0 ? Kind.FREEZE_SERVER : Kind.CRASH_SERVER;
    add(null, when, kind, Fault.SOURCE, 0, chance.nextLong(Times.seconds(4), Times.seconds(14)));
  }

  private void atAMoment() {
    String step = step();
    int point = chance.nextInt(4);
    Point where =
        point == 0 ? Point.BEFORE_WRITE : point == 1 ? Point.AFTER_EFFECT : Point.BEFORE_EFFECT;
    List<Kind> kinds =
        new ArrayList<>(List.of(Kind.KILL_MANAGER, Kind.KILL_MANAGER, Kind.FREEZE_MANAGER));
    kinds.addAll(List.of(Kind.FAIL_CALL, Kind.LOSE_REPLY, Kind.KILL_MANAGER));
    if (proxies == 1) {
      kinds.addAll(List.of(Kind.CUT_TARGET, Kind.CRASH_TARGET, Kind.FREEZE_TARGET));
    }
    Kind kind = kinds.get(chance.nextInt(kinds.size()));
    boolean ofACall = kind == Kind.FAIL_CALL || kind == Kind.LOSE_REPLY;
    add(
        new Moment(
            step,
            ofACall && where == Point.AFTER_EFFECT ? Point.BEFORE_EFFECT : where,
            where == Point.BEFORE_WRITE || chance.nextBoolean() ? 0 : chance.nextInt(8)),
        chance.nextInt(3) == 0 ? time() : 0,
        kind,
        0,
        0,
        lasting());
  }

  private String step() {
    int from = beginning == Beginning.FRESH ? 0 : 3;
    // This one needs a replica that is late just then.
    return chance.nextInt(10) == 0
        ? "failover/catch_up"
        : Coverage.STEPS.get(from + chance.nextInt(Coverage.STEPS.size() - from));
  }

  private void atATime() {
    int who = chance.nextBoolean() ? -1 : chance.nextInt(managers);
    int server = chance.nextBoolean() ? -1 : chance.nextInt(servers);
    switch (chance.nextInt(14)) {
      case 0 -> add(null, time(), Kind.KILL_MANAGER, who, 0, lasting());
      case 1, 2 -> add(null, time(), Kind.FREEZE_MANAGER, who, 0, lasting());
      case 3 -> add(null, time(), Kind.CRASH_SERVER, server, 0, lasting());
      case 4 -> {
        if (sourceMayBeCutOff()) {
          add(null, time(), Kind.FREEZE_SERVER, server, 0, lasting());
        }
      }
      case 5 -> {
        if (proxiesFail) {
          Kind kind = chance.nextBoolean() ? Kind.CRASH_PROXY : Kind.FREEZE_PROXY;
          add(null, time(), kind, chance.nextInt(proxies), 0, lasting());
        }
      }
      case 6 -> add(null, time(), Kind.STOP_ZOOKEEPER, 0, 0, lasting());
      case 7 -> add(null, time(), Kind.CUT_MANAGER, who, Scenario.ZOOKEEPER, lasting());
      case 8 -> {
        if (sourceMayBeCutOff()) {
          int place = Scenario.FIRST_SERVER + chance.nextInt(servers);
          add(null, time(), Kind.CUT_MANAGER, who, place, lasting());
        }
      }
      case 9 -> {
        if (proxiesFail) {
          int place = Scenario.FIRST_PROXY + chance.nextInt(proxies);
          add(null, time(), Kind.CUT_MANAGER, who, place, lasting());
        }
      }
      case 10 -> {
        int place =
            chance.nextBoolean()
                ? Scenario.FIRST_SERVER + chance.nextInt(servers)
                : Scenario.FIRST_PROXY + chance.nextInt(proxies);
        add(null, time(), Kind.CUT_SERVER, server, place, lasting());
      }
      case 11 -> add(null, time(), Kind.BREAK_APPLIER, chance.nextInt(servers), 0, lasting());
      case 12 -> add(null, time(), Kind.FILL_DISK, Fault.SOURCE, 0, lasting());
      default -> {
        if (chance.nextBoolean()) {
          add(null, time(), Kind.PURGE_LOGS, Fault.SOURCE, 0, lasting());
        } else {
          int place = Scenario.FIRST_SERVER + chance.nextInt(servers);
          add(null, time(), Kind.SLOW_MANAGER, who, place, lasting());
        }
      }
    }
  }
}
