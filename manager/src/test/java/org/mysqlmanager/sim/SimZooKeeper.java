package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.reconcile.StateStore.LoadResult;
import org.mysqlmanager.reconcile.StateStore.StoreResult;
import org.mysqlmanager.sim.Failure.Kind;

/**
 * The ensemble as one process: sessions that end when nothing is heard of them, the queue of the
 * election, the epoch, and one cluster's znodes. Each method is one request, carried out at one
 * instant.
 */
final class SimZooKeeper extends SimProcess {
  /** A manager's session. */
  static final class Session {
    final long id;
    final String manager;
    long lastHeard;
    boolean expired;

    Session(long id, String manager, long now) {
      this.id = id;
      this.manager = manager;
      this.lastHeard = now;
    }
  }

  private final World world;
  private final Map<Long, Session> sessions = new TreeMap<>();
  private final List<Session> queue = new ArrayList<>();
  private final Map<Session, Map<ServerId, String>> views = new java.util.LinkedHashMap<>();
  private final List<Runnable> watches = new ArrayList<>();
  private final List<HistoryRecord> history = new ArrayList<>();
  private long lastSession;
  private long epoch;
  private @Nullable ClusterSpec spec;
  private @Nullable ClusterState state;
  private int version;

  SimZooKeeper(World world, int place) {
    super("zk", place);
    this.world = world;
    world.scheduler().after(Times.SESSION.toNanos() / 4, this::expireSessions);
  }

  // What the invariants look at.

  Optional<ClusterState> state() {
    return Optional.ofNullable(state);
  }

  long epoch() {
    return epoch;
  }

  List<HistoryRecord> history() {
    return history;
  }

  /** As it is when a scenario begins that has been running for a while. */
  void begin(ClusterSpec running, ClusterState begun) {
    spec = running;
    state = begun;
  }

  // Sessions.

  /** A heartbeat; a session that is unknown or has expired is replaced by a new one. */
  Session heartbeat(SimManager manager, @Nullable Session session) {
    if (session != null && !session.expired) {
      session.lastHeard = world.scheduler().now();
      return session;
    }
    Session made = new Session(++lastSession, manager.id(), world.scheduler().now());
    sessions.put(made.id, made);
    return made;
  }

  private void expireSessions() {
    world.scheduler().after(Times.SESSION.toNanos() / 4, this::expireSessions);
    if (!isRunning()) {
      return;
    }
    long now = world.scheduler().now();
    for (Session session : List.copyOf(sessions.values())) {
      if (now - session.lastHeard > Times.SESSION.toNanos()) {
        session.expired = true;
        sessions.remove(session.id);
        queue.remove(session);
        views.remove(session);
        world.trace(name(), () -> "the session of " + session.manager + " expires");
        notifyAllManagers();
      }
    }
  }

  /** Sessions do not end while nobody counts. */
  void onStart() {
    comeBack();
    sessions.values().forEach(session -> session.lastHeard = world.scheduler().now());
  }

  private static void require(Session session) throws Failure {
    if (session.expired) {
      throw new Failure(Kind.LINK_LOST, "session expired");
    }
  }

  // Election.

  /**
   * Takes its place in the queue; whoever is first and does not lead yet raises the epoch.
   *
   * @param held the epoch in which it leads; 0 if it does not
   * @return the epoch in which it leads now; 0 if it does not
   */
  long elect(Session session, long held) throws Failure {
    require(session);
    if (!queue.contains(session)) {
      queue.add(session);
    }
    if (queue.getFirst() != session) {
      return 0;
    }
    if (held != 0 && held == epoch) {
      return held;
    }
    epoch++;
    world.trace(name(), () -> session.manager + " leads in epoch " + epoch);
    notifyAllManagers();
    return epoch;
  }

  void leaveQueue(Session session) {
    queue.remove(session);
    notifyAllManagers();
  }

  Optional<String> leader() {
    return queue.isEmpty() ? Optional.empty() : Optional.of(queue.getFirst().manager);
  }

  // The cluster.

  void watch(Runnable changed) {
    watches.add(changed);
  }

  private void notifyAllManagers() {
    List.copyOf(watches).forEach(Runnable::run);
  }

  boolean createIfAbsent(ClusterSpec configured) {
    if (state == null) {
      spec = configured;
      state = ClusterState.INITIAL;
      notifyAllManagers();
    }
    return true;
  }

  LoadResult load() {
    ClusterSpec storedSpec = spec;
    ClusterState storedState = state;
    return storedSpec == null || storedState == null
        ? new LoadResult.Absent()
        : new LoadResult.Loaded(storedSpec, storedState, version);
  }

  StoreResult store(
      Session session,
      ClusterState next,
      int expectedVersion,
      Epoch writer,
      List<HistoryRecord> finished)
      throws Failure {
    require(session);
    if (writer.value() != epoch && !world.has(Bug.STORE_WITHOUT_EPOCH_CHECK)) {
      return new StoreResult.Deposed();
    }
    if (expectedVersion != version && !world.has(Bug.STORE_WITHOUT_VERSION_CHECK)) {
      return new StoreResult.Conflict();
    }
    world.invariants().onStore(state, next, expectedVersion == version);
    state = next;
    version++;
    history.addAll(finished);
    world.trace(name(), () -> "state " + version + ": " + world.brief(next));
    world.changed();
    notifyAllManagers();
    return new StoreResult.Stored(version);
  }

  void publish(Session session, Map<ServerId, String> view) throws Failure {
    require(session);
    views.put(session, view);
    notifyAllManagers();
  }

  /** What the other live managers publish, by their ids. */
  Map<String, Map<ServerId, String>> views() {
    Map<String, Map<ServerId, String>> byManager = new TreeMap<>();
    views.forEach((session, view) -> byManager.put(session.manager, view));
    return byManager;
  }

  /** The managers that have a session. */
  List<String> liveManagers() {
    return sessions.values().stream().map(session -> session.manager).distinct().sorted().toList();
  }
}
