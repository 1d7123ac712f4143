package org.mysqlmanager.access;

import java.time.Duration;

/** What became of credentials. */
sealed interface Authentication {
  /** They are those of that user or token. */
  record Accepted(String name, Role role) implements Authentication {}

  /**
   * They are wrong.
   *
   * @param who the name that was given, as it may be printed
   */
  record Rejected(String who) implements Authentication {}

  /** They were not looked at: too many wrong ones came from there. */
  record TooManyFailures(Duration retryAfter) implements Authentication {}

  /** They were not looked at: too many others are being looked at. */
  record Busy(Duration retryAfter) implements Authentication {}
}
