package org.mysqlmanager.zk;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Values that are in ZooKeeper for as long as this process is connected: who is there, and what
 * each one sees. They are written in the background, again after a lost session, and looked after
 * once per session timeout.
 *
 * <p><b>One path, two processes.</b> A znode that is there already is replaced: mostly it was left
 * by an earlier process of the same id, whose session has not ended yet. But a znode that took the
 * place of ours can only come from another living process with the same id, as nobody who was there
 * before can come later. So the later one keeps the path; the earlier one says so in the log and in
 * {@link #displaced}, and does not fight. It writes again when the path is free.
 *
 * <p>Thread-safe. No method waits for ZooKeeper, except {@link #close} for a moment.
 */
public final class EphemeralRegistry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EphemeralRegistry.class);
  private static final int STEPS_AT_ONCE = 4;
  private static final int SESSIONS_REMEMBERED = 16;

  private final ZkClient client;
  private final RepeatingTask keeping;
  private final Runnable keepSoon;

  /** By absolute path. */
  private final Map<String, String> desired = new ConcurrentHashMap<>();

  private final Set<String> displaced = ConcurrentHashMap.newKeySet();

  // Used by the keeping thread only, and by close() after its end.

  /** The transaction that made the znode that was last seen to be ours, by absolute path. */
  private final Map<String, Long> ownTransactions = new HashMap<>();

  /** Where something of ours may be, by absolute path. */
  private final Set<String> written = new HashSet<>();

  private final Deque<Long> ownSessions = new ArrayDeque<>();

  private EphemeralRegistry(ZkClient client) {
    this.client = client;
    this.keeping =
        new RepeatingTask("zk-ephemerals", () -> client.settings().sessionTimeout(), this::keep);
    this.keepSoon = keeping::runSoon;
  }

  /**
   * An empty registry.
   *
   * @param client the connection, which stays the caller's to close
   * @return the registry, to be closed before it
   */
  public static EphemeralRegistry start(ZkClient client) {
    EphemeralRegistry registry = new EphemeralRegistry(client);
    client.onChangeAtOnce(registry.keepSoon);
    registry.keeping.start();
    return registry;
  }

  /**
   * Keeps {@code data} at {@code path} from now on, instead of what was put there before.
   *
   * @param path relative to the root; what is missing above it is created as ordinary znodes
   * @param data the value, at most {@link FencedStore#MAX_BYTES} as UTF-8
   * @throws IllegalArgumentException when the path is not allowed or the value too large
   */
  public void put(String path, String data) {
    String absolute = client.resolve(path);
    int bytes = Session.bytes(data).length;
    if (bytes > FencedStore.MAX_BYTES) {
      throw new IllegalArgumentException(
          "%s: %d bytes are too many for one value; at most %d fit"
              .formatted(path, bytes, FencedStore.MAX_BYTES));
    }
    if (!data.equals(desired.put(absolute, data))) {
      keeping.runSoon();
    }
  }

  /**
   * Takes a value away; nothing happens when there is none of ours.
   *
   * @param path relative to the root
   */
  public void remove(String path) {
    if (desired.remove(client.resolve(path)) != null) {
      keeping.runSoon();
    }
  }

  /**
   * The paths that another living process has taken from this one, which means that two have been
   * given the same id.
   *
   * @return paths relative to the root; empty when all is well
   */
  public Set<String> displaced() {
    Set<String> paths = new HashSet<>();
    for (String path : displaced) {
      paths.add(NodePath.relativise(client.settings().rootPath(), path));
    }
    return Set.copyOf(paths);
  }

  /** Takes all values away. May be called more than once. */
  @Override
  public void close() {
    client.removeOnChangeAtOnce(keepSoon);
    keeping.close();
    desired.clear();
    Session session = client.sessionNow();
    if (session != null) {
      removeUnwanted(session);
    }
  }

  private void keep() {
    Session session = client.sessionNow();
    if (session == null) {
      // A change of the connection starts this again.
      return;
    }
    rememberSession(session.id());
    for (Map.Entry<String, String> entry : desired.entrySet()) {
      if (!keep(session, entry.getKey(), entry.getValue())) {
        keeping.runWithin(client.settings().sessionTimeout().dividedBy(4));
        return;
      }
    }
    removeUnwanted(session);
  }

  /**
   * Looks and acts until the znode is as it should be; false when ZooKeeper did not let it be so.
   */
  private boolean keep(Session session, String path, String data) {
    for (int step = 0; step < STEPS_AT_ONCE; step++) {
      Reply<Session.Content> reply = session.read(path);
      Session.Content content = reply.valueIfOk();
      if (reply.isAnswered(Code.NONODE)) {
        written.add(path);
        create(session, path, data);
      } else if (content == null) {
        LOG.debug("{} was not read: {}", path, reply.words());
        return false;
      } else if (content.stat().getEphemeralOwner() == session.id()) {
        ownTransactions.put(path, content.stat().getCzxid());
        settled(path);
        if (content.text().equals(data)) {
          return true;
        }
        var _ = session.set(path, data, content.stat().getVersion());
      } else if (isDisplacedBy(path, content.stat())) {
        displacedBy(path, content.stat());
        return true;
      } else {
        written.add(path);
        replace(session, path, data, content.stat());
      }
    }
    LOG.warn("{} is not what it should be yet; it will be tried again", path);
    return false;
  }

  private boolean isDisplacedBy(String path, Stat stat) {
    Long own = ownTransactions.get(path);
    return own != null && stat.getCzxid() > own && !ownSessions.contains(stat.getEphemeralOwner());
  }

  private void displacedBy(String path, Stat stat) {
    if (displaced.add(path)) {
      LOG.error(
          "{} was taken over by another living process (session 0x{}): two processes have the same id."
              + " Give each its own",
          path,
          Long.toHexString(stat.getEphemeralOwner()));
    }
  }

  private void settled(String path) {
    if (displaced.remove(path)) {
      LOG.info("{} is free again and was written", path);
    }
  }

  private static void create(Session session, String path, String data) {
    Reply<String> created = session.create(path, data, CreateMode.EPHEMERAL);
    if (created.isAnswered(Code.NONODE)) {
      created = session.createParents(path);
    }
    LOG.debug("{}: {}", path, created.words());
  }

  /** In one transaction, so that nobody sees it missing. */
  private static void replace(Session session, String path, String data, Stat stat) {
    Reply<List<OpResult>> replaced =
        session.transaction(
            List.of(
                Op.delete(path, stat.getVersion()),
                session.creation(path, data, CreateMode.EPHEMERAL)));
    LOG.info(
        "{} was left by an earlier session (0x{}) and is replaced: {}",
        path,
        Long.toHexString(stat.getEphemeralOwner()),
        replaced.words());
  }

  private void removeUnwanted(Session session) {
    for (String path : Set.copyOf(written)) {
      if (!desired.containsKey(path) && remove(session, path)) {
        written.remove(path);
        ownTransactions.remove(path);
        displaced.remove(path);
      }
    }
  }

  /** True when there is nothing of ours any more. */
  private boolean remove(Session session, String path) {
    Reply<Stat> reply = session.stat(path);
    Stat stat = reply.valueIfOk();
    if (stat == null) {
      return reply.isAnswered(Code.NONODE);
    }
    if (!ownSessions.contains(stat.getEphemeralOwner())) {
      return true;
    }
    Reply<String> deleted = session.delete(path, stat.getVersion());
    return deleted.isAnswered(Code.OK) || deleted.isAnswered(Code.NONODE);
  }

  private void rememberSession(long sessionId) {
    if (!ownSessions.contains(sessionId)) {
      ownSessions.addLast(sessionId);
      if (ownSessions.size() > SESSIONS_REMEMBERED) {
        ownSessions.removeFirst();
      }
    }
  }
}
