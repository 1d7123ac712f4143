package org.mysqlmanager.sim;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.slf4j.LoggerFactory;

/** Runs many seeds, one on each processor at a time. */
final class Seeds {
  private static final Logger LOOP = (Logger) LoggerFactory.getLogger("org.mysqlmanager.reconcile");

  private final Planted planted;
  private final Coverage coverage = new Coverage();

  Seeds(Planted planted) {
    this.planted = planted;
  }

  /**
   * What came of them.
   *
   * @param seeds how many were run
   * @param violations those in which something was violated
   */
  record Result(long seeds, long events, Duration took, SortedMap<Long, Violation> violations) {
    String speed() {
      double seconds = Math.max(took.toMillis(), 1) / 1e3;
      return "%d schedules in %.1f s: %.0f a second, %d events each"
          .formatted(seeds, seconds, seeds / seconds, events / Math.max(seeds, 1));
    }
  }

  Coverage coverage() {
    return coverage;
  }

  /** Runs so many from the first on; stops early when so many violations were found. */
  Result run(long first, long count, int mostViolations) {
    return run(first, seed -> seed < first + count, mostViolations);
  }

  /** Runs seeds from the first on, for as long as the test says yes. */
  Result run(long first, LongPredicate goesOn, int mostViolations) {
    // The loops' log would tell of each of thousands of planned disasters.
    Level before = LOOP.getLevel();
    LOOP.setLevel(Level.OFF);
    long begun = System.nanoTime();
    AtomicLong next = new AtomicLong(first);
    AtomicLong events = new AtomicLong();
    AtomicLong done = new AtomicLong();
    SortedMap<Long, Violation> violations = new ConcurrentSkipListMap<>();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        ends.add(
            workers.submit(() -> {
              Simulation simulation = new Simulation(planted, coverage);
              long seed = next.getAndIncrement();
              while (goesOn.test(seed) && violations.size() < mostViolations) {
                Simulation.Outcome outcome = simulation.run(Scenario.of(seed), Timeline.none());
                events.addAndGet(outcome.events());
                done.incrementAndGet();
                if (outcome.violation().isPresent()) {
                  violations.put(seed, outcome.violation().get());
                }
                seed = next.getAndIncrement();
              }
            }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the simulation itself is broken", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      LOOP.setLevel(before);
    }
    return new Result(
        done.get(), events.get(), Duration.ofNanos(System.nanoTime() - begun), violations);
  }

  /** The first violation with all that a person needs to know, and the numbers of the others. */
  String report(Result result) {
    long seed = result.violations().firstKey();
    Violation violation = result.violations().get(seed);
    Level before = LOOP.getLevel();
    LOOP.setLevel(Level.OFF);
    try {
      return new Simulation(planted, new Coverage()).report(Scenario.of(seed), violation)
          + "violations in seeds "
          + result.violations().keySet();
    } finally {
      LOOP.setLevel(before);
    }
  }
}
