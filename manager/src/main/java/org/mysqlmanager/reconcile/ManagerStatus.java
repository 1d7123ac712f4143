package org.mysqlmanager.reconcile;

import java.util.List;
import java.util.Optional;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.HistoryRecord;

/** What a manager can tell about itself and its clusters. Thread-safe; answers from memory. */
public interface ManagerStatus {
  /** This manager's id. */
  String managerId();

  /** The leading manager's id, if known. */
  Optional<String> leaderId();

  /** The epoch of this manager's leadership, while it leads. */
  Optional<Epoch> leadingEpoch();

  /** Whether ZooKeeper answers this manager. */
  boolean isZooKeeperConnected();

  /** All configured clusters, in the configuration's order. */
  List<ClusterStatus> clusters();

  /** One cluster, if there is one of that name. */
  Optional<ClusterStatus> cluster(String name);

  /** The newest finished operations of a cluster, newest first; asks the store. */
  List<HistoryRecord> history(ClusterName cluster, int most);

  /** Starts a round of each cluster at once. */
  void reconcileNow();

  /** Gives up leadership, if this manager leads. */
  void resign();
}
