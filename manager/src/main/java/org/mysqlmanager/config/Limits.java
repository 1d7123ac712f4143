package org.mysqlmanager.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ranges of settings, with the sentence for what lies outside. */
final class Limits {
  private Limits() {}

  static Duration duration(
      String field, @Nullable Duration value, Duration usual, Duration least, Duration most) {
    Duration duration = value == null ? usual : value;
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s %s is out of range: %s to %s"
              .formatted(
                  field,
                  DurationText.print(duration),
                  DurationText.print(least),
                  DurationText.print(most)));
    }
    return duration;
  }

  static String orElse(@Nullable String value, String usual) {
    return value == null || value.isBlank() ? usual : value;
  }

  static Duration orElse(@Nullable Duration value, Duration usual) {
    return value == null ? usual : value;
  }
}
