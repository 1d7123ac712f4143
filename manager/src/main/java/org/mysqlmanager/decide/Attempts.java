package org.mysqlmanager.decide;

import java.time.Duration;
import java.util.Optional;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;

/**
 * How often a step is tried before an operator is asked. It goes on being tried, after the longest
 * pause, so that the cluster goes on by itself when the cause is gone.
 */
final class Attempts {
  /** With pauses that double from 2 s, a minute. */
  static final int MOST = 5;

  /** What endangers data or clients is tried again after at most this. */
  static final Duration MOST_URGENT = Duration.ofSeconds(10);

  private Attempts() {}

  static boolean areUsedUp(Retry retry) {
    return retry.attempts() >= MOST;
  }

  /** What could not be done, and why, as far as this manager knows. */
  static String usedUp(String what, View view) {
    return usedUp(what, MOST, view);
  }

  /** The same with another number of attempts. */
  static String usedUp(String what, int most, View view) {
    String beginning = "%s after %d attempts".formatted(what, most);
    // The error that was found first stays: each new wording would make a new state.
    int told = view.state().reason().indexOf(beginning);
    return told >= 0
        ? view.state().reason().substring(told).split("; ", 2)[0]
        : beginning
            + view.seen()
                .evidence()
                .lastFailure()
                .map(failure -> ": " + oneClause(failure))
                .orElse("");
  }

  private static String oneClause(String failure) {
    return failure.replace("; ", ", ");
  }

  /** A server or proxy that could not be set right in all attempts; empty if there is none. */
  static Optional<String> stuck(View view) {
    if (areUsedUp(view.state().routing())) {
      return Optional.of(usedUp("a proxy does not take what it is told", view));
    }
    return view.others().stream()
        .filter(id -> isStuck(view.state().server(id)) && view.reachable(id).isPresent())
        .findFirst()
        .map(id -> usedUp(what(view, id), view));
  }

  private static boolean isStuck(ServerState server) {
    return areUsedUp(server.retry())
        && server.status() != ServerStatus.UP
        && server.status() != ServerStatus.CLONING;
  }

  private static String what(View view, ServerId id) {
    return view.state().server(id).status() == ServerStatus.REPLICATION_BROKEN
        ? "the replication of %s could not be restarted%s"
            .formatted(
                id,
                view.spec().cloneBrokenReplicas()
                    ? " and another clone would not help"
                    : " (mend it, or set clone_broken_replicas)")
        : id + " could not be made a replica";
  }
}
