package org.mysqlmanager.reconcile;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Real threads and real time: platform threads for the loops, virtual ones for calls. */
public final class JdkThreads implements Threads {
  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void startLoop(String name, Runnable body) {
    Thread.ofPlatform().name(name).daemon().start(body);
  }

  @Override
  public void start(String name, Runnable body) {
    Thread.ofVirtual().name(name).start(body);
  }

  @Override
  public <T> Mailbox<T> mailbox() {
    return new QueueMailbox<>();
  }

  private static final class QueueMailbox<T> implements Mailbox<T> {
    private final BlockingQueue<T> queue = new LinkedBlockingQueue<>();

    @Override
    public void put(T message) {
      queue.add(message);
    }

    @Override
    public Optional<T> poll(long nanos) throws InterruptedException {
      T message = queue.poll();
      if (message == null && nanos > 0) {
        message = queue.poll(nanos, TimeUnit.NANOSECONDS);
      }
      return Optional.ofNullable(message);
    }
  }
}
