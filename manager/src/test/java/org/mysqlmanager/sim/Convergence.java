package org.mysqlmanager.sim;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;

/**
 * What must hold some time after the last fault: the cluster runs, everybody has everything, every
 * proxy is right, and clients can write; or it waits for an operator, for a good reason.
 */
final class Convergence {
  /** Checks until then: the longest pause between two attempts is five minutes. */
  private static final long LONGEST = Times.seconds(420);

  private static final long PAUSE = Times.millis(500);
  private static final long SETTLING = Times.seconds(60);

  /** How long a cluster that waits for an operator is given to think better of it. */
  private static final long OPERATORS_TURN = Times.seconds(60);

  private final World world;
  private final long healedAt;
  private int acknowledgedWhenHealed;
  private long stoppedAt = -1;

  private Convergence(World world) {
    this.world = world;
    this.healedAt = world.scheduler().now();
  }

  /** To be called when all faults are over. */
  static void watch(World world) {
    Convergence convergence = new Convergence(world);
    convergence.acknowledgedWhenHealed = world.invariants().acknowledged().size();
    world.scheduler().after(PAUSE, convergence::look);
  }

  private void look() {
    String missing = missing();
    long now = world.scheduler().now();
    if (missing == null) {
      world.trace("check", () -> "all is well again");
      world.scheduler().end();
      return;
    }
    ClusterState state = world.zk().state().orElse(ClusterState.INITIAL);
    if (state.phase() == Phase.NEEDS_OPERATOR
        && now - healedAt > OPERATORS_TURN
        && Operators.hasGoodReason(world, state)) {
      world.trace("check", () -> "an operator is needed: " + state.reason());
      world.scheduler().end();
      return;
    }
    boolean isTooLong = now - healedAt > LONGEST;
    if (isTooLong || (stoppedAt >= 0 && now - stoppedAt > SETTLING)) {
      throw new Violation("all is well some time after the last fault", missing);
    }
    world.scheduler().after(PAUSE, this::look);
  }

  private @Nullable String missing() {
    Optional<ClusterState> stored = world.zk().state();
    ClusterState state = stored.orElse(ClusterState.INITIAL);
    if (state.phase() != Phase.RUNNING) {
      return "the state is: " + world.brief(state);
    }
    if (world.invariants().acknowledged().size() <= acknowledgedWhenHealed) {
      return "no client could write since";
    }
    if (stoppedAt < 0) {
      // Only when nothing more comes, it can be seen who has everything.
      world.stopClients();
      stoppedAt = world.scheduler().now();
      return "clients have just been stopped";
    }
    return missingIn(state);
  }

  /** What clients have written; the managers' own write probes go on. */
  private GtidSet atTheEnd(SimServer source) {
    GtidSet written = GtidSet.EMPTY;
    for (Tx tx : source.data()) {
      if (tx.committedAt() <= stoppedAt) {
        written = written.union(tx.set());
      }
    }
    return written;
  }

  private @Nullable String missingIn(ClusterState state) {
    SimServer source = world.server(state.source().orElseThrow());
    if (source.isDead() || source.isReadOnly()) {
      return source + " is not open";
    }
    Set<ServerId> readers = new TreeSet<>();
    for (SimServer server : world.servers().values()) {
      ServerState known = state.server(server.id());
      if (!known.isJoined()) {
        return server + " has not joined";
      }
      if (server == source) {
        continue;
      }
      readers.add(server.id());
      if (!server.isReadOnly() || !server.replica().isRunning()) {
        return server + " does not replicate";
      }
      if (!source.executed().contains(server.executed())
          || !server.executed().contains(atTheEnd(source))) {
        return "%s has executed %s, the source %s"
            .formatted(server, world.brief(server.executed()), world.brief(source.executed()));
      }
      if (!source.data().containsAll(server.data())) {
        throw new Violation(
            "servers with the same GTIDs have the same transactions",
            server + " and " + source + " differ");
      }
    }
    if (readers.isEmpty()) {
      readers.add(source.id());
    }
    for (SimProxy proxy : world.proxies().values()) {
      if (!proxy.writers().equals(Set.of(source.id())) || !proxy.readers().equals(readers)) {
        return "%s routes writer %s, readers %s".formatted(proxy, proxy.writers(), proxy.readers());
      }
    }
    Set<Tx> kept = new HashSet<>(source.data());
    world.archives().forEach(archive -> kept.addAll(archive.content()));
    for (Tx tx : world.invariants().acknowledged()) {
      if (!kept.contains(tx)) {
        throw new Violation(
            "no acknowledged transaction is lost",
            tx + " is neither on the source nor in the archive, when all have joined");
      }
    }
    return null;
  }
}
