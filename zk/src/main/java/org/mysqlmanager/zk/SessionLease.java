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
 * <p>Times are {@link System#nanoTime}, which does not stop while a process is stopped. It does
 * while a whole machine is suspended: so the lease also runs out by the wall clock, if that goes
 * ahead by as much. A wall clock that is set back lengthens nothing. Thread-safe.
 */
final class SessionLease {

  /** Heartbeats in the time of one session timeout. */
  static final int HEARTBEATS_PER_TIMEOUT = 6;

  /** A point in time, by both clocks. */
  record Moment(long nanos, long wallMillis) {
    static Moment now() {
      return new Moment(System.nanoTime(), System.currentTimeMillis());
    }
  }

  private record Answered(long sessionId, Moment sent, Duration timeout) {}

  private volatile @Nullable Answered last;

  /** The session that we have ended ourselves. */
  private long endedSessionId;

  /**
   * A request was answered.
   *
   * @param sent the time before it was sent
   * @param timeout as negotiated for this session
   */
  synchronized void answered(long sessionId, Moment sent, Duration timeout) {
    Answered before = last;
    if (sessionId != endedSessionId && (before == null || before.sent.nanos - sent.nanos < 0)) {
      last = new Answered(sessionId, sent, timeout);
    }
  }

  /** The session was lost: nothing is known until the next one answers. */
  synchronized void lost() {
    last = null;
  }

  /**
   * We are about to end this session ourselves: an answer that is still on its way counts no more.
   */
  synchronized void end(long sessionId) {
    endedSessionId = sessionId;
    last = null;
  }

  /** Whether nobody can have been told yet that this session has ended. */
  boolean holds(long sessionId, Moment now) {
    Answered answered = last;
    return answered != null
        && answered.sessionId == sessionId
        && now.nanos - answered.sent.nanos < answered.timeout.toNanos() / 2
        && now.wallMillis - answered.sent.wallMillis < answered.timeout.toMillis() / 2;
  }

  /**
   * Time since the last answered request was sent; empty when none was answered in this session.
   */
  Optional<Duration> age(long nowNanos) {
    return Optional.ofNullable(last)
        .map(answered -> Duration.ofNanos(nowNanos - answered.sent.nanos));
  }
}
