package org.mysqlmanager.model;

import java.time.Duration;
import java.time.Instant;

/**
 * How often something has been tried, and when it may be tried again: pauses double from 2 s up to
 * 5 min, so that what cannot succeed is not hammered.
 *
 * @param nextAt before this instant nothing is tried
 */
public record Retry(int attempts, Instant nextAt) {
  public static final Retry NONE = new Retry(0, Instant.EPOCH);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final int DOUBLINGS = 8;

  /** Whether the pause is over; one longer than it can be comes from a clock that was wrong. */
  public boolean isDue(Instant now) {
    return isDue(now, LONGEST_PAUSE);
  }

  /** The same, where pauses are at most that long. */
  public boolean isDue(Instant now, Duration longest) {
    return !now.isBefore(nextAt) || nextAt.isAfter(now.plus(pause(attempts - 1, longest)));
  }

  /** How long ago the last attempt was made, if its pause was not cut short. */
  public Duration sinceLast(Instant now) {
    return pause(attempts - 1, LONGEST_PAUSE).minus(Duration.between(now, nextAt));
  }

  /** One attempt more, made now. */
  public Retry next(Instant now) {
    return next(now, LONGEST_PAUSE);
  }

  /** One attempt more, made now, with a pause of at most that long. */
  public Retry next(Instant now, Duration longest) {
    return new Retry(attempts + 1, now.plus(pause(attempts, longest)));
  }

  private static Duration pause(int attemptsBefore, Duration longest) {
    Duration pause =
        FIRST_PAUSE.multipliedBy(1L << Math.max(0, Math.min(attemptsBefore, DOUBLINGS)));
    return pause.compareTo(longest) > 0 ? longest : pause;
  }

  /** As many attempts have been made as lead to the longest pause, which begins now. */
  public static Retry longest(Instant now) {
    return new Retry(DOUBLINGS + 1, now.plus(LONGEST_PAUSE));
  }
}
