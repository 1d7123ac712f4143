package org.mysqlmanager.reconcile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one server or proxy again and again, one look at a time, and remembers what was seen
 * last. A look that nobody waits for any more goes on, and is not lost: if it finds the other side
 * back, it asks for a round, which takes what it has found.
 *
 * <p>Used by one thread, the cluster's own; the looks run on threads of their own.
 *
 * @param <T> what a look finds
 */
final class Lookout<T> {
  /** What was found longer ago than this is looked for again. */
  static final Duration LONGEST_AGE = Duration.ofSeconds(2);

  private record Found<T>(T what, Instant at) {}

  private final class Look {
    private final Call<Found<T>> call;

    /** Whether its end asks for a round. */
    private volatile boolean abandoned;

    Look() {
      call =
          Call.start(
              threads,
              "look-" + name,
              () -> {
                T what = port.get();
                return new Found<>(what, clock.instant());
              },
              this::wakeIfAbandoned);
    }

    boolean isDone() {
      try {
        return call.await(0).isPresent();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Nullable Found<T> within(long untilNanos) {
      try {
        return switch (call.await(untilNanos - threads.nanoTime()).orElse(null)) {
          case Call.End.Returned<Found<T>>(Found<T> found) -> found;
          case Call.End.Broke<Found<T>>(Throwable cause) -> {
            current = null;
            throw BrokenAdapter.failure("look at " + name, cause);
          }
          case null -> null;
        };
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }

    /** If it ends at this very moment, it may ask twice, but it does ask. */
    void abandon() {
      if (!abandoned) {
        abandoned = true;
        wakeIfAbandoned();
      }
    }

    private void wakeIfAbandoned() {
      if (!abandoned) {
        return;
      }
      try {
        if (call.await(0).orElse(null) instanceof Call.End.Returned<Found<T>>(Found<T> found)
            && isReachable.test(found.what)) {
          wake.run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final String name;
  private final Supplier<T> port;
  private final Predicate<T> isReachable;
  private final T late;
  private final Clock clock;
  private final Threads threads;
  private final Runnable wake;

  /** The look that is under way, or has ended without anybody waiting. */
  private @Nullable Look current;

  private @Nullable T last;

  /**
   * Nothing is looked at yet.
   *
   * @param port takes a look; ends by itself in any case
   * @param late what a look counts as that does not end in time
   * @param wake asks for a round; called on any thread
   */
  Lookout(
      String name,
      Supplier<T> port,
      Predicate<T> isReachable,
      T late,
      Clock clock,
      Threads threads,
      Runnable wake) {
    this.name = name;
    this.port = port;
    this.isReachable = isReachable;
    this.late = late;
    this.clock = clock;
    this.threads = threads;
    this.wake = wake;
  }

  /** Whether it was looked at, and not reached. */
  boolean wasAway() {
    return last != null && !isReachable.test(last);
  }

  /** Starts a look that will be waited for, or joins the one under way. */
  void look() {
    lookUnless(_ -> false);
  }

  /**
   * Like {@link #look}, for one who will not wait: what a look has found that nobody waited for is
   * good enough, if that is the other side's return, and not long ago.
   */
  void lookUnlessFound() {
    lookUnless(found -> isReachable.test(found.what) && isRecent(found));
  }

  private void lookUnless(Predicate<Found<T>> isEnough) {
    Look look = current;
    if (look != null && !look.isDone()) {
      return;
    }
    if (look != null) {
      Found<T> found = look.within(threads.nanoTime());
      if (found != null && isEnough.test(found)) {
        return;
      }
      current = null;
      if (found != null && !isReachable.test(found.what)) {
        // Nobody waited for it, but the newer reason is the better one.
        last = found.what;
      }
    }
    current = new Look();
  }

  /** Waits for the look until then; after that the other side counts as away. */
  void await(long deadlineNanos) {
    last = take(deadlineNanos).orElse(late);
  }

  /** Waits for the look until then; after that what was seen before still counts. */
  void glance(long untilNanos) {
    take(untilNanos).ifPresent(found -> last = found);
  }

  /** What was seen last. */
  T seen() {
    return last != null ? last : late;
  }

  /** What has been learnt since the look. */
  void correct(T seen) {
    last = seen;
  }

  private boolean isRecent(Found<T> found) {
    Duration age = Duration.between(found.at, clock.instant());
    return !age.isNegative() && age.compareTo(LONGEST_AGE) <= 0;
  }

  /** What the look finds until then; one that goes on is not lost. */
  private Optional<T> take(long untilNanos) {
    Look look = current;
    if (look == null) {
      throw new IllegalStateException("nobody looks at " + name);
    }
    Found<T> found = look.within(untilNanos);
    if (found == null) {
      look.abandon();
      return Optional.empty();
    }
    current = null;
    return Optional.of(found.what);
  }
}
