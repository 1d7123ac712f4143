package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.reconcile.Leadership;
import org.mysqlmanager.reconcile.Permit;

/**
 * A manager's part in the election, as the module for ZooKeeper plays it: heartbeats six times per
 * session timeout, a lease of half of it from the sending of the last that was answered, a look at
 * the queue four times per timeout and whenever something changes there.
 */
final class SimLeadership implements Leadership {
  private static final long TIMEOUT = Times.SESSION.toNanos();

  private record Term(long epoch, SimZooKeeper.Session session) {}

  private final World world;
  private final SimManager manager;
  private final List<Runnable> listeners = new ArrayList<>();

  private SimZooKeeper.@Nullable Session session;
  private long answeredSent = Long.MIN_VALUE / 2;
  private @Nullable Term held;
  private boolean looking;
  private boolean leaving;
  private int resignations;

  SimLeadership(World world, SimManager manager) {
    this.world = world;
    this.manager = manager;
  }

  void start() {
    heartbeat();
    lookRegularly();
  }

  SimZooKeeper.@Nullable Session session() {
    return session;
  }

  /** How long ago ZooKeeper last answered, in nanoseconds. */
  long silence() {
    return world.scheduler().now() - answeredSent;
  }

  private void heartbeat() {
    world.scheduler().after(TIMEOUT / 6, manager.process(), this::heartbeat);
    long sent = world.scheduler().now();
    SimZooKeeper.Session mine = session;
    world
        .remote()
        .tell(
            manager.process(),
            world.zk(),
            () -> {
              SimZooKeeper.Session answered = world.zk().heartbeat(manager, mine);
              world
                  .remote()
                  .tell(world.zk(), manager.process(), () -> answered(mine, answered, sent));
            });
  }

  private void answered(
      SimZooKeeper.@Nullable Session asked, SimZooKeeper.Session answered, long sent) {
    if (asked != session) {
      return;
    }
    if (answered != session) {
      session = answered;
      answeredSent = sent;
      manager.republish();
      look();
    }
    answeredSent = Math.max(answeredSent, sent);
  }

  private void lookRegularly() {
    world.scheduler().after(TIMEOUT / 4, manager.process(), this::lookRegularly);
    looking = false;
    look();
  }

  /** Something may have changed in the queue. */
  void look() {
    SimZooKeeper.Session mine = session;
    if (mine == null || looking) {
      return;
    }
    looking = true;
    Term before = held;
    boolean leave = leaving;
    world
        .remote()
        .tell(
            manager.process(),
            world.zk(),
            () -> {
              if (leave) {
                world.zk().leaveQueue(mine);
              }
              long epoch = elected(mine, before);
              world.remote().tell(world.zk(), manager.process(), () -> looked(mine, epoch, leave));
            });
  }

  private long elected(SimZooKeeper.Session mine, @Nullable Term before) {
    try {
      return world.zk().elect(mine, before != null && before.session == mine ? before.epoch : 0);
    } catch (Failure _) {
      return 0;
    }
  }

  private void looked(SimZooKeeper.Session asked, long epoch, boolean left) {
    looking = false;
    if (asked != session) {
      return;
    }
    if (left) {
      leaving = false;
    } else if (leaving) {
      // It has resigned meanwhile: whatever epoch it was, it is not taken.
      look();
      return;
    }
    Term before = held;
    if (epoch == 0) {
      held = null;
    } else if (before == null || before.epoch != epoch || before.session != asked) {
      held = new Term(epoch, asked);
    }
    if (before != held) {
      listeners.forEach(Runnable::run);
    }
  }

  private @Nullable Term current() {
    Term term = held;
    return term != null && term.session == session && silence() < TIMEOUT / 2 ? term : null;
  }

  /** The epoch in which this manager believes to lead; 0 if it does not. */
  long epoch() {
    Term term = current();
    return term == null ? 0 : term.epoch;
  }

  @Override
  public Optional<Permit> permit() {
    return Optional.ofNullable(current())
        .map(term ->
            new Permit() {
              @Override
              public Epoch epoch() {
                return new Epoch(term.epoch);
              }

              @Override
              public boolean isValid() {
                return term.equals(current());
              }
            });
  }

  @Override
  public Optional<String> leaderId() {
    return world.zk().leader();
  }

  @Override
  public boolean isConnected() {
    return silence() < TIMEOUT / 2;
  }

  int resignations() {
    return resignations;
  }

  @Override
  public void resign() {
    if (world.scheduler().isUnwinding()) {
      return;
    }
    resignations++;
    world.trace(manager.id(), () -> "resigns");
    held = null;
    leaving = true;
    look();
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }
}
