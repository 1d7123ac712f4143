package org.mysqlmanager.sim;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The settings of every simulated system, in the proportions of the shipped configuration. */
final class Times {
  static final Duration CHECK = Duration.ofSeconds(2);
  static final Duration OBSERVE = Duration.ofSeconds(1);
  static final Duration COMMAND = Duration.ofSeconds(1);
  static final Duration SESSION = Duration.ofSeconds(3);

  private Times() {}

  static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  static long micros(long micros) {
    return TimeUnit.MICROSECONDS.toNanos(micros);
  }

  static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }
}
