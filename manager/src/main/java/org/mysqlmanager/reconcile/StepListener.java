package org.mysqlmanager.reconcile;

import java.time.Duration;
import org.mysqlmanager.model.ClusterName;

/** Is told of each look and of each step that was carried out. Thread-safe; must not block. */
@FunctionalInterface
public interface StepListener {
  /**
   * A step has ended.
   *
   * @param step the step's name
   * @param result one of {@code done}, {@code failed}, {@code unknown}, {@code refused}
   * @param took from its start to its end
   */
  void finished(ClusterName cluster, String step, String result, Duration took);

  /**
   * A look at all servers and proxies of a cluster has ended; every round begins with one.
   *
   * @param took from its start to its end
   */
  default void looked(ClusterName cluster, Duration took) {}
}
