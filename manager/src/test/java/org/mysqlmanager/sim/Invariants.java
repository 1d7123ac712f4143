package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Operation.RejoinStep;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;

/** What must hold at every instant. */
final class Invariants {
  private final World world;
  private final List<Tx> acknowledged = new ArrayList<>();

  Invariants(World world) {
    this.world = world;
  }

  /** A client was told that this is committed. */
  void onAcknowledged(Tx tx) {
    acknowledged.add(tx);
    world.traceAcknowledged(tx);
  }

  List<Tx> acknowledged() {
    return acknowledged;
  }

  /** After every event that changed something. */
  void check() {
    Set<ServerId> open = new TreeSet<>();
    for (SimProxy proxy : world.proxies().values()) {
      if (!proxy.isDead()) {
        for (ServerId writer : proxy.reachableWriters()) {
          SimServer server = world.server(writer);
          if (!server.isDead() && !server.isReadOnly()) {
            open.add(writer);
          }
        }
      }
    }
    if (open.size() > 1) {
      throw new Violation(
          "at most one server is writable and reachable through the proxies", open.toString());
    }
  }

  /** Before a state is replaced. */
  void onStore(@Nullable ClusterState before, ClusterState next, boolean isNext) {
    if (!isNext) {
      throw new Violation("nobody overwrites a state that he has not read", world.brief(next));
    }
    if (before != null && next.epoch().compareTo(before.epoch()) < 0) {
      throw new Violation("epochs only rise", next.epoch() + " after " + before.epoch());
    }
    if (next.epoch().value() != world.zk().epoch()) {
      throw new Violation(
          "only the newest leader writes",
          "in epoch %s, when %d has begun".formatted(next.epoch(), world.zk().epoch()));
    }
    next.source()
        .ifPresent(source -> {
          checkRoles(next, source);
          checkCounted(next, source);
        });
    checkOldSource(before, next);
  }

  private static void checkCounted(ClusterState state, ServerId source) {
    boolean isFailover = state.operation().orElse(null) instanceof Operation.Failover;
    boolean seenUp = state.server(source).status() == ServerStatus.UP && !isFailover;
    if (seenUp && state.masterFailureCount() > 0) {
      throw new Violation(
          "a source that answers has no failures counted",
          source + " has " + state.masterFailureCount());
    }
  }

  private void checkOldSource(@Nullable ClusterState before, ClusterState next) {
    Optional<ServerId> old = before == null ? Optional.empty() : before.source();
    if (old.isPresent()
        && !next.source().equals(old)
        && next.server(old.get()).membership() != Membership.FORMER_SOURCE) {
      throw new Violation("a source that was replaced has to join again", world.brief(next));
    }
  }

  private void checkRoles(ClusterState state, ServerId source) {
    for (Map.Entry<ServerId, ServerState> server : state.servers().entrySet()) {
      boolean isSource = server.getKey().equals(source);
      if (isSource != (server.getValue().role() == Role.SOURCE)) {
        throw new Violation("source and roles change in one write", world.brief(state));
      }
    }
  }

  /** A server is about to be opened for writes. */
  void onOpen(SimServer server) {
    ClusterState state = world.zk().state().orElse(ClusterState.INITIAL);
    if (!state.source().equals(Optional.of(server.id()))
        && !isBeingPromoted(state, server.id(), FailoverStep.PROMOTE)) {
      throw new Violation(
          "only the source, or a candidate that is being promoted, is opened",
          server + ", while the state is: " + world.brief(state));
    }
  }

  private static boolean isBeingPromoted(ClusterState state, ServerId server, FailoverStep from) {
    return state.operation().orElse(null) instanceof Operation.Failover failover
        && failover.candidate().equals(server)
        && failover.step().compareTo(from) >= 0;
  }

  /** A command of the newest leader has just been carried out by a proxy, and not too late. */
  void onRouting(SimProxy proxy, Routing opened) {
    ClusterState state = world.zk().state().orElse(ClusterState.INITIAL);
    for (ServerId writer : opened.writer().stream().toList()) {
      if (!state.source().equals(Optional.of(writer))
          && !isBeingPromoted(state, writer, FailoverStep.ROUTE)) {
        throw new Violation(
            "writes are sent to the source only, or to a candidate that was promoted",
            "%s to %s, while the state is: %s".formatted(proxy, writer, world.brief(state)));
      }
    }
    for (ServerId reader : opened.readers()) {
      if (!state.server(reader).isJoined()) {
        throw new Violation(
            "reads are sent to members only",
            "%s to %s, while the state is: %s".formatted(proxy, reader, world.brief(state)));
      }
    }
  }

  /** A clone is about to replace this server's data. */
  void onClone(SimServer server) {
    ClusterState state = world.zk().state().orElse(ClusterState.INITIAL);
    boolean decided =
        state.server(server.id()).cloneRequired()
            && state.operation().orElse(null) instanceof Operation.Rejoin rejoin
            && rejoin.server().equals(server.id())
            && rejoin.step() == RejoinStep.CLONE;
    if (!decided) {
      throw new Violation(
          "no clone without a decision that is written down",
          server + ", while the state is: " + world.brief(state));
    }
    Set<Tx> elsewhere = new HashSet<>();
    world.servers().values().stream()
        .filter(other -> other != server)
        .forEach(other -> elsewhere.addAll(other.data()));
    world.archives().forEach(archive -> elsewhere.addAll(archive.content()));
    for (Tx tx : server.data()) {
      if (tx.part().isEmpty() && !elsewhere.contains(tx)) {
        throw new Violation(
            "what a server alone has is saved before its data is replaced", server + " has " + tx);
      }
    }
  }

  /** Something that was held is gone. */
  void onLoss(String what) {
    if (acknowledged.isEmpty()) {
      return;
    }
    Set<Tx> kept = new HashSet<>();
    for (SimServer server : world.servers().values()) {
      kept.addAll(server.data());
      kept.addAll(server.replica().relay());
    }
    world.archives().forEach(archive -> kept.addAll(archive.content()));
    for (Tx tx : acknowledged) {
      if (!kept.contains(tx)) {
        throw new Violation("no acknowledged transaction is lost", tx + ": " + what);
      }
    }
  }
}
