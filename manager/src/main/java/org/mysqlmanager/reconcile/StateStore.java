package org.mysqlmanager.reconcile;

import java.util.List;
import java.util.Map;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Sight;

/**
 * Where specs, states and history are kept. Thread-safe. No method throws for what the store does,
 * and each ends within a few seconds.
 */
public interface StateStore {
  /**
   * Makes sure that the cluster is there: a cluster that is not yet known is created from the
   * configured spec; one that is known stays as it is.
   *
   * @return whether it is there now
   */
  boolean createIfAbsent(ClusterSpec configured);

  /** Reads a cluster. */
  LoadResult load(ClusterName cluster);

  /**
   * Replaces the state and appends the records, all or nothing, if the epoch is still the newest
   * and the state still has that version.
   */
  StoreResult store(
      ClusterName cluster,
      ClusterState next,
      int expectedVersion,
      Epoch epoch,
      List<HistoryRecord> finished);

  /**
   * The newest records of finished operations, newest first; empty if there are none or no answer.
   */
  List<HistoryRecord> history(ClusterName cluster, int most);

  /**
   * Publishes, for as long as this manager lives, how it sees each server: {@code up} or {@code
   * down}, and a cause after a colon. Best effort.
   */
  void publishView(ClusterName cluster, Map<ServerId, String> view);

  /**
   * How each other manager that lives and looks at this cluster sees its servers, by the manager's
   * id. There are none, too, if there is no answer: then nothing can be stored either.
   */
  Map<String, Map<ServerId, Sight>> witnesses(ClusterName cluster);

  /** Calls back, on a thread of its own, when the spec, the state or a request has changed. */
  void onChange(ClusterName cluster, Runnable listener);

  /** What {@link #load} found. */
  sealed interface LoadResult {
    /** The cluster as it is kept; the version is that of the state. */
    record Loaded(ClusterSpec spec, ClusterState state, int version) implements LoadResult {}

    /** It is not there. */
    record Absent() implements LoadResult {}

    /** No answer. */
    record Unavailable(String reason) implements LoadResult {}

    /** There is something, but it cannot be understood; it is left as it is. */
    record Unreadable(String reason) implements LoadResult {}
  }

  /** What {@link #store} did. */
  sealed interface StoreResult {
    /** It is stored, under that version. */
    record Stored(int version) implements StoreResult {}

    /** Somebody else has changed it: load and decide again. */
    record Conflict() implements StoreResult {}

    /** Another manager leads. */
    record Deposed() implements StoreResult {}

    /** It may or may not be stored: load again. */
    record Unknown(String reason) implements StoreResult {}
  }
}
