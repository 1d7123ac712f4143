package org.mysqlmanager.decide;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.Operation.Rejoin;
import org.mysqlmanager.model.Operation.RejoinStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;

/**
 * A cluster whose source is known and not being replaced: detects its failure, keeps every server
 * and proxy as it should be, and brings servers back. One thing at a time, the most urgent first:
 * first what endangers data (a writable server that is not the source), then what stops writes,
 * then the rest.
 */
final class Upkeep {
  /** What endangers data or clients is tried again after at most this. */
  private static final Duration MOST_URGENT = Duration.ofSeconds(10);

  private Upkeep() {}

  static Decision decide(View before) {
    View view = before.with(Statuses.refresh(before));
    if (view.seen().server(view.source()) instanceof Unreachable source && source.isDown()) {
      return sourceDown(view.with(counted(view)), source);
    }
    View up = view.with(view.state().withSourceUp());
    return closeStranger(up)
        .orElseGet(() ->
            switch (up.seen().server(up.source())) {
              case Unreachable refusing ->
                  Decision.only(up.state().withPhase(Phase.DEGRADED, refusing.detail()));
              case Reachable source -> withSource(up, source);
            });
  }

  private static ClusterState counted(View view) {
    return view.isCheck()
        ? view.state()
            .withSourceFailure(
                Optional.ofNullable(view.seen().lastSeen().get(view.source())), view.seen().at())
        : view.state();
  }

  /** A server that is no member, and could be written to, is closed before anything else. */
  private static Optional<Decision> closeStranger(View view) {
    for (ServerId id : view.others()) {
      ServerState server = view.state().server(id);
      if (server.status() == ServerStatus.OPEN && server.retry().isDue(view.seen().at())) {
        Retry next = server.retry().next(view.seen().at(), MOST_URGENT);
        return Optional.of(
            Decision.step(
                view.state()
                    .withServer(id, s -> s.withRetry(next))
                    .withPhase(Phase.DEGRADED, server.reason() + ": closes it"),
                new Step.FenceServer(id)));
      }
    }
    return Optional.empty();
  }

  private static Decision sourceDown(View view, Unreachable source) {
    ClusterState state = view.state();
    int threshold = view.spec().masterFailureThreshold();
    boolean isOver = state.masterFailureCount() > threshold;
    Candidates.Choice choice = Candidates.choose(view);
    if (isOver && choice instanceof Candidates.Choice.Fit(ServerId candidate)) {
      return FailingOver.begin(view, candidate, source.detail());
    }
    Optional<Decision> closing = closeStranger(view);
    if (closing.isPresent()) {
      return closing.get();
    }
    boolean anyOther = view.others().stream().anyMatch(id -> view.reachable(id).isPresent());
    if (!anyOther) {
      ClusterState unavailable =
          state.withPhase(
              Phase.UNAVAILABLE,
              view.others().isEmpty()
                  ? source.detail()
                  : "neither %s nor any other server answers".formatted(view.source()));
      return Decision.only(
          view.isCheck()
              ? unavailable.withTotals(unavailable.totals().plusConnectionFailure())
              : unavailable);
    }
    if (isOver && choice instanceof Candidates.Choice.NoneFit(String reason)) {
      boolean isForOperator =
          view.joinedReplicas().stream().anyMatch(id -> state.server(id).diverged());
      return Decision.only(
          state.withPhase(
              isForOperator ? Phase.NEEDS_OPERATOR : Phase.UNAVAILABLE,
              "%s; %s".formatted(source.detail(), reason)));
    }
    return Decision.only(
        state.withPhase(
            Phase.DEGRADED,
            "%s; failed checks: %d, failover above %d"
                .formatted(source.detail(), state.masterFailureCount(), threshold)));
  }

