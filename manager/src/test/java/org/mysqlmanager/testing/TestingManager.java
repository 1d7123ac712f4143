package org.mysqlmanager.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.reconcile.ClusterStatus;
import org.mysqlmanager.reconcile.ManagerStatus;

/** Says what it was told to say. */
public final class TestingManager implements ManagerStatus {
  public final AtomicInteger reconciled = new AtomicInteger();
  public final AtomicInteger resigned = new AtomicInteger();
  public volatile Optional<String> leader = Optional.of("manager-1");
  public volatile Optional<Epoch> leadingEpoch = Optional.of(new Epoch(3));
  public volatile boolean connected = true;
  public volatile List<ClusterStatus> clusters = new ArrayList<>();
  public volatile List<HistoryRecord> history = new ArrayList<>();
  public volatile boolean broken;

  @Override
  public String managerId() {
    return "manager-1";
  }

  @Override
  public Optional<String> leaderId() {
    return leader;
  }

  @Override
  public Optional<Epoch> leadingEpoch() {
    return leadingEpoch;
  }

  @Override
  public boolean isZooKeeperConnected() {
    return connected;
  }

  @Override
  public List<ClusterStatus> clusters() {
    if (broken) {
      throw new IllegalStateException("a secret of the inside");
    }
    return clusters;
  }

  @Override
  public Optional<ClusterStatus> cluster(String name) {
    return clusters.stream()
        .filter(cluster -> cluster.spec().name().value().equals(name))
        .findFirst();
  }

  @Override
  public List<HistoryRecord> history(ClusterName cluster, int most) {
    return history.stream().limit(most).toList();
  }

  @Override
  public void reconcileNow() {
    reconciled.incrementAndGet();
  }

  @Override
  public void resign() {
    resigned.incrementAndGet();
  }
}
