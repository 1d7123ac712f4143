package org.mysqlmanager.reconcile;

/**
 * The threads that the loops run on, the clock by which they measure how long something takes, and
 * the means by which they wait for each other. Nothing in this package starts a thread, waits or
 * measures otherwise, so that whoever provides this decides what runs when. Thread-safe.
 */
public interface Threads {
  /** Like {@link System#nanoTime}: only differences mean something. */
  long nanoTime();

  /** Starts a thread that lasts as long as the manager; it does not keep the process alive. */
  void startLoop(String name, Runnable body);

  /** Starts a thread for one call through a port, of which there may be very many. */
  void start(String name, Runnable body);

  /** A new mailbox, empty. */
  <T> Mailbox<T> mailbox();
}
