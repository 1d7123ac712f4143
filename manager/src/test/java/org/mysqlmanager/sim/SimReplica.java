package org.mysqlmanager.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;

/**
 * A server's side of replication: a receiver that fetches from the source, and an applier that
 * executes what was received, each at its own pace. What was received and not applied is lost with
 * the process, as with {@code relay_log_recovery}.
 */
final class SimReplica {
  /** The receiver notices a silent source after that. */
  private static final long NET_TIMEOUT = Times.seconds(4);

  private static final int FETCHED_AT_ONCE = 60;

  private static final int APPLIED_AT_ONCE = 200;

  private final World world;
  private final SimServer server;

  private @Nullable ServerId source;
  private boolean receiverRuns;
  private boolean applierRuns;
  private boolean connected;
  private boolean receiverTicks;
  private boolean applierTicks;
  private String receiverError = "";
  private String applierError = "";
  private int position;
  private long upstreamStarts;
  private long lastHeard;
  private GtidSet retrieved = GtidSet.EMPTY;
  private List<Tx> relay = new ArrayList<>();

  SimReplica(World world, SimServer server) {
    this.world = world;
    this.server = server;
  }

  Optional<ServerId> source() {
    return Optional.ofNullable(source);
  }

  /** What was received and is not yet executed. */
  List<Tx> relay() {
    return relay;
  }

  boolean isRunning() {
    return source != null && receiverRuns && applierRuns && connected;
  }

  Optional<Replication> status() {
    if (source == null) {
      return Optional.empty();
    }
    Receiver receiver =
        !receiverRuns ? Receiver.STOPPED : connected ? Receiver.RUNNING : Receiver.CONNECTING;
    return Optional.of(
        world
            .views()
            .replication(
                world.server(source),
                receiver,
                applierRuns,
                retrieved,
                lag(),
                receiverError,
                applierError,
                Duration.ofNanos(world.scheduler().now() - lastHeard)));
  }

  private Optional<Duration> lag() {
    if (!connected || !applierRuns) {
      return Optional.empty();
    }
    return Optional.of(
        relay.isEmpty()
            ? Duration.ZERO
            : Duration.ofNanos(world.scheduler().now() - relay.getFirst().committedAt()));
  }

  /** For a server that becomes source. */
  void endForPromotion() {
    if (!relay.isEmpty()) {
      throw new Violation(
          "a candidate has applied all that it has received before it is promoted",
          server + " has not applied " + relay);
    }
    resetAll();
  }

  void changeSource(ServerId newSource) {
    source = newSource;
    forgetReceived();
    receiverError = "";
    applierError = "";
  }

  void resetAll() {
    source = null;
    receiverRuns = false;
    applierRuns = false;
    connected = false;
    receiverError = "";
    applierError = "";
    forgetReceived();
  }

  private void forgetReceived() {
    relay = new ArrayList<>();
    retrieved = GtidSet.EMPTY;
    connected = false;
    world.changed();
    world.invariants().onLoss(server + " forgot what it had received");
  }

  void stopReceiver() {
    receiverRuns = false;
    connected = false;
  }

  void stop() {
    stopReceiver();
    applierRuns = false;
  }

  void start(boolean receiver, boolean applier) {
    if (source == null) {
      return;
    }
    if (receiver) {
      receiverRuns = true;
      receiverError = "";
      if (!receiverTicks) {
        receiverTicks = true;
        nextReceive();
      }
    }
    if (applier) {
      applierRuns = true;
      applierError = "";
      if (!applierTicks) {
        applierTicks = true;
        nextApply();
      }
    }
  }

  /** Something makes the applier stop; it can be started again. */
  void breakApplier() {
    if (source != null && applierRuns) {
      applierRuns = false;
      applierError = "lock wait timeout";
      world.trace(server.name(), () -> "its applier stops with an error");
    }
  }

  void onCrash() {
    connected = false;
    receiverTicks = false;
    applierTicks = false;
    forgetReceived();
  }

  void onStart() {
    receiverRuns = false;
    applierRuns = false;
    start(true, true);
  }

  private void nextReceive() {
    world.scheduler().after(world.receivePause(), server, this::receive);
  }

  private void nextApply() {
    world.scheduler().after(world.applyPause(), server, this::apply);
  }

  private void receive() {
    ServerId from = source;
    if (from == null || !receiverRuns) {
      receiverTicks = false;
      return;
    }
    SimServer upstream = world.server(from);
    if (upstream.isDead()) {
      disconnect("error connecting to source");
    } else if (upstream.isFrozen() || world.network().isCut(server, upstream)) {
      if (!connected || world.scheduler().now() - lastHeard > NET_TIMEOUT) {
        disconnect("error connecting to source");
      }
    } else if ((connected && upstreamStarts == upstream.starts()) || connectTo(upstream)) {
      lastHeard = world.scheduler().now();
      fetch(upstream);
    }
    if (receiverRuns) {
      nextReceive();
    } else {
      receiverTicks = false;
    }
  }

  private void disconnect(String error) {
    connected = false;
    receiverError = error;
  }

  private boolean connectTo(SimServer upstream) {
    GtidSet mine = server.executed().union(retrieved);
    if (!mine.of(upstream.uuid()).minus(upstream.executed()).isEmpty()) {
      receiverRuns = false;
      receiverError = "1236: the replica has more GTIDs than the source has";
      return false;
    }
    if (!upstream.purged().minus(mine).isEmpty()) {
      receiverRuns = false;
      receiverError = "1236: the source has purged required binary logs";
      return false;
    }
    connected = true;
    receiverError = "";
    position = 0;
    upstreamStarts = upstream.starts();
    return true;
  }

  private void fetch(SimServer upstream) {
    List<Tx> log = upstream.binlog();
    int fetched = 0;
    while (position < log.size() && fetched < FETCHED_AT_ONCE) {
      Tx tx = log.get(position++);
      if (!tx.isIn(server.executed()) && !tx.isIn(retrieved)) {
        retrieved = retrieved.union(tx.set());
        relay.add(tx);
        fetched++;
      }
    }
    if (fetched > 0) {
      world.changed();
    }
  }

  private void apply() {
    if (source == null || !applierRuns) {
      applierTicks = false;
      return;
    }
    for (int i = 0; i < APPLIED_AT_ONCE && !relay.isEmpty(); i++) {
      server.apply(relay.removeFirst());
    }
    nextApply();
  }
}
