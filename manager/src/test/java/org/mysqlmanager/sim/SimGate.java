package org.mysqlmanager.sim;

import java.util.ArrayDeque;
import java.util.Queue;
import org.mysqlmanager.sim.SimThreads.SimMailbox;

/** Lets one coroutine in at a time. */
final class SimGate {
  private final Scheduler scheduler;
  private final Queue<SimMailbox<Boolean>> queue = new ArrayDeque<>();
  private boolean taken;

  SimGate(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Waits at most until then. */
  boolean enter(long deadline) {
    if (!taken) {
      taken = true;
      return true;
    }
    SimMailbox<Boolean> turn = new SimMailbox<>(scheduler);
    queue.add(turn);
    if (turn.poll(deadline - scheduler.now()).isPresent()) {
      return true;
    }
    queue.remove(turn);
    return false;
  }

  void leave() {
    SimMailbox<Boolean> next = queue.poll();
    if (next == null) {
      taken = false;
    } else {
      next.put(true);
    }
  }
}
