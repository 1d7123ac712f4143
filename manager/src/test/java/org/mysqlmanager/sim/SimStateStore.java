package org.mysqlmanager.sim;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Sight;
import org.mysqlmanager.reconcile.StateStore;
import org.mysqlmanager.sim.Failure.Kind;
import org.mysqlmanager.sim.Remote.Caller;
import org.mysqlmanager.sim.Remote.Effect;

/** A manager's way to the znodes of the cluster. */
final class SimStateStore implements StateStore {
  private static final long CALL_LIMIT = Times.SESSION.toNanos();

  /** Who has been away for longer is not waited for by every call. */
  private static final long CONNECT_TIMEOUT = Times.seconds(1);

  private final World world;
  private final SimManager manager;

  SimStateStore(World world, SimManager manager) {
    this.world = world;
    this.manager = manager;
  }

  private <T> T call(String label, Effect<T> effect) throws Failure {
    if (manager.leadership().silence() > CONNECT_TIMEOUT + Times.SESSION.toNanos() / 3) {
      world.scheduler().sleep(Times.millis(1));
      throw new Failure(Kind.REFUSED, "not connected to ZooKeeper");
    }
    return world
        .remote()
        .call(
            new Caller(manager, label.isEmpty() ? null : label),
            world.zk(),
            world.scheduler().now() + CALL_LIMIT,
            effect);
  }

  @Override
  public boolean createIfAbsent(ClusterSpec configured) {
    try {
      return call("", () -> world.zk().createIfAbsent(configured));
    } catch (Failure _) {
      return false;
    }
  }

  @Override
  public LoadResult load(ClusterName cluster) {
    try {
      return call("", world.zk()::load);
    } catch (Failure e) {
      return new LoadResult.Unavailable(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public StoreResult store(
      ClusterName cluster,
      ClusterState next,
      int expectedVersion,
      Epoch epoch,
      List<HistoryRecord> finished) {
    SimZooKeeper.Session session = manager.leadership().session();
    if (session == null || manager.leadership().epoch() != epoch.value()) {
      return new StoreResult.Deposed();
    }
    try {
      return call(
          manager.writeLabel(),
          () -> {
            // The session that the client has when it sends, which may be a newer one.
            SimZooKeeper.Session now = manager.leadership().session();
            return world
                .zk()
                .store(now == null ? session : now, next, expectedVersion, epoch, finished);
          });
    } catch (Failure e) {
      return new StoreResult.Unknown(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public List<HistoryRecord> history(ClusterName cluster, int most) {
    return List.of();
  }

  @Override
  public void publishView(ClusterName cluster, Map<ServerId, String> view) {
    manager.publish(view);
  }

  @Override
  public Map<String, Map<ServerId, Sight>> witnesses(ClusterName cluster) {
    try {
      Map<String, Map<ServerId, String>> views = call("", world.zk()::views);
      Map<String, Map<ServerId, Sight>> others = new TreeMap<>();
      views.forEach((id, view) -> {
        if (!id.equals(manager.id())) {
          Map<ServerId, Sight> sights = new TreeMap<>();
          view.forEach((server, sight) ->
              sights.put(server, sight.startsWith("up") ? Sight.UP : Sight.DOWN));
          others.put(id, sights);
        }
      });
      return others;
    } catch (Failure _) {
      return Map.of();
    }
  }

  @Override
  public void onChange(ClusterName cluster, Runnable listener) {
    world.zk().watch(() -> world.remote().tell(world.zk(), manager.process(), listener));
  }
}
