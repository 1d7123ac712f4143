package org.mysqlmanager.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.HistoryRecord;

/** All clusters of a manager, each with its own loop. Thread-safe. */
public final class Reconciler implements ManagerStatus {
  private final String managerId;
  private final Parts parts;
  private final List<ClusterLoop> loops;
  private final Mailbox<ClusterName> ended;

  /** Makes the loops; nothing runs before {@link #start}. */
  public Reconciler(String managerId, List<ClusterSpec> clusters, Parts parts) {
    this.managerId = managerId;
    this.parts = parts;
    List<ClusterLoop> made = new ArrayList<>();
    clusters.forEach(spec -> made.add(new ClusterLoop(spec, parts)));
    this.loops = List.copyOf(made);
    this.ended = parts.threads().mailbox();
  }

  /** Starts the loops. */
  public void start() {
    parts.leadership().onChange(this::reconcileNow);
    for (ClusterLoop loop : loops) {
      parts
          .threads()
          .startLoop(
              "cluster-" + loop.name(),
              () -> {
                try {
                  loop.run();
                } finally {
                  ended.put(loop.name());
                }
              });
    }
  }

  /**
   * Ends the loops; each finishes the step it is in, which is bounded by the command deadline. To
   * be called once.
   *
   * @return whether all have ended within the time
   */
  public boolean stop(long timeout, TimeUnit unit) throws InterruptedException {
    loops.forEach(ClusterLoop::stop);
    long deadline = parts.threads().nanoTime() + unit.toNanos(timeout);
    for (int left = loops.size(); left > 0; left--) {
      if (ended.poll(deadline - parts.threads().nanoTime()).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String managerId() {
    return managerId;
  }

  @Override
  public Optional<String> leaderId() {
    return parts.leadership().leaderId();
  }

  @Override
  public Optional<Epoch> leadingEpoch() {
    return parts.leadership().permit().map(Permit::epoch);
  }

  @Override
  public boolean isZooKeeperConnected() {
    return parts.leadership().isConnected();
  }

  @Override
  public List<ClusterStatus> clusters() {
    return loops.stream().map(ClusterLoop::status).toList();
  }

  @Override
  public Optional<ClusterStatus> cluster(String name) {
    return loops.stream()
        .filter(loop -> loop.name().value().equals(name))
        .map(ClusterLoop::status)
        .findFirst();
  }

  @Override
  public List<HistoryRecord> history(ClusterName cluster, int most) {
    return parts.store().history(cluster, most);
  }

  @Override
  public void reconcileNow() {
    loops.forEach(ClusterLoop::wake);
  }

  @Override
  public void resign() {
    parts.leadership().resign();
  }
}
