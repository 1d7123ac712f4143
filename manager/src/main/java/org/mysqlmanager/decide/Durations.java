package org.mysqlmanager.decide;

import java.time.Duration;
import java.time.Instant;

/** Arithmetic of instants for the records of operations, and durations in words. */
final class Durations {
  private Durations() {}

  /** From one to the other in milliseconds; 0 if the clocks of two leaders disagree. */
  static long millis(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis());
  }

  /** As in the configuration: 60s, or 1500ms. */
  static String words(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
