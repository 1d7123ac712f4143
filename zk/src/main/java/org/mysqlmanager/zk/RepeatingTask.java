package org.mysqlmanager.zk;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task on a daemon thread of its own that runs again and again, and sooner when asked. Being
 * asked many times before it runs is being asked once; being asked while it runs makes it run once
 * more. Thread-safe.
 */
final class RepeatingTask implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RepeatingTask.class);
  private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(2);

  private final Supplier<Duration> period;
  private final Runnable task;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long dueNanos = System.nanoTime();
  private boolean closed;

  /** Runs first as soon as it is started. */
  RepeatingTask(String name, Supplier<Duration> period, Runnable task) {
    this.period = period;
    this.task = task;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void runSoon() {
    runWithin(Duration.ZERO);
  }

  void runWithin(Duration delay) {
    lock.lock();
    try {
      long wishedNanos = System.nanoTime() + delay.toNanos();
      if (wishedNanos - dueNanos < 0) {
        dueNanos = wishedNanos;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends it; a run that is waiting for something is interrupted. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() != thread) {
      thread.interrupt();
      try {
        var _ = thread.join(PATIENCE_AT_CLOSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    while (awaitDue()) {
      try {
        task.run();
      } catch (Throwable e) {
        tell(e);
      }
    }
  }

  /** An Error (no memory, a class that is missing) must not end it either. */
  private void tell(Throwable failure) {
    try {
      LOG.error("{} failed and will be tried again", thread.getName(), failure);
    } catch (Throwable another) {
      // Not even telling works; what matters is that it goes on.
      failure.addSuppressed(another);
    }
  }

  /** Waits for the next run; false when there is none. */
  private boolean awaitDue() {
    lock.lock();
    try {
      while (!closed) {
        long leftNanos = dueNanos - System.nanoTime();
        if (leftNanos <= 0) {
          dueNanos = System.nanoTime() + period.get().toNanos();
          return true;
        }
        var _ = changed.await(leftNanos, TimeUnit.NANOSECONDS);
      }
      return false;
    } catch (InterruptedException e) {
      // Only close() interrupts this thread.
      return false;
    } finally {
      lock.unlock();
    }
  }
}
