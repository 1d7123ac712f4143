package org.mysqlmanager.zk;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs somebody else's code on a virtual thread, never twice at a time: whatever is signalled
 * during a run is answered by one more run. So it can be as slow as it likes without a queue
 * growing or ZooKeeper's own thread waiting. Thread-safe.
 */
final class CoalescedCallback {
  private static final Logger LOG = LoggerFactory.getLogger(CoalescedCallback.class);

  private final String name;
  private final Runnable callback;
  private final AtomicInteger pending = new AtomicInteger();
  private volatile boolean closed;

  CoalescedCallback(String name, Runnable callback) {
    this.name = name;
    this.callback = callback;
  }

  void signal() {
    if (!closed && pending.getAndIncrement() == 0) {
      var _ = Thread.ofVirtual().name(name).start(this::run);
    }
  }

  /** No run begins any more. */
  void close() {
    closed = true;
  }

  private void run() {
    int answered;
    do {
      answered = pending.get();
      if (!closed) {
        try {
          callback.run();
        } catch (Throwable e) {
          // After an Error, too: nobody would ever be called back again.
          LOG.error("{} failed", name, e);
        }
      }
    } while (pending.addAndGet(-answered) > 0);
  }
}
