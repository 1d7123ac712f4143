package org.mysqlmanager.reconcile;

import java.util.Optional;

/**
 * What threads leave for each other, first in, first out. Thread-safe.
 *
 * @param <T> a message
 */
public interface Mailbox<T> {
  /** Leaves a message; never waits. */
  void put(T message);

  /**
   * Takes the oldest message, waiting for one at most that long; without waiting if that is 0 or
   * less. A message that is there is taken even by a thread that is interrupted.
   */
  Optional<T> poll(long nanos) throws InterruptedException;
}
