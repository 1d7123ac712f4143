package org.mysqlmanager.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.Rejoin;
import org.mysqlmanager.model.Operation.RejoinStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;

/**
 * A cluster whose source is known and not being replaced: detects its failure, keeps every server
 * and proxy as it should be, and brings servers back. One thing at a time, the most urgent first:
 * first what endangers data (a writable server that is not the source), then what stops writes,
 * then the rest.
 */
final class Upkeep {
  /** After that many restarts of a receiver it is configured anew. */
  private static final int RESTARTS = 2;

  /** How long a server may take to come back after its clone before others have their turn. */
  private static final Duration RESTART = Duration.ofMinutes(5);

  /** How long a server may take to follow before others have their turn. */
  private static final Duration TURN = Duration.ofMinutes(1);

  /** Within this a clone has begun, or will not: each statement before it has a deadline. */
  private static final Duration CLONE_BEGINS = Duration.ofSeconds(15);

  private Upkeep() {}

  static Decision decide(View before) {
    View view = before.with(Statuses.refresh(before));
    if (view.seen().server(view.source()) instanceof Unreachable source && source.isDown()) {
      return FailedSource.down(view.with(counted(view)), source);
    }
    View up = view.with(view.state().withSourceUp());
    return Strangers.secondNameOfTheSource(up)
        .or(() -> Strangers.close(up))
        .orElseGet(() ->
            switch (up.seen().server(up.source())) {
              case Unreachable refusing -> route(up, refusing);
              case Reachable source -> withSource(up, source);
            });
  }

  private static ClusterState counted(View view) {
    return view.isCheck()
        ? view.state()
            .withSourceFailure(
                Optional.ofNullable(view.seen().lastSeen().get(view.source())),
                view.seen().evidence().sourceExecuted(),
                view.seen().at())
        : view.state();
  }

  private static Decision withSource(View view, Reachable source) {
    ServerId id = view.source();
    if (!view.isTheSource(source)) {
      return FailedSource.takeOver(
          view,
          source,
          "%s is not the server it was: its data was replaced (it has no transaction of server_uuid %s)"
              .formatted(id, view.state().sourceUuid().orElse("")));
    }
    View known = view.with(view.state().withSourceUuid(source.identity().uuid()));
    if (source.replication().isPresent()) {
      return Decision.only(
          known
              .state()
              .withPhase(
                  Phase.NEEDS_OPERATOR,
                  "%s is the source but was made to replicate from %s by somebody: end that replication by hand"
                      .formatted(id, source.replication().get().source())));
    }
    if (source.settings().readOnly()) {
      return FailedSource.reopen(known, source);
    }
    View complete = known.with(known.state().withSourceComplete());
    View probed = WriteFailures.counted(complete);
    return WriteFailures.isOver(probed)
        ? FailedSource.replaceUnwritable(probed, source)
        : keep(probed, source);
  }

  /** The source lives but refuses the manager: proxies can be put right all the same. */
  private static Decision route(View view, Unreachable refusing) {
    ClusterState state = view.state().withPhase(Phase.DEGRADED, refusing.detail());
    Routing routing = RoutingPolicy.desired(view);
    Set<ProxyName> wrong = view.proxiesOtherThan(routing);
    Retry retry = state.routing();
    if (wrong.isEmpty() || !retry.isDue(view.seen().at(), Attempts.MOST_URGENT)) {
      return Decision.only(wrong.isEmpty() ? state.withRouting(Retry.NONE) : state);
    }
    return Decision.step(
        state.withRouting(retry.next(view.seen().at(), Attempts.MOST_URGENT)),
        new Step.ApplyRouting(routing, wrong));
  }

