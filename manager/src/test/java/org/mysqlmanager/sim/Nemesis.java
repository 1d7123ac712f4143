package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.sim.Coverage.Way;
import org.mysqlmanager.sim.Fault.Kind;
import org.mysqlmanager.sim.Fault.Moment;
import org.mysqlmanager.sim.Fault.Point;
import org.mysqlmanager.sim.Remote.Caller;

/** Makes go wrong what the plan says, and puts it right again. */
final class Nemesis {
  /** What becomes of a request. */
  enum Interruption {
    NONE,
    FAIL,
    LOSE_REPLY
  }

  /** A fault that waits for its moment. */
  private static final class Waiting {
    final Fault fault;
    final Moment moment;
    int toSkip;

    Waiting(Fault fault, Moment moment) {
      this.fault = fault;
      this.moment = moment;
      this.toSkip = moment.skip();
    }
  }

  private final World world;
  private final Coverage coverage;
  private final List<Waiting> waiting = new ArrayList<>();
  private boolean healed;

  Nemesis(World world, Coverage coverage) {
    this.world = world;
    this.coverage = coverage;
  }

  void plan(List<Fault> faults) {
    for (Fault fault : faults) {
      Moment moment = fault.moment();
      if (moment == null) {
        world.scheduler().after(fault.at(), () -> strike(fault));
      } else {
        world.scheduler().after(fault.at(), () -> waiting.add(new Waiting(fault, moment)));
      }
    }
  }

  Interruption before(Caller caller, SimProcess target) {
    return meet(caller, target, target == world.zk() ? Point.BEFORE_WRITE : Point.BEFORE_EFFECT);
  }

  void after(Caller caller, SimProcess target) {
    // What follows the write is the same moment as what comes before the first effect.
    meet(caller, target, target == world.zk() ? Point.BEFORE_EFFECT : Point.AFTER_EFFECT);
  }

  private Interruption meet(Caller caller, SimProcess target, Point point) {
    String label = caller.label();
    if (label == null || waiting.isEmpty() || healed) {
      return Interruption.NONE;
    }
    for (Waiting each : waiting) {
      if (each.moment.point() == point && each.moment.step().equals(label)) {
        if (each.toSkip-- == 0) {
          waiting.remove(each);
          return interrupt(each.fault, caller.manager(), target, label, point);
        }
      }
    }
    return Interruption.NONE;
  }

  private Interruption interrupt(
      Fault fault, SimManager manager, SimProcess target, String label, Point point) {
    world.trace("fault", () -> fault + " hits " + manager.id() + " and " + target);
    coverage.count(label, wayOf(fault.kind(), point));
    switch (fault.kind()) {
      case KILL_MANAGER -> kill(manager, fault.lasting());
      case FREEZE_MANAGER -> freeze(manager.process(), fault.lasting());
      case RESIGN -> {
        manager.leadership().resign();
        freeze(manager.process(), fault.lasting());
      }
      case CUT_TARGET -> cut(manager.process().place(), target.place(), fault.lasting());
      case CRASH_TARGET -> crash(target, fault.lasting());
      case FREEZE_TARGET -> freeze(target, fault.lasting());
      case FAIL_CALL -> {
        return Interruption.FAIL;
      }
      case LOSE_REPLY -> {
        return Interruption.LOSE_REPLY;
      }
      case CRASH_SERVER,
          FREEZE_SERVER,
          CRASH_PROXY,
          FREEZE_PROXY,
          STOP_ZOOKEEPER,
          CUT_MANAGER,
          CUT_SERVER,
          SLOW_MANAGER,
          BREAK_APPLIER,
          PURGE_LOGS,
          FILL_DISK ->
          strike(fault);
    }
    return Interruption.NONE;
  }

  private static Way wayOf(Kind kind, Point point) {
    return switch (kind) {
      case KILL_MANAGER ->
          switch (point) {
            case BEFORE_WRITE -> Way.KILLED_BEFORE_WRITE;
            case BEFORE_EFFECT -> Way.KILLED_BEFORE_EFFECT;
            case AFTER_EFFECT -> Way.KILLED_AFTER_EFFECT;
          };
      case FREEZE_MANAGER, RESIGN -> Way.FROZEN;
      case FAIL_CALL -> Way.FAILED;
      case LOSE_REPLY -> Way.REPLY_LOST;
      case CUT_MANAGER, CUT_SERVER, SLOW_MANAGER, CUT_TARGET -> Way.LINK_CUT;
      case CRASH_SERVER,
          CRASH_PROXY,
          STOP_ZOOKEEPER,
          CRASH_TARGET,
          BREAK_APPLIER,
          PURGE_LOGS,
          FILL_DISK ->
          Way.OTHER_SIDE_CRASHED;
      case FREEZE_SERVER, FREEZE_PROXY, FREEZE_TARGET -> Way.OTHER_SIDE_FROZEN;
    };
  }

