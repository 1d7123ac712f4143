package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * Anything that can be killed or frozen: a manager, a server, a proxy, ZooKeeper. What a frozen one
 * was to do waits until it goes on; what a dead one was to do is never done.
 */
class SimProcess {
  private final String name;
  private final int place;
  private boolean dead;
  private boolean frozen;
  private List<Runnable> deferred = new ArrayList<>();

  /**
   * @param place its number in the network, the same after a restart
   */
  SimProcess(String name, int place) {
    this.name = name;
    this.place = place;
  }

  final int place() {
    return place;
  }

  final String name() {
    return name;
  }

  final boolean isDead() {
    return dead;
  }

  final boolean isFrozen() {
    return frozen;
  }

  /** Whether it does anything now. */
  final boolean isRunning() {
    return !dead && !frozen;
  }

  final void die() {
    dead = true;
    frozen = false;
    deferred = new ArrayList<>();
  }

  final void comeBack() {
    dead = false;
  }

  final void freeze() {
    frozen = !dead;
  }

  /** Goes on; what was waiting happens now, in its order. */
  final void thaw() {
    if (!frozen) {
      return;
    }
    frozen = false;
    List<Runnable> waiting = deferred;
    deferred = new ArrayList<>();
    for (int i = 0; i < waiting.size(); i++) {
      if (frozen) {
        deferred.addAll(waiting.subList(i, waiting.size()));
        return;
      }
      waiting.get(i).run();
    }
  }

  /** Now, when it goes on, or never. */
  final void run(Runnable action) {
    if (frozen) {
      deferred.add(action);
    } else if (!dead) {
      action.run();
    }
  }

  @Override
  public final String toString() {
    return name;
  }
}
