package org.mysqlmanager.access;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a request is not answered.
 *
 * @param sentence for the one who asked: what is wrong, and what to do
 * @param who asked, if credentials were looked at, as it may be printed
 * @param retryAfter when to come again, if that helps
 */
public record Refusal(
    Reason reason, String sentence, Optional<String> who, Optional<Duration> retryAfter) {
  /** Each with its HTTP status. */
  public enum Reason {
    WRONG_CREDENTIALS(401),
    NO_CREDENTIALS(401),
    ROLE_MISSING(403),
    NOBODY_MAY(403),
    FOREIGN_PAGE(403),
    METHOD(405),
    BODY_TOO_LONG(413),
    BODY_LENGTH_UNKNOWN(411),
    TOO_MANY_REQUESTS(429),
    TOO_MANY_FAILED_LOGINS(429),
    BUSY(503);

    private final int status;

    Reason(int status) {
      this.status = status;
    }

    public int status() {
      return status;
    }

    /** As the metric's label has it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Refusal of(Reason reason, String sentence) {
    return new Refusal(reason, sentence, Optional.empty(), Optional.empty());
  }

  static Refusal of(Reason reason, String sentence, String who) {
    return new Refusal(reason, sentence, Optional.of(who), Optional.empty());
  }

  static Refusal later(Reason reason, String sentence, Duration retryAfter) {
    return new Refusal(reason, sentence, Optional.empty(), Optional.of(retryAfter));
  }
}
