package org.mysqlmanager.mysql;

import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.mysqlmanager.net.Deadline;

/**
 * Calls that end at a deadline, whatever the server does.
 *
 * <p>Connect and read timeouts alone are no bound: a server that sends one byte before each of them
 * passes is never too late. So the call runs on a virtual thread, and when the deadline comes that
 * thread is interrupted: this closes the socket that it reads from or connects with (the rule for
 * sockets used by virtual threads, see {@link java.net.Socket}), and every later use fails too.
 */
final class Bounded {
  private Bounded() {}

  /** The deadline came before the end. What the call did until then is not known. */
  static final class OverrunException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Runs the body to its end or to the deadline. The body always runs and must release in a {@code
   * finally} what it holds: after an overrun it may still be ending when this has returned.
   *
   * @throws OverrunException at the deadline
   * @throws InterruptedException if the caller was interrupted; the body has been too
   */
  static <T> T call(String name, Deadline deadline, Callable<T> body)
      throws SQLException, OverrunException, InterruptedException {
    // Never cancelled, which could keep the body from running at all.
    FutureTask<T> task = new FutureTask<>(body);
    Thread thread = Thread.ofVirtual().name(name).start(task);
    try {
      return task.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new OverrunException();
    } catch (InterruptedException e) {
      thread.interrupt();
      throw e;
    } catch (ExecutionException e) {
      throw unwrapped(e);
    }
  }

  /** Like {@link #call} without a deadline: only an interrupt ends it early. */
  static <T> T callWithoutDeadline(String name, Callable<T> body)
      throws SQLException, InterruptedException {
    FutureTask<T> task = new FutureTask<>(body);
    Thread thread = Thread.ofVirtual().name(name).start(task);
    try {
      return task.get();
    } catch (InterruptedException e) {
      thread.interrupt();
      throw e;
    } catch (ExecutionException e) {
      throw unwrapped(e);
    }
  }

  private static SQLException unwrapped(ExecutionException failed) {
    return switch (failed.getCause()) {
      case SQLException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> new SQLException(failed);
    };
  }
}
