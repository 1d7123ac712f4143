package org.mysqlmanager.local.process;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for a condition, always with a bound. */
public final class Await {
  private static final Duration PAUSE = Duration.ofMillis(25);

  private Await() {}

  /**
   * Looks at {@code condition} until it holds.
   *
   * @return whether it held before {@code deadline} had passed
   * @throws LocalException when the thread is interrupted; the interrupt is restored
   */
  public static boolean until(Duration deadline, BooleanSupplier condition) {
    long end = System.nanoTime() + deadline.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end >= 0) {
        return condition.getAsBoolean();
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LocalException("interrupted while waiting", e);
      }
    }
    return true;
  }
}
