package org.mysqlmanager.decide;

import java.time.Duration;
import java.time.Instant;

/** Arithmetic of instants for the records of operations. */
final class Durations {
  private Durations() {}

  /** From one to the other in milliseconds; 0 if the clocks of two leaders disagree. */
  static long millis(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis());
  }
}
