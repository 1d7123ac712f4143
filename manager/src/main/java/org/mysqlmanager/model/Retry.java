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

  /** Whether the pause is over; one longer than any pause comes from a clock that was wrong. */
  public boolean isDue(Instant now) {
    return !now.isBefore(nextAt) || nextAt.isAfter(now.plus(LONGEST_PAUSE));
  }

  /** One attempt more, made now. */
  public Retry next(Instant now) {
    return next(now, LONGEST_PAUSE);
  }

  /** One attempt more, made now, with a pause of at most that long. */
  public Retry next(Instant now, Duration longest) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts, DOUBLINGS));
    return new Retry(attempts + 1, now.plus(pause.compareTo(longest) > 0 ? longest : pause));
  }
}
