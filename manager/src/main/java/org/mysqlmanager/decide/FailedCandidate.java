package org.mysqlmanager.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.Failover;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.ServerId;

/**
 * A candidate that is away, or cannot apply what it has received: until clients have been sent to
 * it another one may be chosen, or the failover be given up if the old source is back.
 */
final class FailedCandidate {
  private FailedCandidate() {}

  /** Another candidate that has all that is required, or the old source if that is back with it. */
  static Optional<Decision> otherThanCatchingUp(View view, Failover failover) {
    Set<ServerId> sources = Set.of(failover.oldSource(), failover.candidate());
    Candidates.Choice choice = Candidates.choose(view, sources, Set.of(failover.candidate()));
    if (choice instanceof Candidates.Choice.Fit(ServerId other)
        && hasReceived(view, other, failover.required())) {
      return Optional.of(
          replaceCandidate(view, failover, other, "cannot apply what it has received"));
    }
    return mayGoBack(view, failover)
        ? Optional.of(giveUp(view, failover, "cannot apply what it has received"))
        : Optional.empty();
  }

  /**
   * Whether the old source may simply be source again: it is back with all that was required of its
   * successor, and it was not given up because it cannot write.
   */
  private static boolean mayGoBack(View view, Failover failover) {
    return hasReceived(view, failover.oldSource(), failover.required())
        && view.reachable(failover.oldSource()).filter(view::isTheSource).isPresent()
        && !WriteFailures.isOver(view);
  }

  private static boolean hasReceived(View view, ServerId id, GtidSet required) {
    return view.reachable(id).filter(server -> server.received().contains(required)).isPresent();
  }

  /**
   * The candidate is away. Until clients have been sent to it (ROUTE), another server can be
   * chosen; from PROMOTE on it may have been opened, so it is a former source then. Afterwards it
   * is the source, and its failure is one like any other.
   */
  static Decision away(View view, Failover failover) {
    Failover counted =
        view.isCheck()
            ? failover.withCandidateFailures(failover.candidateFailures() + 1)
            : failover;
    if (Testimony.isOneOfFewThatMissIt(view, failover.candidate(), counted.candidateFailures())) {
      String reason =
          "this manager cannot see %s, which is to take over, and most others can: gives up leadership"
              .formatted(failover.candidate());
      return Decision.step(
          view.state()
              .withOperation(failover.withCandidateFailures(0))
              .withPhase(Phase.FAILING_OVER, reason),
          new Step.Resign(reason));
    }
    boolean isGone =
        counted.candidateFailures() > view.spec().masterFailureThreshold()
            && !Testimony.isSeenByAllOthers(view, failover.candidate());
    if (isGone) {
      if (counted.step() == FailoverStep.ROUTE) {
        return FailingOver.finish(view.with(FailingOver.switched(view, counted)), counted);
      }
      Set<ServerId> sources = Set.of(failover.oldSource(), failover.candidate());
      Candidates.Choice choice = Candidates.choose(view, sources, Set.of(failover.candidate()));
      if (choice instanceof Candidates.Choice.Fit(ServerId other)) {
        return replaceCandidate(view, counted, other, "is away");
      }
      if (mayGoBack(view, failover)) {
        return giveUp(view, counted, "is away");
      }
    }
    List<String> away = new ArrayList<>();
    away.add(view.unreachableReason(failover.candidate()));
    if (view.reachable(failover.oldSource()).isEmpty()) {
      away.add(view.unreachableReason(failover.oldSource()));
    }
    ClusterState next =
        view.state()
            .withOperation(counted)
            .withPhase(
                Phase.UNAVAILABLE,
                "the failover from %s to %s goes on when %s answers: %s"
                    .formatted(
                        failover.oldSource(),
                        failover.candidate(),
                        failover.candidate(),
                        String.join("; ", new TreeSet<>(away))));
    boolean nobodyAnswers =
        view.spec().serverIds().stream().noneMatch(id -> view.reachable(id).isPresent());
    return Decision.only(
        nobodyAnswers && view.isCheck()
            ? next.withTotals(next.totals().plusConnectionFailure())
            : next);
  }

  private static Decision replaceCandidate(
      View view, Failover failover, ServerId other, String problem) {
    return FailingOver.begin(
        view.with(withoutCandidate(view, failover)),
        other,
        Sentences.bounded(
            failover.why(),
            "; %s was to take over but %s".formatted(failover.candidate(), problem)));
  }

  private static Decision giveUp(View view, Failover failover, String problem) {
    HistoryRecord record =
        new HistoryRecord(
            view.state().epoch(),
            failover,
            view.seen().at(),
            "given up before any client was sent there: %s %s and %s is back"
                .formatted(failover.candidate(), problem, failover.oldSource()),
            Map.of());
    Decision rest = Upkeep.decide(view.with(withoutCandidate(view, failover).withSourceUp()));
    return new Decision(rest.next(), rest.step(), List.of(record));
  }

  /** The state without the failover; a candidate that may have been opened is a former source. */
  private static ClusterState withoutCandidate(View view, Failover failover) {
    ClusterState state = view.state().withoutOperation();
    return failover.step().compareTo(FailoverStep.PROMOTE) < 0
        ? state
        : state.withServer(
            failover.candidate(),
            server -> server.withMembership(Membership.FORMER_SOURCE).withRetry(Retry.NONE));
  }
}
