package org.mysqlmanager.sim;

import java.util.concurrent.locks.LockSupport;

/**
 * A thread that runs only while it has the baton. The thread is a virtual one, so that very many
 * may stand still.
 */
final class Coroutine {
  private final SimProcess process;
  private final Thread thread;
  private volatile boolean hasBaton;
  private boolean started;
  private boolean ended;

  /** Counts its waits, so that a wake-up for an earlier one is known as such. */
  private long wait;

  /** The one that is there already: the thread that makes the simulation. */
  Coroutine(SimProcess process, Thread current) {
    this.process = process;
    this.thread = current;
    this.started = true;
  }

  Coroutine(SimProcess process, String name, Runnable body) {
    this.process = process;
    this.thread = Thread.ofVirtual().name(name).unstarted(body);
  }

  SimProcess process() {
    return process;
  }

  boolean isStarted() {
    return started;
  }

  boolean isEnded() {
    return ended;
  }

  void end() {
    ended = true;
  }

  long waitNumber() {
    return wait;
  }

  long nextWait() {
    return ++wait;
  }

  /** Hands it the baton; the caller has to give way at once. */
  void pass() {
    if (started) {
      hasBaton = true;
      LockSupport.unpark(thread);
    } else {
      started = true;
      thread.start();
    }
  }

  /** Gives way until it is handed the baton. */
  void awaitBaton() {
    while (!hasBaton) {
      LockSupport.park(this);
    }
    hasBaton = false;
  }
}
