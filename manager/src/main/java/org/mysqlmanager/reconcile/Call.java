package org.mysqlmanager.reconcile;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Something that runs on a thread of its own, and how it ended. Thread-safe.
 *
 * @param <T> what it results in
 */
final class Call<T> {
  /** How it ended. */
  sealed interface End<T> {
    /** With a result. */
    record Returned<T>(T result) implements End<T> {}

    /** With what no port throws. */
    record Broke<T>(Throwable cause) implements End<T> {}
  }

  private final Mailbox<End<T>> ends;

  private Call(Mailbox<End<T>> ends) {
    this.ends = ends;
  }

  /** Starts it. */
  static <T> Call<T> start(Threads threads, String name, Supplier<T> body) {
    return start(threads, name, body, () -> {});
  }

  /**
   * Starts it.
   *
   * @param afterwards runs on the same thread, once the end can be asked for
   */
  static <T> Call<T> start(Threads threads, String name, Supplier<T> body, Runnable afterwards) {
    Call<T> call = new Call<>(threads.mailbox());
    threads.start(
        name,
        () -> {
          call.ends.put(endOf(body));
          afterwards.run();
        });
    return call;
  }

  private static <T> End<T> endOf(Supplier<T> body) {
    try {
      return new End.Returned<>(body.get());
    } catch (Throwable e) {
      return new End.Broke<>(e);
    }
  }

  /** Waits for its end at most that long; not at all if that is 0 or less. */
  Optional<End<T>> await(long nanos) throws InterruptedException {
    Optional<End<T>> end = ends.poll(nanos);
    // It stays there for whoever asks next.
    end.ifPresent(ends::put);
    return end;
  }
}
