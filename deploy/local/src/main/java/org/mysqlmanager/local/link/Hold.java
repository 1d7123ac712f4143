package org.mysqlmanager.local.link;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.mysqlmanager.local.process.LocalException;

/**
 * Stops a message on a link, and all that follows on its connection, until {@link #release} or
 * {@link #drop}. As long as it lasts, it stops each such message, on whichever connection between
 * the two it comes: who tries once more does not get through either. Thread-safe.
 */
public final class Hold implements AutoCloseable {
  /** What is stopped when the text is seen. */
  enum What {
    /** The message with the text: it does not arrive. */
    MESSAGE,
    /** The answer to the message with the text: it arrives, and nobody hears of that. */
    ANSWER
  }

  private final Links links;
  private final Direction direction;
  private final String text;
  private final What what;
  private final CountDownLatch held = new CountDownLatch(1);

  Hold(Links links, Direction direction, String text, What what) {
    this.links = links;
    this.direction = direction;
    this.text = text;
    this.what = what;
  }

  /** In which direction the text is looked for. */
  Direction direction() {
    return direction;
  }

  String text() {
    return text;
  }

  What what() {
    return what;
  }

  /**
   * Waits until something is stopped: the message; or the first that comes back after it was
   * delivered, which on a MySQL connection is its answer. (On a ZooKeeper connection it can be the
   * answer to an earlier request or to a ping: wait for the effect as well.)
   *
   * @return whether that was so before {@code deadline} had passed
   */
  public boolean awaitHeld(Duration deadline) {
    try {
      return held.await(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalException("interrupted while waiting for \"" + text + "\"", e);
    }
  }

  /** Whether something is or was stopped. */
  public boolean isHeld() {
    return held.getCount() == 0;
  }

  /** Lets everything go that was stopped, and stops no more. */
  public void release() {
    links.release(this);
  }

  /** Resets the connections of what was stopped, which never arrives, and stops no more. */
  public void drop() {
    links.drop(this);
  }

  /** {@link #release}. */
  @Override
  public void close() {
    release();
  }

  void caught() {
    held.countDown();
  }
}
