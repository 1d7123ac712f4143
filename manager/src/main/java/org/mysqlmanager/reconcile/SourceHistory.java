package org.mysqlmanager.reconcile;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;

/**
 * What the source had executed at some moments of the recent past, by which it can be told how far
 * behind a replica is in receiving: MySQL itself only tells how late the applier is. Used by one
 * thread.
 */
final class SourceHistory {
  /** Moments kept within the longest lag that is of interest. */
  private static final int MOMENTS = 16;

  private record Moment(long nanos, GtidSet executed) {}

  private final Deque<Moment> moments = new ArrayDeque<>();
  private @Nullable ServerId source;
  private @Nullable Moment newest;

  /** The source has just answered; what another one had executed before is forgotten. */
  void seen(ServerId server, GtidSet executed, long nanos, Duration longestLag) {
    if (!server.equals(source)) {
      source = server;
      moments.clear();
    }
    Moment before = newest;
    if (before != null && nanos - before.nanos > longestLag.toNanos()) {
      // Nobody knows what happened meanwhile.
      moments.clear();
    }
    Moment now = new Moment(nanos, executed);
    newest = now;
    long step = longestLag.toNanos() / MOMENTS;
    if (moments.isEmpty() || nanos - moments.getLast().nanos >= step) {
      moments.addLast(now);
    }
    // One that is older than the longest lag is needed, to tell that a lag is longer.
    while (moments.size() > 2 && nanos - second().nanos > longestLag.toNanos()) {
      moments.removeFirst();
    }
  }

  private Moment second() {
    Iterator<Moment> oldestFirst = moments.iterator();
    oldestFirst.next();
    return oldestFirst.next();
  }

  /** What that server had executed when it last answered as source. */
  Optional<GtidSet> executed(ServerId server) {
    return server.equals(source)
        ? Optional.ofNullable(newest).map(Moment::executed)
        : Optional.empty();
  }

  /**
   * For how long, when the source last answered, it had had something that the replica has not
   * received; at least that. Empty if this is shorter than the longest lag of interest and the
   * replica may have lacked it for longer, as the past is not known far enough.
   */
  Optional<Duration> lag(GtidSet received, Duration longestLag) {
    Moment last = newest;
    if (last == null) {
      return Optional.empty();
    }
    if (received.contains(last.executed)) {
      return Optional.of(Duration.ZERO);
    }
    Moment missing = last;
    for (Iterator<Moment> newestFirst = moments.descendingIterator(); newestFirst.hasNext(); ) {
      Moment moment = newestFirst.next();
      if (received.contains(moment.executed)) {
        return Optional.of(Duration.ofNanos(last.nanos - missing.nanos));
      }
      missing = moment;
    }
    Duration atLeast = Duration.ofNanos(last.nanos - missing.nanos);
    return atLeast.compareTo(longestLag) > 0 ? Optional.of(atLeast) : Optional.empty();
  }
}
