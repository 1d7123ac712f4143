package org.mysqlmanager.sim;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Sight;
import org.mysqlmanager.reconcile.StateStore;

/** A store that is not used as it must be. */
abstract class SpoiledStore implements StateStore {
  final StateStore real;

  private SpoiledStore(StateStore real) {
    this.real = real;
  }

  @Override
  public boolean createIfAbsent(ClusterSpec configured) {
    return real.createIfAbsent(configured);
  }

  @Override
  public LoadResult load(ClusterName cluster) {
    return real.load(cluster);
  }

  @Override
  public List<HistoryRecord> history(ClusterName cluster, int most) {
    return real.history(cluster, most);
  }

  @Override
  public void publishView(ClusterName cluster, Map<ServerId, String> view) {
    real.publishView(cluster, view);
  }

  @Override
  public Map<String, Map<ServerId, Sight>> witnesses(ClusterName cluster) {
    return real.witnesses(cluster);
  }

  @Override
  public void onChange(ClusterName cluster, Runnable listener) {
    real.onChange(cluster, listener);
  }

  /** Writes when the next round begins. */
  static final class Late extends SpoiledStore {
    private record Pending(
        ClusterState next, int version, Epoch epoch, List<HistoryRecord> finished) {}

    private @Nullable Pending pending;

    Late(StateStore real) {
      super(real);
    }

    @Override
    public LoadResult load(ClusterName cluster) {
      Pending late = pending;
      pending = null;
      if (late != null) {
        real.store(cluster, late.next, late.version, late.epoch, late.finished);
      }
      return real.load(cluster);
    }

    @Override
    public StoreResult store(
        ClusterName cluster,
        ClusterState next,
        int expectedVersion,
        Epoch epoch,
        List<HistoryRecord> finished) {
      pending = new Pending(next, expectedVersion, epoch, finished);
      return new StoreResult.Stored(expectedVersion + 1);
    }
  }

  /** Writes the source first, then who has which role. */
  static final class InTwoWrites extends SpoiledStore {
    private @Nullable ClusterState loaded;

    InTwoWrites(StateStore real) {
      super(real);
    }

    @Override
    public LoadResult load(ClusterName cluster) {
      LoadResult result = real.load(cluster);
      loaded = result instanceof LoadResult.Loaded found ? found.state() : null;
      return result;
    }

    @Override
    public StoreResult store(
        ClusterName cluster,
        ClusterState next,
        int expectedVersion,
        Epoch epoch,
        List<HistoryRecord> finished) {
      ClusterState before = loaded;
      if (before == null || before.source().equals(next.source())) {
        return real.store(cluster, next, expectedVersion, epoch, finished);
      }
      StoreResult first =
          real.store(
              cluster, next.withServers(before.servers()), expectedVersion, epoch, List.of());
      return first instanceof StoreResult.Stored(int version)
          ? real.store(cluster, next, version, epoch, finished)
          : first;
    }
  }
}
