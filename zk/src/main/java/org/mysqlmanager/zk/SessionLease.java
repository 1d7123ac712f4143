package org.mysqlmanager.zk;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * For how long our session is certainly still alive, judged by our own clock alone.
 *
 * <p>ZooKeeper cannot have ended a session earlier than its timeout after the last message it
 * counted. We do not know which message that was, only which requests were answered; so what is
 * remembered is the time just <em>before</em> an answered request was sent. The lease is half the
 * timeout from there. The other half is needed twice:
 *
 * <ul>
 *   <li>Sessions are ended by the ensemble's leader, and a follower reports the messages of its
 *       clients to it only every half tick. The requests are therefore {@code sync}s, which pass
 *       through the leader on the same connection as those reports: an answer proves that every
 *       report before it has arrived. The last one can be half a tick old (at most a quarter of the
 *       timeout, which is at least two ticks), and our message before it one heartbeat more (a
 *       sixth). A plain read would prove nothing, as a follower cut off from its leader goes on
 *       answering it.
 *   <li>What was begun just before the lease ran out needs time to end.
 * </ul>
 *
 * <p>Times are {@link System#nanoTime}, which does not stop while a process is stopped.
 * Thread-safe.
 */
final class SessionLease {

  /** Heartbeats in the time of one session timeout. */
  static final int HEARTBEATS_PER_TIMEOUT = 6;

  private record Answered(long sessionId, long sentNanos, long timeoutNanos) {}

  private volatile @Nullable Answered last;

  /**
   * A request was answered.
   *
   * @param sentNanos the time before it was sent
   * @param timeout as negotiated for this session
   */
  synchronized void answered(long sessionId, long sentNanos, Duration timeout) {
    Answered before = last;
    if (before == null || before.sentNanos - sentNanos < 0) {
      last = new Answered(sessionId, sentNanos, timeout.toNanos());
    }
  }

  /** The session was lost: nothing is known until the next one answers. */
  synchronized void lost() {
    last = null;
  }

  /** Whether nobody can have been told yet that this session has ended. */
  boolean holds(long sessionId, long nowNanos) {
    Answered answered = last;
    return answered != null
        && answered.sessionId == sessionId
        && nowNanos - answered.sentNanos < answered.timeoutNanos / 2;
  }

  /**
   * Time since the last answered request was sent; empty when none was answered in this session.
   */
  Optional<Duration> age(long nowNanos) {
    return Optional.ofNullable(last)
        .map(answered -> Duration.ofNanos(nowNanos - answered.sentNanos));
  }
}