  static Decision keep(View view, Reachable source) {
    Routing routing = RoutingPolicy.desired(view);
    Set<ProxyName> wrong = view.proxiesOtherThan(routing);
    Retry retry = view.state().routing();
    View routed = wrong.isEmpty() ? view.with(view.state().withRouting(Retry.NONE)) : view;
    if (!wrong.isEmpty() && retry.isDue(view.seen().at(), Attempts.MOST_URGENT)) {
      Retry next = retry.next(view.seen().at(), Attempts.MOST_URGENT);
      return Decision.step(
          Summary.settled(view.with(view.state().withRouting(next)), source),
          new Step.ApplyRouting(routing, wrong));
    }
    // A proxy that does not take it must not keep anything else waiting.
    return repairReplica(routed, source).orElseGet(() -> join(routed, source));
  }

  private static Optional<Decision> repairReplica(View view, Reachable source) {
    for (ServerId id : view.joinedReplicas()) {
      Reachable replica = view.reachable(id).orElse(null);
      if (replica == null) {
        continue;
      }
      ServerState state = view.state().server(id);
      boolean isUrgent = !replica.settings().readOnly() && view.isCheck();
      if (hasWrongFlags(view, replica)
          && (isUrgent || state.retry().isDue(view.seen().at(), Attempts.MOST_URGENT))) {
        Retry next = state.retry().next(view.seen().at(), Attempts.MOST_URGENT);
        return Optional.of(
            Decision.step(
                Summary.settled(view, source).withServer(id, s -> s.withRetry(next)),
                new Step.CloseReplica(id)));
      }
      if (!view.isConfiguredToFollow(replica, view.source())) {
        ClusterState lost = view.state().withServer(id, s -> s.withMembership(Membership.LOST));
        return Optional.of(decide(view.with(lost).again()));
      }
      if (state.status() == ServerStatus.REPLICATION_BROKEN) {
        if (Rejoining.mayBeReplaced(view, id, replica, source)) {
          return Optional.of(decide(view.with(Rejoining.givenUp(view, id, replica)).again()));
        }
        if (state.retry().isDue(view.seen().at())) {
          return Optional.of(restart(view, source, id, replica));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Once more. If that was of no use to a receiver, its replication is configured anew as well: it
   * may have an old password, say. But not where our replication user is unknown, as in a cluster
   * that somebody else has set up.
   */
  private static Decision restart(View view, Reachable source, ServerId id, Reachable replica) {
    Retry retry = view.state().server(id).retry();
    ClusterState counted =
        Summary.settled(view, source)
            .withServer(id, s -> s.withRetry(retry.next(view.seen().at())))
            .withTotals(view.state().totals().plusReplicationRestart());
    boolean isReceivers =
        replica.replication().filter(status -> !status.receiverError().isEmpty()).isPresent();
    boolean userIsThere =
        source.missingSetup().stream().noneMatch(part -> part.startsWith("replication"));
    return Decision.step(
        counted,
        isReceivers && userIsThere && retry.attempts() >= RESTARTS
            ? new Step.Follow(id, view.source())
            : new Step.RestartReplication(id));
  }

  /** Whether a replica's read-only flags are not what the spec asks of replicas. */
  static boolean hasWrongFlags(View view, Reachable replica) {
    return !replica.settings().readOnly()
        || replica.settings().superReadOnly() != view.spec().replicaSuperReadOnly();
  }

  /** Brings back one server after the other: the former source first. */
  private static Decision join(View view, Reachable source) {
    if (view.state().operation().orElse(null) instanceof Rejoin rejoin) {
      return resumeJoin(view, source, rejoin);
    }
    String forbidden = "";
    View current = view;
    for (ServerId id : Strangers.inOrder(view)) {
      Reachable server = view.reachable(id).orElse(null);
      if (server == null) {
        continue;
      }
      Rejoining.Way way = Rejoining.way(view, id, server, source);
      if (way instanceof Rejoining.Way.Forbidden(String reason)) {
        forbidden = reason;
        current =
            current.with(
                current.state().withServer(id, s -> s.withStatus(ServerStatus.DIVERGED, reason)));
      } else if (view.state().server(id).retry().isDue(view.seen().at())) {
        return explained(current, source, Rejoining.begin(current, id, server, source, way));
      }
    }
    ClusterState state = Summary.settled(current, source);
    return Decision.only(
        forbidden.isEmpty() ? state : state.withPhase(Phase.NEEDS_OPERATOR, forbidden));
  }

  private static Decision resumeJoin(View view, Reachable source, Rejoin rejoin) {
    ServerId id = rejoin.server();
    Reachable server = view.reachable(id).orElse(null);
    boolean stillWanted =
        rejoin.source().equals(view.source())
            && view.spec().server(id).isPresent()
            && !view.state().server(id).isJoined();
    if (!stillWanted) {
      return join(view.with(view.state().withoutOperation()), source);
    }
    if (server == null) {
      return mayBeRestarting(view, rejoin)
          ? Decision.only(
              Summary.settled(
                  view.with(
                      view.state()
                          .withOperation(
                              rejoin.withAwaySince(
                                  rejoin.awaySince().or(() -> Optional.of(view.seen().at()))))),
                  source))
          : join(view.with(view.state().withoutOperation()), source);
    }
    if (rejoin.step() == RejoinStep.FOLLOW
        && !(Rejoining.way(view, id, server, source) instanceof Rejoining.Way.Follow)
        && !view.isConfiguredToFollow(server, view.source())) {
      // What was possible when it began no longer is: choose the way again.
      return join(view.with(view.state().withoutOperation()), source);
    }
    if (mayYield(view, rejoin, server) && anotherCanJoin(view, source, id)) {
      return join(view.with(view.state().withoutOperation()), source);
    }
    Rejoin present = rejoin.withAwaySince(Optional.empty());
    return explained(view, source, Rejoining.decide(view, present, server, source));
  }

  /** Whether one that does not come to its end may let others have their turn. */
  private static boolean mayYield(View view, Rejoin rejoin, Reachable server) {
    Instant stepBegan =
        rejoin.done().isEmpty() ? rejoin.started() : rejoin.done().getLast().finished();
    boolean isLong = Duration.between(stepBegan, view.seen().at()).compareTo(TURN) > 0;
    Retry retry = view.state().server(rejoin.server()).retry();
    boolean isPausing = Attempts.areUsedUp(retry) && !retry.isDue(view.seen().at());
    // A clone that was asked for just now may be about to begin.
    boolean isSettled =
        rejoin.step() != RejoinStep.CLONE
            || retry.sinceLast(view.seen().at()).compareTo(CLONE_BEGINS) > 0;
    return server.lastClone().state() != CloneState.IN_PROGRESS
        && ((isPausing && isSettled) || (isLong && rejoin.step() == RejoinStep.FOLLOW));
  }

  private static boolean anotherCanJoin(View view, Reachable source, ServerId notThis) {
    return Strangers.inOrder(view).stream()
        .filter(id -> !id.equals(notThis))
        .filter(id -> view.state().server(id).retry().isDue(view.seen().at()))
        .anyMatch(id ->
            view.reachable(id)
                .filter(other ->
                    !(Rejoining.way(view, id, other, source) instanceof Rejoining.Way.Forbidden))
                .isPresent());
  }

  /**
   * A clone ends with a restart, which is waited for, but not so long that others could not join;
   * that its data was given up is remembered in any case. Anything else is simply begun again.
   */
  private static boolean mayBeRestarting(View view, Rejoin rejoin) {
    return rejoin.step() == RejoinStep.CLONE
        && rejoin
            .awaySince()
            .map(since -> Duration.between(since, view.seen().at()).compareTo(RESTART) < 0)
            .orElse(true);
  }

  private static Decision explained(View view, Reachable source, Decision decision) {
    if (decision.next().operation().isEmpty()) {
      return decision;
    }
    ClusterState settled = Summary.settled(view.with(decision.next()), source);
    return new Decision(settled, decision.step(), decision.finished());
  }
}
