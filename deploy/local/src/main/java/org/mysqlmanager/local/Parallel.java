package org.mysqlmanager.local;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.mysqlmanager.local.process.LocalException;

/** The same for several components at once. */
final class Parallel {
  private Parallel() {}

  /**
   * Runs {@code task} for each item and returns when all are done.
   *
   * @throws RuntimeException the first failure, when all are done
   */
  static <T> void run(List<T> items, Consumer<T> task) {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> results = new ArrayList<>();
      for (T item : items) {
        results.add(executor.submit(() -> task.accept(item)));
      }
      RuntimeException failure = null;
      for (Future<?> result : results) {
        try {
          result.get();
        } catch (ExecutionException e) {
          RuntimeException cause =
              e.getCause() instanceof RuntimeException runtime
                  ? runtime
                  : new IllegalStateException(e.getCause());
          if (failure == null) {
            failure = cause;
          } else {
            failure.addSuppressed(cause);
          }
        }
      }
      if (failure != null) {
        throw failure;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalException("interrupted", e);
    }
  }
}
