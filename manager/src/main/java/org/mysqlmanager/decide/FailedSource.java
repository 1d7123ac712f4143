package org.mysqlmanager.decide;

import java.util.Optional;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;

/**
 * A source that does not do what a source is for: it is down, or back with less than it had, or
 * back closed, or cannot write. Whether another one takes over, and if not, why.
 */
final class FailedSource {
  private FailedSource() {}

  /** It is down; the failure is counted already. */
  static Decision down(View view, Unreachable source) {
    ClusterState state = view.state();
    int threshold = view.spec().masterFailureThreshold();
    boolean isOver = state.masterFailureCount() > threshold;
    if (Testimony.isOneOfFewThatMissIt(view, view.source(), state.masterFailureCount())) {
      String reason =
          "this manager cannot see %s (%s), most others can: gives up leadership"
              .formatted(view.source(), source.detail());
      return Decision.step(
          state.withoutSourceFailures().withPhase(Phase.DEGRADED, reason), new Step.Resign(reason));
    }
    Optional<String> objection = isOver ? Testimony.objection(view) : Optional.empty();
    Candidates.Choice choice = Candidates.choose(view);
    if (isOver
        && objection.isEmpty()
        && choice instanceof Candidates.Choice.Fit(ServerId candidate)) {
      Optional<String> tooSoon = Flapping.objection(view);
      if (tooSoon.isEmpty()) {
        return FailingOver.begin(view, candidate, source.detail());
      }
      objection = tooSoon;
    }
    Optional<Decision> closing = Strangers.close(view);
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
    if (objection.isPresent()) {
      return Decision.only(
          state.withPhase(
              Phase.DEGRADED, "%s; no failover: %s".formatted(source.detail(), objection.get())));
    }
    if (isOver
        && choice instanceof Candidates.Choice.NoneFit(String reason, boolean isForOperator)) {
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

  /**
   * A source that restarted comes back closed, and is opened again, unless it came back with less
   * than a replica had received from it: then it has lost data, and that replica takes over.
   */
  static Decision reopen(View view, Reachable source) {
    ServerId id = view.source();
    for (ServerId replica : view.joinedReplicas()) {
      Optional<Reachable> seen =
          view.reachable(replica).filter(_ -> !view.state().server(replica).diverged());
      if (seen.isPresent() && hasMoreOfTheSource(view, replica, seen.get(), source)) {
        return takeOver(
            view,
            source,
            "%s came back without transactions that %s had received from it"
                .formatted(id, replica));
      }
    }
    GtidSet known =
        view.state()
            .sourceExecuted()
            .orElse(GtidSet.EMPTY)
            .union(view.seen().evidence().sourceExecuted().orElse(GtidSet.EMPTY));
    GtidSet lost = known.minus(source.executed());
    if (!lost.isEmpty()) {
      return takeOver(
          view,
          source,
          "%s came back without transactions that it was seen to have: %s (to do without them, open it by hand: SET GLOBAL super_read_only=0, read_only=0)"
              .formatted(id, lost));
    }
    ClusterState state =
        view.state().withPhase(Phase.DEGRADED, id + " is read-only: opens it for writes");
    Retry retry = state.server(id).retry();
    if (Attempts.areUsedUp(retry)) {
      state =
          state.withPhase(
              Phase.NEEDS_OPERATOR,
              Attempts.usedUp(id + " is read-only and cannot be opened for writes", view));
    }
    if (!retry.isDue(view.seen().at(), Attempts.MOST_URGENT)) {
      return Decision.only(state);
    }
    Retry next = retry.next(view.seen().at(), Attempts.MOST_URGENT);
    return Decision.step(state.withServer(id, s -> s.withRetry(next)), new Step.OpenSource(id));
  }

  private static boolean hasMoreOfTheSource(
      View view, ServerId id, Reachable replica, Reachable source) {
    GtidSet more = view.missingAtSource(id, replica, source);
    return !more.minus(more.of(replica.identity().uuid())).isEmpty();
  }

  /** The source answers but must not go on as source: a replica that has all of its data does. */
  static Decision takeOver(View view, Reachable source, String why) {
    Optional<ServerId> candidate = candidateWithAll(view, source);
    Optional<String> tooSoon = Flapping.objection(view);
    if (candidate.isPresent() && tooSoon.isEmpty()) {
      return FailingOver.begin(view, candidate.get(), why);
    }
    return Decision.only(
        candidate.isPresent()
            ? view.state()
                .withPhase(Phase.DEGRADED, why + "; no failover: " + tooSoon.orElseThrow())
            : view.state()
                .withPhase(
                    Phase.NEEDS_OPERATOR,
                    why
                        + "; no replica has all that is needed to take over: restore the data, or decide by hand which server is source"));
  }

  /** A fit replica that has received whatever the source, which answers, has of the cluster's. */
  private static Optional<ServerId> candidateWithAll(View view, Reachable source) {
    return Candidates.choose(view) instanceof Candidates.Choice.Fit(ServerId candidate)
            && (!view.isTheSource(source)
                || view.reachable(candidate)
                    .filter(server -> server.received().contains(source.executed()))
                    .isPresent())
        ? Optional.of(candidate)
        : Optional.empty();
  }

  /** The source answers and cannot write, and the operator wants another one to take over then. */
  static Decision replaceUnwritable(View view, Reachable source) {
    String why = view.state().server(view.source()).reason();
    Optional<String> tooSoon = Flapping.objection(view);
    Optional<ServerId> candidate = candidateWithAll(view, source);
    if (tooSoon.isEmpty() && candidate.isPresent()) {
      return FailingOver.begin(view, candidate.get(), why);
    }
    // Writes may succeed again at any time; until then everything else goes on.
    Decision other = Upkeep.keep(view, source);
    return new Decision(
        other
            .next()
            .withPhase(
                tooSoon.isPresent() ? Phase.DEGRADED : Phase.NEEDS_OPERATOR,
                "%s; no failover: %s"
                    .formatted(
                        why,
                        tooSoon.orElse(
                            "no fit replica has received all that the source has executed"))),
        other.step(),
        other.finished());
  }
}