  private void strike(Fault fault) {
    if (healed) {
      return;
    }
    world.trace("fault", fault::toString);
    switch (fault.kind()) {
      case KILL_MANAGER -> {
        SimManager manager = manager(fault);
        if (manager != null) {
          kill(manager, fault.lasting());
        }
      }
      case FREEZE_MANAGER -> {
        SimManager manager = manager(fault);
        if (manager != null) {
          freeze(manager.process(), fault.lasting());
        }
      }
      case RESIGN -> {
        SimManager manager = manager(fault);
        if (manager != null && manager.process().isRunning()) {
          manager.leadership().resign();
        }
      }
      case CRASH_SERVER -> crash(server(fault), fault.lasting());
      case FREEZE_SERVER -> freeze(server(fault), fault.lasting());
      case CRASH_PROXY -> crash(proxy(fault), fault.lasting());
      case FREEZE_PROXY -> freeze(proxy(fault), fault.lasting());
      case STOP_ZOOKEEPER -> crash(world.zk(), fault.lasting());
      case CUT_MANAGER -> {
        SimManager manager = manager(fault);
        if (manager != null) {
          cut(manager.process().place(), fault.other(), fault.lasting());
        }
      }
      case CUT_SERVER -> cut(server(fault).place(), fault.other(), fault.lasting());
      case SLOW_MANAGER -> {
        SimManager manager = manager(fault);
        if (manager != null) {
          world.network().slow(manager.process().place(), fault.other(), Times.millis(300));
        }
      }
      case BREAK_APPLIER -> server(fault).replica().breakApplier();
      case PURGE_LOGS -> {
        if (!server(fault).isDead()) {
          server(fault).purge();
        }
      }
      case FILL_DISK -> {
        SimServer server = server(fault);
        server.setDiskFull(true);
        world.scheduler().after(fault.lasting(), () -> server.setDiskFull(false));
      }
      case FAIL_CALL, LOSE_REPLY, CUT_TARGET, CRASH_TARGET, FREEZE_TARGET -> {
        // Only at a moment is there somebody to whom it could happen.
      }
    }
  }

  private @Nullable SimManager manager(Fault fault) {
    if (fault.one() == Fault.LEADER) {
      return world.managers().stream()
          .filter(manager -> !manager.process().isDead() && manager.leadership().epoch() > 0)
          .findFirst()
          .orElse(null);
    }
    return world.managers().get(fault.one() % world.managers().size());
  }

  private SimServer server(Fault fault) {
    List<SimServer> servers = List.copyOf(world.servers().values());
    return fault.one() == Fault.SOURCE
        ? world
            .zk()
            .state()
            .flatMap(state -> state.source())
            .map(world::server)
            .orElse(servers.getFirst())
        : servers.get(fault.one() % servers.size());
  }

  private SimProxy proxy(Fault fault) {
    List<SimProxy> proxies = List.copyOf(world.proxies().values());
    return proxies.get(Math.floorMod(fault.one(), proxies.size()));
  }

  private void kill(SimManager manager, long lasting) {
    if (manager.process().isDead()) {
      return;
    }
    world.trace(manager.id(), () -> "is killed");
    manager.process().die();
    world.scheduler().after(lasting, () -> restart(manager));
  }

  private void restart(SimManager manager) {
    if (world.managers().contains(manager)) {
      world.restart(manager);
    }
  }

  private void freeze(SimProcess process, long lasting) {
    if (!process.isRunning()) {
      return;
    }
    world.trace(process.name(), () -> "is frozen");
    process.freeze();
    world.scheduler().after(lasting, () -> thaw(process));
  }

  private void thaw(SimProcess process) {
    if (process.isFrozen()) {
      world.trace(process.name(), () -> "goes on");
      process.thaw();
    }
  }

  private void cut(int one, int other, long lasting) {
    world.network().cut(one, other);
    world
        .scheduler()
        .after(
            lasting,
            () -> {
              if (!healed) {
                world.network().heal(one, other);
              }
            });
  }

  private void crash(SimProcess process, long lasting) {
    if (process.isDead()) {
      return;
    }
    switch (process) {
      case SimServer server -> server.crash();
      case SimProxy proxy -> proxy.crash();
      case SimProcess other -> {
        world.trace(other.name(), () -> "is down");
        other.die();
      }
    }
    world.scheduler().after(lasting, () -> start(process));
  }

  private void start(SimProcess process) {
    if (!process.isDead()) {
      return;
    }
    switch (process) {
      case SimServer server -> server.start();
      case SimProxy proxy -> proxy.start();
      case SimZooKeeper zk -> {
        world.trace(zk.name(), () -> "is up");
        zk.onStart();
      }
      case SimProcess _ -> {}
    }
  }

  /** Nothing goes wrong any more, and all is put right that went wrong. */
  void heal() {
    healed = true;
    world.trace("fault", () -> "all faults are over");
    world.network().healAll();
    start(world.zk());
    thaw(world.zk());
    world
        .proxies()
        .values()
        .forEach(proxy -> {
          start(proxy);
          thaw(proxy);
        });
    world
        .servers()
        .values()
        .forEach(server -> {
          server.setDiskFull(false);
          start(server);
          thaw(server);
        });
    for (SimManager manager : List.copyOf(world.managers())) {
      if (manager.process().isDead()) {
        restart(manager);
      }
      thaw(manager.process());
    }
  }
}
