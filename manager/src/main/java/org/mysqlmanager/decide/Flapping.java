package org.mysqlmanager.decide;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.ServerId;

/**
 * No failover soon after another: a cause that lies elsewhere would send clients to and fro, and
 * each time costs what was not replicated. A source that fails before the old one has joined again
 * is another matter: then there is nowhere to go back to, and a fit replica is all there is.
 */
final class Flapping {
  private Flapping() {}

  /** Why no failover may begin yet; empty if it may. */
  static Optional<String> objection(View view) {
    Duration interval = view.spec().minFailoverInterval();
    Instant now = view.seen().at();
    return view.state()
        .lastFailover()
        .filter(last -> hasJoined(view, last.oldSource()))
        .map(last -> last.ended().plus(interval))
        .filter(now::isBefore)
        // A time further away than any pause comes from a clock that was wrong.
        .filter(until -> !until.isAfter(now.plus(interval)))
        .map(until ->
            "the last one ended less than %s ago (min_failover_interval); possible from %s on"
                .formatted(
                    Durations.words(interval),
                    until.plusSeconds(1).truncatedTo(ChronoUnit.SECONDS)));
  }

  private static boolean hasJoined(View view, ServerId oldSource) {
    return view.state().server(oldSource).membership() != Membership.FORMER_SOURCE;
  }
}
