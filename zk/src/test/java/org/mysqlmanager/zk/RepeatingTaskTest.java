package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RepeatingTaskTest {

  @Test
  void runsAgainAfterAnError() {
    AtomicInteger runs = new AtomicInteger();
    try (RepeatingTask task =
        new RepeatingTask(
            "test",
            () -> Duration.ofMillis(10),
            () -> {
              runs.incrementAndGet();
              throw new NoClassDefFoundError("on purpose");
            })) {
      task.start();
      await().atMost(DEADLINE).until(() -> runs.get() >= 3);
    }
  }
}
