package org.mysqlmanager.local.soak;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * When no write was acknowledged, whatever the cause: a dead source, a dead proxy.
 *
 * @param longest between two acknowledgements
 * @param total of all times of more than {@link #LEAST}
 * @param count of them
 */
record Outages(Duration longest, Duration total, int count) {
  /** Shorter ones are no outages: writers rest between writes. */
  static final Duration LEAST = Duration.ofSeconds(1);

  static Outages of(List<Write> writes) {
    List<Instant> acknowledged =
        writes.stream()
            .filter(write -> write.outcome() == Write.Outcome.OK)
            .map(Write::ended)
            .sorted(Comparator.naturalOrder())
            .toList();
    Duration longest = Duration.ZERO;
    Duration total = Duration.ZERO;
    int count = 0;
    for (int i = 1; i < acknowledged.size(); i++) {
      Duration gap = Duration.between(acknowledged.get(i - 1), acknowledged.get(i));
      longest = gap.compareTo(longest) > 0 ? gap : longest;
      if (gap.compareTo(LEAST) > 0) {
        total = total.plus(gap);
        count++;
      }
    }
    return new Outages(longest, total, count);
  }
}
