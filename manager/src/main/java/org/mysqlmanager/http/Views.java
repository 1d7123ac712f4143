package org.mysqlmanager.http;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.reconcile.ManagerStatus;

/** What several views print in the same way. */
final class Views {
  private Views() {}

  /** Null before the first leadership. */
  static @Nullable Long newestEpoch(ManagerStatus manager) {
    return Stream.concat(
            manager.leadingEpoch().stream(),
            manager.clusters().stream().map(cluster -> cluster.state().epoch()))
        .filter(epoch -> !epoch.equals(Epoch.NONE))
        .max(Epoch::compareTo)
        .map(Epoch::value)
        .orElse(null);
  }

  static @Nullable Instant millis(Optional<Instant> instant) {
    return instant.map(Views::millis).orElse(null);
  }

  static Instant millis(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }

  static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  /** Null for what is empty: an absent value is null everywhere in the API. */
  static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
