package org.mysqlmanager.sim;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.reconcile.Mailbox;
import org.mysqlmanager.reconcile.Threads;

/** Threads of one process, in virtual time. */
final class SimThreads implements Threads {
  private final Scheduler scheduler;
  private final SimProcess process;

  SimThreads(Scheduler scheduler, SimProcess process) {
    this.scheduler = scheduler;
    this.process = process;
  }

  @Override
  public long nanoTime() {
    return scheduler.now();
  }

  @Override
  public void startLoop(String name, Runnable body) {
    start(name, body);
  }

  @Override
  public void start(String name, Runnable body) {
    scheduler.spawn(process, process.name() + "-" + name, body);
  }

  @Override
  public <T> Mailbox<T> mailbox() {
    return new SimMailbox<>(scheduler);
  }

  /** At most one coroutine waits at a time. */
  static final class SimMailbox<T> implements Mailbox<T> {
    private final Scheduler scheduler;
    private final Queue<T> messages = new ArrayDeque<>();
    private @Nullable Coroutine waiting;
    private long wait;

    SimMailbox(Scheduler scheduler) {
      this.scheduler = scheduler;
    }

    @Override
    public void put(T message) {
      messages.add(message);
      Coroutine waiter = waiting;
      if (waiter != null) {
        waiting = null;
        scheduler.wake(waiter, wait);
      }
    }

    @Override
    public Optional<T> poll(long nanos) {
      if (messages.isEmpty() && nanos > 0) {
        Coroutine self = scheduler.current();
        if (waiting != null) {
          throw new IllegalStateException("two wait for the same");
        }
        wait = scheduler.beginWait();
        waiting = self;
        if (nanos < Long.MAX_VALUE / 2) {
          scheduler.wakeAfter(nanos, self, wait);
        }
        scheduler.giveWay();
        waiting = null;
      }
      return Optional.ofNullable(messages.poll());
    }
  }
}
