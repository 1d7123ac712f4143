package org.mysqlmanager.mysql;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * For how long a replica has heard nothing from its source.
 *
 * <p>MySQL says when the last heartbeat came, by the replica's wall clock, but not when the last
 * event came. So a trace of all that comes is remembered (receiver, position in the source's binary
 * log, heartbeats), and how long it has been the same is measured on the clock that never jumps.
 * That two readings are equal means that nothing came between them, however far apart they are and
 * whether or not they were made over one connection.
 *
 * <p>Used by one thread at a time.
 */
final class SourceSilence {
  private final LongSupplier nanoTime;
  private @Nullable String trace;
  private long since;

  /**
   * @param nanoTime such as {@link System#nanoTime}
   */
  SourceSilence(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** How long that has been all; nothing is known of the time before it was first seen. */
  Duration after(String newTrace) {
    long now = nanoTime.getAsLong();
    if (!newTrace.equals(trace)) {
      trace = newTrace;
      since = now;
    }
    return Duration.ofNanos(now - since);
  }

  /** The receiver is not connected: when it is again, that is news by itself. */
  void forget() {
    trace = null;
  }
}
