package org.mysqlmanager.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Sight;
import org.mysqlmanager.reconcile.StateStore;
import org.mysqlmanager.zk.ChildrenResult;
import org.mysqlmanager.zk.CreateResult;
import org.mysqlmanager.zk.EphemeralRegistry;
import org.mysqlmanager.zk.FencedStore;
import org.mysqlmanager.zk.LeaderElection;
import org.mysqlmanager.zk.LeaderTerm;
import org.mysqlmanager.zk.ReadResult;
import org.mysqlmanager.zk.Write;
import org.mysqlmanager.zk.WriteResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clusters under {@code clusters/<name>} in ZooKeeper. Thread-safe. */
public final class ZooKeeperStateStore implements StateStore {
  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperStateStore.class);

  /** Who is there, below the root. */
  public static final String MANAGERS = "managers";

  private static final String CLUSTERS = "clusters";

  /** What is kept directly below the root, besides what the election needs. */
  public static final Set<String> ROOT_NODES = Set.of(MANAGERS, CLUSTERS);

  /** Finished operations that are kept; older ones are removed as new ones come. */
  private static final int HISTORY_KEPT = 500;

  private static final int SEQUENCE_DIGITS = 10;

  private final FencedStore store;
  private final LeaderElection election;
  private final EphemeralRegistry ephemerals;
  private final String managerId;

  public ZooKeeperStateStore(
      FencedStore store, LeaderElection election, EphemeralRegistry ephemerals, String managerId) {
    this.store = store;
    this.election = election;
    this.ephemerals = ephemerals;
    this.managerId = managerId;
  }

  @Override
  public boolean createIfAbsent(ClusterSpec configured) {
    String base = path(configured.name());
    return isThere(store.createIfAbsent(base + "/spec", StateJson.write(configured)))
        && isThere(store.createIfAbsent(base + "/requests", ""))
        && isThere(store.createIfAbsent(base + "/state", StateJson.write(ClusterState.INITIAL)));
  }

  private static boolean isThere(CreateResult result) {
    return switch (result) {
      case CreateResult.Created _, CreateResult.Existed _ -> true;
      case CreateResult.Refused(String reason) -> {
        LOG.error("ZooKeeper refuses: {}", reason);
        yield false;
      }
      case CreateResult.Unavailable _ -> false;
    };
  }

  @Override
  public LoadResult load(ClusterName cluster) {
    String base = path(cluster);
    return switch (store.read(base + "/spec")) {
      case ReadResult.Absent _ -> new LoadResult.Absent();
      case ReadResult.Unavailable(String cause) -> new LoadResult.Unavailable(cause);
      case ReadResult.Found(String spec, int _) ->
          switch (store.read(base + "/state")) {
            case ReadResult.Absent _ -> new LoadResult.Absent();
            case ReadResult.Unavailable(String cause) -> new LoadResult.Unavailable(cause);
            case ReadResult.Found(String state, int version) ->
                parse(cluster, spec, state, version);
          };
    };
  }

  private static LoadResult parse(ClusterName cluster, String spec, String state, int version) {
    ClusterSpec parsedSpec;
    try {
      parsedSpec = StateJson.readSpec(spec);
    } catch (StateJson.Unreadable e) {
      return unreadable(cluster, "spec", e);
    }
    if (!parsedSpec.name().equals(cluster)) {
      return new LoadResult.Unreadable(
          "znode %s/spec is the spec of cluster %s: correct its name"
              .formatted(path(cluster), parsedSpec.name()));
    }
    try {
      return new LoadResult.Loaded(parsedSpec, StateJson.readState(state), version);
    } catch (StateJson.Unreadable e) {
      return unreadable(cluster, "state", e);
    }
  }

  private static LoadResult unreadable(
      ClusterName cluster, String znode, StateJson.Unreadable cause) {
    return new LoadResult.Unreadable(
        "znode %s/%s cannot be understood and is left as it is: %s"
            .formatted(path(cluster), znode, cause.getMessage()));
  }

  @Override
  public StoreResult store(
      ClusterName cluster,
      ClusterState next,
      int expectedVersion,
      Epoch epoch,
      List<HistoryRecord> finished) {
    LeaderTerm term = election.currentTerm().orElse(null);
    if (term == null || term.epoch() != epoch.value()) {
      return new StoreResult.Deposed();
    }
    String base = path(cluster);
    List<Write> writes = new ArrayList<>();
    writes.add(new Write.Set(base + "/state", StateJson.write(next), expectedVersion));
    for (HistoryRecord record : finished) {
      writes.add(new Write.Append(base + "/history", "", StateJson.write(record)));
    }
    return switch (store.write(term, writes)) {
      case WriteResult.Written(List<WriteResult.Entry> entries) -> {
        trimHistory(term, entries);
        yield new StoreResult.Stored(entries.getFirst().version());
      }
      case WriteResult.Conflict _ -> new StoreResult.Conflict();
      case WriteResult.Deposed _ -> new StoreResult.Deposed();
      case WriteResult.Refused(String reason) -> new StoreResult.Unknown(reason);
      case WriteResult.Unknown(String cause) -> new StoreResult.Unknown(cause);
    };
  }

  /**
   * For each record that came, the one that is now too old goes; that it is gone already is fine.
   */
  private void trimHistory(LeaderTerm term, List<WriteResult.Entry> entries) {
    for (WriteResult.Entry entry : entries.subList(1, entries.size())) {
      String path = entry.path();
      int digits = path.length() - SEQUENCE_DIGITS;
      long number = Long.parseLong(path.substring(digits));
      if (number >= HISTORY_KEPT) {
        String old = path.substring(0, digits) + "%010d".formatted(number - HISTORY_KEPT);
        store.write(term, List.of(new Write.Delete(old, 0)));
      }
    }
  }

  @Override
  public List<HistoryRecord> history(ClusterName cluster, int most) {
    String base = path(cluster) + "/history";
    if (!(store.children(base) instanceof ChildrenResult.Listed(List<String> names))) {
      return List.of();
    }
    List<HistoryRecord> records = new ArrayList<>();
    for (String name : names.reversed().stream().limit(most).toList()) {
      if (store.read(base + "/" + name) instanceof ReadResult.Found(String json, int _)) {
        try {
          records.add(StateJson.readRecord(json));
        } catch (StateJson.Unreadable e) {
          LOG.warn("znode {}/{} cannot be understood: {}", base, name, e.getMessage());
        }
      }
    }
    return records;
  }

  @Override
  public void publishView(ClusterName cluster, Map<ServerId, String> view) {
    ephemerals.put(path(cluster) + "/observations/" + managerId, StateJson.write(view));
  }

  @Override
  public Map<String, Map<ServerId, Sight>> witnesses(ClusterName cluster) {
    String base = path(cluster) + "/observations";
    if (!(store.children(base) instanceof ChildrenResult.Listed(List<String> managers))) {
      return Map.of();
    }
    Map<String, Map<ServerId, Sight>> witnesses = new TreeMap<>();
    for (String manager : managers) {
      if (!manager.equals(managerId)
          && store.read(base + "/" + manager) instanceof ReadResult.Found(String json, int _)) {
        try {
          witnesses.put(manager, StateJson.readView(json));
        } catch (StateJson.Unreadable e) {
          // A manager of another version, say: it lives, but does not count.
          LOG.warn("znode {}/{} cannot be understood: {}", base, manager, e.getMessage());
        }
      }
    }
    return witnesses;
  }

  @Override
  public void onChange(ClusterName cluster, Runnable listener) {
    // Watches live as long as the connection, and so do the clusters' loops.
    store.watch(path(cluster), listener);
  }

  private static String path(ClusterName cluster) {
    return CLUSTERS + "/" + cluster;
  }
}
