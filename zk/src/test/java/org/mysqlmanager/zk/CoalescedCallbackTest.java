package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CoalescedCallbackTest {

  @Test
  void joinsWhatIsSignalledDuringARunIntoOneMore() {
    AtomicInteger runs = new AtomicInteger();
    Semaphore mayEnd = new Semaphore(0);
    CoalescedCallback callback =
        new CoalescedCallback(
            "test",
            () -> {
              runs.incrementAndGet();
              mayEnd.acquireUninterruptibly();
            });
    callback.signal();
    await().atMost(DEADLINE).until(() -> runs.get() == 1);
    callback.signal();
    callback.signal();
    callback.signal();
    mayEnd.release();
    await().atMost(DEADLINE).until(() -> runs.get() == 2);
    mayEnd.release(10);
    // A run too many would take a permit too.
    await()
        .during(Duration.ofMillis(200))
        .atMost(DEADLINE)
        .until(() -> mayEnd.availablePermits() == 9);
    assertEquals(2, runs.get());
  }

  @Test
  void runsAgainAfterAFailureAndNotAfterClose() {
    AtomicInteger runs = new AtomicInteger();
    CoalescedCallback callback =
        new CoalescedCallback(
            "test",
            () -> {
              runs.incrementAndGet();
              throw new IllegalStateException("on purpose");
            });
    callback.signal();
    await().atMost(DEADLINE).until(() -> runs.get() == 1);
    callback.signal();
    await().atMost(DEADLINE).until(() -> runs.get() == 2);
    callback.close();
    callback.signal();
    assertEquals(2, runs.get());
  }

  @Test
  void runsAgainAfterAnError() {
    AtomicInteger runs = new AtomicInteger();
    CoalescedCallback callback =
        new CoalescedCallback(
            "test",
            () -> {
              runs.incrementAndGet();
              throw new NoClassDefFoundError("on purpose");
            });
    callback.signal();
    await().atMost(DEADLINE).until(() -> runs.get() == 1);
    callback.signal();
    await().atMost(DEADLINE).until(() -> runs.get() == 2);
  }
}
