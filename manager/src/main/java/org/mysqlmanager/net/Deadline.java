package org.mysqlmanager.net;

import java.time.Duration;

/** The instant at which a call must have ended, on the clock that never jumps. */
public record Deadline(long nanoTime) {
  /** That much time from now. */
  public static Deadline after(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** Whether the time is up. */
  public boolean hasPassed() {
    return remainingNanos() <= 0;
  }

  /** How much time is left; zero when it is up. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, remainingNanos()));
  }

  /** Zero or less when the time is up. */
  public long remainingNanos() {
    return nanoTime - System.nanoTime();
  }

  /** The earlier of this deadline and that much time from now. */
  public Deadline orAfter(Duration time) {
    Deadline other = after(time);
    return other.remainingNanos() < remainingNanos() ? other : this;
  }

  /** At least 1: sockets take 0 for "wait for ever". */
  public int remainingMillis() {
    return Math.clamp(remainingNanos() / 1_000_000, 1, Integer.MAX_VALUE);
  }
}
