package org.mysqlmanager.decide;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.Sight;

/**
 * What others say of a server that this manager cannot see. A failover needs a majority of the
 * managers that live and look at the cluster, this one among them; and no replica that still hears
 * from the source. A manager that is alone decides alone.
 */
final class Testimony {
  /**
   * A receiver that got an event or a heartbeat this recently has a living source: heartbeats come
   * every second when there are no events.
   */
  static final Duration HEARING = Duration.ofMillis(2500);

  private Testimony() {}

  /**
   * Whether no majority misses that server, and has not for so long that what the others say is no
   * remnant of a manager that died together with it: that goes with its session.
   *
   * @param failures checks in a row that found it down
   */
  static boolean isOneOfFewThatMissIt(View view, ServerId server, int failures) {
    return failures > 2 * (view.spec().masterFailureThreshold() + 1)
        && !isMissedByMost(sights(view, server));
  }

  private static boolean isMissedByMost(List<Sight> others) {
    long down = 1 + others.stream().filter(sight -> sight == Sight.DOWN).count();
    return down * 2 > 1 + others.size();
  }

  /** Whether there are others, and each says that it sees that server. */
  static boolean isSeenByAllOthers(View view, ServerId server) {
    List<Sight> others = sights(view, server);
    return !others.isEmpty() && others.stream().allMatch(sight -> sight == Sight.UP);
  }

  /** Why the source, which this manager finds down, must not be taken for dead; empty if it may. */
  static Optional<String> objection(View view) {
    List<Sight> others = sights(view, view.source());
    if (!isMissedByMost(others)) {
      long up = others.stream().filter(sight -> sight == Sight.UP).count();
      return Optional.of(
          "%d of %d managers see %s up".formatted(up, 1 + others.size(), view.source()));
    }
    return view.others().stream()
        .filter(id -> view.reachable(id).filter(replica -> hears(view, replica)).isPresent())
        .findFirst()
        .map(id -> "%s still receives from %s".formatted(id, view.source()));
  }

  private static boolean hears(View view, Reachable replica) {
    return view.isConfiguredToFollow(replica, view.source())
        && replica
            .replication()
            .filter(status -> status.receiver() == Receiver.RUNNING)
            .flatMap(status -> status.silence())
            .filter(silence -> silence.compareTo(HEARING) < 0)
            .isPresent();
  }

  /** One for each other manager that says anything of that server. */
  private static List<Sight> sights(View view, ServerId server) {
    Collection<Map<ServerId, Sight>> views = view.seen().evidence().witnesses().values();
    return views.stream()
        .flatMap(sights -> Optional.ofNullable(sights.get(server)).stream())
        .toList();
  }
}