  private static Decision withSource(View view, Reachable source) {
    ServerId id = view.source();
    if (!view.isTheSource(source)) {
      return takeOver(
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
    return source.settings().readOnly() ? reopen(known, source) : keep(known, source);
  }

  private static Decision keep(View view, Reachable source) {
    Routing routing = RoutingPolicy.desired(view);
    Set<ProxyName> wrong = view.proxiesOtherThan(routing);
    Retry retry = view.state().routing();
    View routed = wrong.isEmpty() ? view.with(view.state().withRouting(Retry.NONE)) : view;
    if (!wrong.isEmpty() && retry.isDue(view.seen().at())) {
      Retry next = retry.next(view.seen().at(), MOST_URGENT);
      return Decision.step(
          settled(view.with(view.state().withRouting(next)), source),
          new Step.ApplyRouting(routing, wrong));
    }
    // A proxy that does not take it must not keep anything else waiting.
    return repairReplica(routed, source).orElseGet(() -> join(routed, source));
  }

  /**
   * A source that restarted comes back closed, and is opened again, unless it came back with less
   * than a replica had received from it: then it has lost data, and that replica takes over.
   */
  private static Decision reopen(View view, Reachable source) {
    ServerId id = view.source();
    for (ServerId replica : view.joinedReplicas()) {
      Optional<Reachable> seen =
          view.reachable(replica).filter(_ -> !view.state().server(replica).diverged());
      if (seen.isPresent() && hasMoreOfTheSource(view, seen.get(), source)) {
        return takeOver(
            view,
            source,
            "%s came back without transactions that %s had received from it"
                .formatted(id, replica));
      }
    }
    return Decision.step(
        view.state().withPhase(Phase.DEGRADED, id + " is read-only: opens it for writes"),
        new Step.OpenSource(id));
  }

  private static boolean hasMoreOfTheSource(View view, Reachable replica, Reachable source) {
    GtidSet more = view.missingAtSource(replica, source);
    return !more.minus(more.of(replica.identity().uuid())).isEmpty();
  }

  /** The source answers but must not go on as source: a replica that has all of its data does. */
  private static Decision takeOver(View view, Reachable source, String why) {
    boolean sourceHasData = view.isTheSource(source);
    if (Candidates.choose(view) instanceof Candidates.Choice.Fit(ServerId candidate)
        && (!sourceHasData
            || view.reachable(candidate)
                .filter(server -> server.received().contains(source.executed()))
                .isPresent())) {
      return FailingOver.begin(view, candidate, why);
    }
    return Decision.only(
        view.state()
            .withPhase(
                Phase.NEEDS_OPERATOR,
                why
                    + "; no replica has all that is needed to take over: restore the data, or decide by hand which server is source"));
  }

  private static Optional<Decision> repairReplica(View view, Reachable source) {
    for (ServerId id : view.joinedReplicas()) {
      Reachable replica = view.reachable(id).orElse(null);
      if (replica == null) {
        continue;
      }
      ServerState state = view.state().server(id);
      if (hasWrongFlags(view, replica) && state.retry().isDue(view.seen().at())) {
        Retry next = state.retry().next(view.seen().at());
        return Optional.of(
            Decision.step(
                settled(view, source).withServer(id, s -> s.withRetry(next)),
                new Step.CloseReplica(id)));
      }
      if (!view.isConfiguredToFollow(replica, view.source())) {
        ClusterState lost = view.state().withServer(id, s -> s.withMembership(Membership.LOST));
        return Optional.of(decide(view.with(lost)));
      }
      if (state.status() == ServerStatus.REPLICATION_BROKEN
          && state.retry().isDue(view.seen().at())) {
        Retry next = state.retry().next(view.seen().at());
        ClusterState counted =
            settled(view, source)
                .withServer(id, s -> s.withRetry(next))
                .withTotals(view.state().totals().plusReplicationRestart());
        return Optional.of(Decision.step(counted, new Step.RestartReplication(id)));
      }
    }
    return Optional.empty();
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
    ClusterState state = settled(current, source);
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
      // A clone ends with a restart; anything else can as well be begun again.
      return rejoin.step() == RejoinStep.CLONE
          ? Decision.only(settled(view, source))
          : join(view.with(view.state().withoutOperation()), source);
    }
    if (rejoin.step() == RejoinStep.FOLLOW
        && !(Rejoining.way(view, id, server, source) instanceof Rejoining.Way.Follow)
        && !view.isConfiguredToFollow(server, view.source())) {
      // What was possible when it began no longer is: choose the way again.
      return join(view.with(view.state().withoutOperation()), source);
    }
    return explained(view, source, Rejoining.decide(view, rejoin, server, source));
  }

  private static Decision explained(View view, Reachable source, Decision decision) {
    if (decision.next().operation().isEmpty()) {
      return decision;
    }
    ClusterState settled = settled(view.with(decision.next()), source);
    return new Decision(settled, decision.step(), decision.finished());
  }

  /** The phase and its reason, when the source takes writes. */
  private static ClusterState settled(View view, Reachable source) {
    ClusterState state = view.state();
    List<String> amiss = new ArrayList<>();
    boolean anyNew = false;
    boolean onlyNew = true;
    for (ServerId id : view.others()) {
      ServerState server = state.server(id);
      anyNew |= server.membership() == Membership.NEW;
      if (server.status() == ServerStatus.UP && server.isJoined()) {
        if (view.reachable(id).filter(replica -> hasWrongFlags(view, replica)).isPresent()) {
          amiss.add(id + ": its read-only flags are being set right");
        }
        continue;
      }
      onlyNew &= server.membership() == Membership.NEW && view.reachable(id).isPresent();
      amiss.add(server.reason().isEmpty() ? joining(state, id) : server.reason());
    }
    List<String> proxies = view.proxyProblems();
    amiss.addAll(proxies);
    Routing routing = RoutingPolicy.desired(view);
    view.proxiesOtherThan(routing).forEach(proxy -> amiss.add(proxy + " is being set right"));
    if (amiss.isEmpty()) {
      return state.withPhase(Phase.RUNNING, running(view, source));
    }
    Phase phase = anyNew && onlyNew ? Phase.BOOTSTRAPPING : Phase.DEGRADED;
    return state.withPhase(phase, String.join("; ", amiss));
  }

  private static String joining(ClusterState state, ServerId id) {
    Optional<Operation> operation = state.operation();
    if (operation.orElse(null) instanceof Rejoin rejoin && rejoin.server().equals(id)) {
      return "%s: %s".formatted(rejoin.why(), rejoin.stepName());
    }
    return id + " has not joined yet";
  }

  private static String running(View view, Reachable source) {
    String replicas =
        view.others().isEmpty() ? "there is no replica" : view.others() + " follow it";
    String missing =
        source.missingSetup().isEmpty()
            ? ""
            : "; it lacks " + String.join(", ", source.missingSetup().stream().sorted().toList());
    return "%s takes writes, %s%s".formatted(view.source(), replicas, missing);
  }
}
