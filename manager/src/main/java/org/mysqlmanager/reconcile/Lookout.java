package org.mysqlmanager.reconcile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  private static final class Look<T> {
    final CompletableFuture<Found<T>> found = new CompletableFuture<>();

    /** Whether its end already asks for a round. */
    boolean abandoned;
  }

  private final String name;
  private final Supplier<T> port;
  private final Predicate<T> isReachable;
  private final T late;
  private final Clock clock;
  private final Runnable wake;

  /** The look that is under way, or has ended without anybody waiting. */
  private @Nullable Look<T> current;

  private @Nullable T last;

  /**
   * Nothing is looked at yet.
   *
   * @param port takes a look; ends by itself in any case
   * @param late what a look counts as that does not end in time
   * @param wake asks for a round; called on any thread
   */
  Lookout(
      String name, Supplier<T> port, Predicate<T> isReachable, T late, Clock clock, Runnable wake) {
    this.name = name;
    this.port = port;
    this.isReachable = isReachable;
    this.late = late;
    this.clock = clock;
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
    Look<T> look = current;
    if (look != null && !look.found.isDone()) {
      return;
    }
    if (look != null) {
      Found<T> found = within(look, System.nanoTime());
      if (found != null && isEnough.test(found)) {
        return;
      }
      current = null;
      if (found != null && !isReachable.test(found.what)) {
        // Nobody waited for it, but the newer reason is the better one.
        last = found.what;
      }
    }
    current = start();
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

  private Look<T> start() {
    Look<T> look = new Look<>();
    Thread.ofVirtual()
        .name("look-" + name)
        .start(() -> {
          try {
            T what = port.get();
            look.found.complete(new Found<>(what, clock.instant()));
          } catch (Throwable e) {
            look.found.completeExceptionally(e);
          }
        });
    return look;
  }

  /** What the look finds until then; one that goes on is not lost. */
  private Optional<T> take(long untilNanos) {
    Look<T> look = current;
    if (look == null) {
      throw new IllegalStateException("nobody looks at " + name);
    }
    Found<T> found = within(look, untilNanos);
    if (found == null) {
      abandon(look);
      return Optional.empty();
    }
    current = null;
    return Optional.of(found.what);
  }

  private @Nullable Found<T> within(Look<T> look, long untilNanos) {
    try {
      return look.found.get(Math.max(0, untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ExecutionException e) {
      current = null;
      throw BrokenAdapter.failure("look at " + name, e);
    }
  }

  private void abandon(Look<T> look) {
    if (look.abandoned) {
      return;
    }
    look.abandoned = true;
    var _ =
        look.found.thenAccept(found -> {
          if (isReachable.test(found.what)) {
            wake.run();
          }
        });
  }
}
