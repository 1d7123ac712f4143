package org.mysqlmanager.access;

import java.util.concurrent.Semaphore;

/**
 * Who may wait to have a password looked at. One place is kept for addresses that have given no
 * wrong password lately: those that guess cannot take them all. Thread-safe.
 */
final class HashingPlaces {
  private final Semaphore all;
  private final Semaphore guessers;

  /**
   * @param places at least 2
   */
  HashingPlaces(int places) {
    this.all = new Semaphore(places);
    this.guessers = new Semaphore(places - 1);
  }

  /** Takes a place, if there is one; it is to be given back with {@link #leave}. */
  boolean enter(boolean isGuesser) {
    if (isGuesser && !guessers.tryAcquire()) {
      return false;
    }
    if (all.tryAcquire()) {
      return true;
    }
    if (isGuesser) {
      guessers.release();
    }
    return false;
  }

  void leave(boolean isGuesser) {
    all.release();
    if (isGuesser) {
      guessers.release();
    }
  }
}
