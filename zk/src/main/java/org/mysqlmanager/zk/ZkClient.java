package org.mysqlmanager.zk;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to ZooKeeper: it connects when it can, connects again when it was lost, and knows
 * how long ago ZooKeeper last answered. A heartbeat is sent six times per session timeout. Nothing
 * is asked below a root that is somebody else's: {@link #problem} says so then.
 *
 * <p>Thread-safe. {@link #close} may be called more than once.
 */
public final class ZkClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ZkClient.class);

  private static final Duration LONGEST_CALL = Duration.ofSeconds(5);
  private static final int READ_ATTEMPTS = 3;
  private static final Duration READ_PAUSE = Duration.ofMillis(50);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private final ZkSettings settings;
  private final CuratorFramework curator;
  private final NodeAcl acl;
  private final @Nullable TlsFiles tls;
  private final AccessGate gate;
  private final ConnectionDoctor doctor;
  private final SessionLease lease = new SessionLease();
  private final RepeatingTask heartbeat;
  private final List<CoalescedCallback> callbacks = new CopyOnWriteArrayList<>();
  private final List<Runnable> internalListeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> beforeSessionEnds = new CopyOnWriteArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * When a connection was last seen, at the latest a heartbeat ago; before the first one, the
   * start.
   */
  private volatile long lastConnectedNanos = System.nanoTime();

  private ZkClient(ZkSettings settings) {
    this.settings = settings;
    this.acl = NodeAcl.of(settings.security().authentication());
    this.tls = settings.security().tls().map(TlsFiles::new).orElse(null);
    this.curator = CuratorSetup.framework(settings, acl, tls, CLOSE_LIMIT);
    this.gate = new AccessGate(settings, acl, this::sessionPastGate, this::tell, this::endSession);
    this.doctor =
        new ConnectionDoctor(settings, tls, this::hasConnection, this::handle, this::reset);
    this.heartbeat = new RepeatingTask("zk-heartbeat", this::heartbeatPeriod, this::sendHeartbeat);
  }

  /**
   * Begins to connect, and returns at once whether ZooKeeper is there or not.
   *
   * @param settings how to reach it
   * @return the client, which keeps trying until it is closed
   * @throws ZkTls.UnusableException when the files for TLS do not hold what they should
   */
  public static ZkClient start(ZkSettings settings) {
    ZkClient client = new ZkClient(settings);
    client.curator.getConnectionStateListenable().addListener((_, state) -> client.changed(state));
    client.curator.start();
    client.heartbeat.start();
    client.gate.start();
    client.doctor.start();
    return client;
  }

  /** What it was started with. */
  public ZkSettings settings() {
    return settings;
  }

  /** Whether there is a connection to a server of the ensemble now, and the root is ours. */
  public boolean isConnected() {
    return hasConnection() && gate.isOpen();
  }

  /**
   * What an operator has to mend before anything can be done: an account that is not let in, a root
   * that is somebody else's, certificates that do not fit, sessions that are too short.
   *
   * @return a sentence; empty when nothing of that kind is known
   */
  public Optional<String> problem() {
    return hasConnection() ? gate.refusal() : doctor.cause();
  }

  private boolean hasConnection() {
    return curator.getZookeeperClient().isConnected();
  }

  /**
   * How long ago the last request was <em>sent</em> that ZooKeeper's leader has answered in the
   * current session. Half the negotiated session timeout is how old it may become before leadership
   * is not certain any more.
   *
   * @return empty when nothing was answered yet in the current session
   */
  public Optional<Duration> timeSinceLastAnswer() {
    return lease.age(System.nanoTime());
  }

  /**
   * The longest any call of this module waits: the session timeout, but at most 5 s.
   *
   * @return the limit
   */
  public Duration callLimit() {
    Duration session = settings.sessionTimeout();
    return session.compareTo(LONGEST_CALL) < 0 ? session : LONGEST_CALL;
  }

  /**
   * Calls back when the connection comes, goes, or the session was lost.
   *
   * @param callback run on a virtual thread, never twice at a time
   */
  public void onChange(Runnable callback) {
    callbacks.add(new CoalescedCallback("zk-connection-callback", callback));
  }

  /**
   * Ends the session, so that all ephemeral znodes of it are gone, and calls nobody back any more.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        callbacks.forEach(CoalescedCallback::close);
        doctor.close();
        gate.close();
        heartbeat.close();
        lease.lost();
        curator.close();
      } finally {
        if (tls != null) {
          tls.close();
        }
      }
    }
  }

  CuratorFramework curator() {
    return curator;
  }

  /** What znodes get that are created. */
  NodeAcl acl() {
    return acl;
  }

  /**
   * Gives all znodes at and below the root the access they should have, in the background: to be
   * called by whoever leads, as others may still be at work without an account.
   *
   * @param stillLeads asked before each change
   */
  void protectTree(BooleanSupplier stillLeads) {
    gate.protectTree(stillLeads);
  }

  String resolve(String relativePath) {
    return NodePath.resolve(settings.rootPath(), relativePath);
  }

  /**
   * Whether nobody can have been told yet that this session has ended, and the root is still ours.
   */
  boolean leaseHolds(long sessionId) {
    return gate.isOpen() && lease.holds(sessionId, SessionLease.Moment.now());
  }

  /** Like {@link #onChange}, but on Curator's own thread: only for what never waits. */
  void onChangeAtOnce(Runnable listener) {
    internalListeners.add(listener);
  }

  void removeOnChangeAtOnce(Runnable listener) {
    internalListeners.remove(listener);
  }

  /** Called before this process ends its session of its own accord: for what never waits. */
  void beforeSessionEnds(Runnable listener) {
    beforeSessionEnds.add(listener);
  }

  void removeBeforeSessionEnds(Runnable listener) {
    beforeSessionEnds.remove(listener);
  }

  /**
   * The session for the next few requests, without waiting for a connection; null when there is
   * none.
   */
  @Nullable Session sessionNow() {
    return isConnected() ? session(System.nanoTime() + callLimit().toNanos()).valueIfOk() : null;
  }

  /**
   * Sends one request, or a few that belong together, and never again: what was not answered may
   * have happened. A connection that was lost a moment ago is waited for.
   */
  <T> Reply<T> once(Function<Session, Reply<T>> request) {
    return attempt(request, System.nanoTime() + callLimit().toNanos());
  }

  /** Sends what changes nothing, and sends it again when the connection broke on the way. */
  <T> Reply<T> read(Function<Session, Reply<T>> request) {
    long deadlineNanos = System.nanoTime() + callLimit().toNanos();
    Reply<T> reply = attempt(request, deadlineNanos);
    for (int attempts = 1; attempts < READ_ATTEMPTS; attempts++) {
      if (!(reply instanceof Reply.NoAnswer<T>) || !pauseUntil(deadlineNanos)) {
        return reply;
      }
      reply = attempt(request, deadlineNanos);
    }
    return reply;
  }

  private <T> Reply<T> attempt(Function<Session, Reply<T>> request, long deadlineNanos) {
    return switch (session(deadlineNanos)) {
      case Reply.Answer<Session>(Code _, @Nullable Session session) when session != null -> {
        Reply<T> reply = request.apply(session);
        if (reply.isAnswered(Code.NOAUTH)) {
          gate.refused();
        }
        yield reply;
      }
      case Reply.Answer<Session> answer -> new Reply.NoAnswer<>(answer.words());
      case Reply.NoAnswer<Session>(String cause) -> new Reply.NoAnswer<>(cause);
    };
  }

  private Reply<Session> session(long deadlineNanos) {
    try {
      if (!hasConnection() && !awaitConnection(deadlineNanos)) {
        return new Reply.NoAnswer<>(
            "not connected to ZooKeeper at %s for %d ms%s"
                .formatted(
                    settings.connectString(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastConnectedNanos),
                    doctor.cause().map(cause -> ": " + cause).orElse("")));
      }
      lastConnectedNanos = System.nanoTime();
      String refusal = gate.awaitOpen(deadlineNanos);
      return refusal == null
          ? new Reply.Answer<>(
              Code.OK,
              new Session(curator.getZookeeperClient().getZooKeeper(), acl.forNew(), deadlineNanos))
          : new Reply.NoAnswer<>(refusal);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply.NoAnswer<>("interrupted while waiting for ZooKeeper");
    } catch (Exception e) {
      // Curator declares Exception; it is what stopped an earlier attempt to connect, or that it
      // was closed.
      return new Reply.NoAnswer<>("no connection to ZooKeeper: " + e);
    }
  }

  /** Who has been away for longer than a connection takes is not waited for again by every call. */
  private boolean awaitConnection(long deadlineNanos) throws InterruptedException {
    long now = System.nanoTime();
    long patienceNanos =
        Math.min(
            lastConnectedNanos + settings.connectTimeout().toNanos() - now, deadlineNanos - now);
    return patienceNanos > 0
        && curator.blockUntilConnected(
            Math.toIntExact(TimeUnit.NANOSECONDS.toMillis(patienceNanos)), TimeUnit.MILLISECONDS);
  }

  private static boolean pauseUntil(long deadlineNanos) {
    if (deadlineNanos - System.nanoTime() <= READ_PAUSE.toNanos()) {
      return false;
    }
    try {
      Thread.sleep(READ_PAUSE);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void changed(ConnectionState state) {
    if (state == ConnectionState.LOST) {
      lease.lost();
    }
    LOG.info(
        "ZooKeeper connection is {} ({})",
        state.isConnected() ? "up" : "down",
        state.name().toLowerCase(Locale.ROOT));
    heartbeat.runSoon();
    if (state.isConnected()) {
      gate.connected();
    }
    tell();
  }

  private void tell() {
    internalListeners.forEach(Runnable::run);
    callbacks.forEach(CoalescedCallback::signal);
  }

  private @Nullable Session sessionPastGate() {
    ZooKeeper handle = hasConnection() ? handle() : null;
    return handle == null
        ? null
        : new Session(handle, acl.forNew(), System.nanoTime() + callLimit().toNanos());
  }

  /**
   * Removes what this process has in ZooKeeper when it may not even delete it any more, and
   * connects again.
   */
  private boolean endSession() {
    ZooKeeper handle = hasConnection() ? handle() : null;
    if (handle == null) {
      return false;
    }
    LOG.warn(
        "The session is ended: who is not let in at {} any more must not keep its place in the queue",
        settings.rootPath());
    beforeSessionEnds.forEach(Runnable::run);
    lease.end(handle.getSessionId());
    reset();
    return true;
  }

  private void reset() {
    try {
      curator.getZookeeperClient().reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      // Curator declares Exception; the doctor tries again.
      LOG.debug("The connection was not begun anew", e);
    }
  }

  private Duration heartbeatPeriod() {
    int negotiatedMillis = curator.getZookeeperClient().getLastNegotiatedSessionTimeoutMs();
    Duration timeout =
        negotiatedMillis > 0 ? Duration.ofMillis(negotiatedMillis) : settings.sessionTimeout();
    return timeout.dividedBy(SessionLease.HEARTBEATS_PER_TIMEOUT);
  }

  private void sendHeartbeat() {
    ZooKeeper handle = handle();
    if (handle == null || !handle.getState().isConnected()) {
      return;
    }
    SessionLease.Moment sent = SessionLease.Moment.now();
    lastConnectedNanos = sent.nanos();
    handle.sync(
        "/",
        (resultCode, _, _) -> {
          if (resultCode == Code.OK.intValue()) {
            lease.answered(
                handle.getSessionId(), sent, Duration.ofMillis(handle.getSessionTimeout()));
          }
        },
        null);
  }

  private @Nullable ZooKeeper handle() {
    try {
      return curator.getZookeeperClient().getZooKeeper();
    } catch (Exception e) {
      // Curator declares Exception; it is what stopped an earlier attempt to connect. The next
      // heartbeat tries again.
      LOG.debug("No handle for a heartbeat", e);
      return null;
    }
  }
}
