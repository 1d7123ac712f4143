package org.mysqlmanager.decide;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.LastFailover;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.Failover;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;

/**
 * A failover, step by step: FENCE the old source, STOP_RECEIVER and CATCH_UP so that nothing
 * received is lost, PROMOTE, REPOINT the other replicas, ROUTE, CONFIRM. The source of the state
 * changes in one write, when clients have been routed. A step that was stored may have been carried
 * out; one that was not, was not: until PROMOTE is stored the failover can be given up.
 */
final class FailingOver {
  /** How often a step that something does not take is carried out before it is left behind. */
  private static final int MOST_ATTEMPTS = 3;

  /** How often the candidate may still be applying what it has received; each wait is bounded. */
  private static final int MOST_WAITS = 60;

  private FailingOver() {}

  /** Begins a failover to that candidate. */
  static Decision begin(View view, ServerId candidate, String why) {
    ClusterState state = view.state();
    Reachable chosen = view.reachable(candidate).orElseThrow();
    GtidSet unreceived =
        state.sourceExecuted().map(set -> set.minus(chosen.received())).orElse(GtidSet.EMPTY);
    String whole =
        unreceived.isEmpty()
            ? why
            : "%s; %s was last seen to have %s, which %s has not received"
                .formatted(why, view.source(), unreceived, candidate);
    Failover failover =
        new Failover(
            view.source(),
            candidate,
            chosen.received(),
            FailoverStep.FENCE,
            0,
            0,
            state.sourceLastSeen(),
            state.sourceFailedAt().orElse(view.seen().at()),
            GtidSet.EMPTY,
            whole,
            view.seen().at(),
            List.of());
    return decide(view, failover);
  }

  static Decision decide(View view, Failover failover) {
    View refreshed = view.with(Statuses.refresh(view));
    Optional<Reachable> candidate = refreshed.reachable(failover.candidate());
    if (failover.step() == FailoverStep.CONFIRM) {
      return finish(refreshed, failover);
    }
    if (candidate.isEmpty()) {
      return FailedCandidate.away(refreshed, failover);
    }
    return step(refreshed, failover.withCandidateFailures(0), candidate.get());
  }

  private static Decision step(View view, Failover failover, Reachable candidate) {
    return switch (failover.step()) {
      case FENCE -> fence(view, failover, candidate);
      case STOP_RECEIVER -> stopReceiver(view, failover, candidate);
      case CATCH_UP -> catchUp(view, failover, candidate);
      case PROMOTE -> promote(view, failover, candidate);
      case REPOINT -> repoint(view, failover, candidate);
      case ROUTE -> route(view, failover);
      case CONFIRM -> finish(view, failover);
    };
  }

  private static Decision fence(View view, Failover failover, Reachable candidate) {
    Set<ProxyName> open = view.proxiesRoutingTo(failover.oldSource());
    // A proxy that says that it sends clients there is believed: a source that managers cannot
    // reach
    // may take their writes. One that does not answer holds nothing up.
    if (failover.attempts() > 0 && open.isEmpty() && isClosed(view, failover.oldSource())) {
      return step(view, failover.at(FailoverStep.STOP_RECEIVER, view.seen().at()), candidate);
    }
    Routing nowhere = RoutingPolicy.desired(view).without(failover.oldSource());
    Set<ProxyName> proxies = failover.attempts() == 0 ? view.reachableProxies() : open;
    return Decision.step(
        at(view, failover.withAttempt(), "takes %s out of service", failover.oldSource()),
        fencing(view, failover, nowhere, proxies));
  }

  /**
   * At first everything at once, and nobody waits for a server that most likely does not answer.
   * One that turns out to live is waited for afterwards.
   */
  private static Step fencing(
      View view, Failover failover, Routing nowhere, Set<ProxyName> proxies) {
    ServerId oldSource = failover.oldSource();
    boolean isOurs =
        view.spec().server(oldSource).isPresent()
            && view.reachable(oldSource).map(view::isTheSource).orElse(true);
    if (!isOurs) {
      return new Step.ApplyRouting(nowhere, proxies);
    }
    return failover.attempts() > 0 && proxies.isEmpty()
        ? new Step.FenceServer(oldSource)
        : new Step.FenceOldSource(oldSource, nowhere, proxies);
  }

  /**
   * Whether the old source takes no writes: it is away, or super_read_only. One that lives and only
   * refuses the manager may well take writes. A foreign server in its place is none of ours.
   */
  private static boolean isClosed(View view, ServerId oldSource) {
    return view.reachable(oldSource)
        .map(server -> server.settings().superReadOnly() || !view.isTheSource(server))
        .orElseGet(() -> view.isDown(oldSource) || view.spec().server(oldSource).isEmpty());
  }

  private static Decision stopReceiver(View view, Failover failover, Reachable candidate) {
    if (!receives(candidate)) {
      // Nothing more can arrive: what there is now is what has to be applied.
      Failover frozen = failover.requiring(failover.required().union(candidate.received()));
      return step(view, frozen.at(FailoverStep.CATCH_UP, view.seen().at()), candidate);
    }
    if (mayStillReceive(view, failover, candidate)) {
      return Decision.only(
          at(
              view,
              failover.withAttempt(),
              "%s receives what the old source, closed now, still has",
              failover.candidate()));
    }
    return Decision.step(
        at(view, failover.withAttempt(), "stops the receiver of %s", failover.candidate()),
        new Step.StopReceiver(failover.candidate()));
  }

  /**
   * The old source answers and is closed: what it has can still be sent, if that takes not long.
   */
  private static boolean mayStillReceive(View view, Failover failover, Reachable candidate) {
    return failover.attempts() < MOST_ATTEMPTS
        && candidate
            .replication()
            .filter(status -> status.receiver() == Receiver.RUNNING)
            .isPresent()
        && view.reachable(failover.oldSource())
            .filter(view::isTheSource)
            .filter(old -> !candidate.received().contains(old.executed()))
            .isPresent();
  }

  private static Decision catchUp(View view, Failover failover, Reachable candidate) {
    if (candidate.executed().contains(failover.required())) {
      return step(view, failover.at(FailoverStep.PROMOTE, view.seen().at()), candidate);
    }
    Optional<Replication> replication = candidate.replication();
    if (receives(candidate)) {
      // It was restarted, and with it the receiver.
      return step(view, failover.at(FailoverStep.STOP_RECEIVER, view.seen().at()), candidate);
    }
    String error = replication.map(Replication::applierError).orElse("");
    GtidSet lost = failover.required().minus(candidate.received());
    if (!error.isEmpty() || !lost.isEmpty() || failover.attempts() >= MOST_ATTEMPTS) {
      Optional<Decision> other = FailedCandidate.otherThanCatchingUp(view, failover);
      if (other.isPresent()) {
        return other.get();
      }
    }
    if (!lost.isEmpty()) {
      // relay_log_recovery drops what was received and not applied when mysqld restarts, and nobody
      // else has it but the old source: there it is saved when that one is back.
      Failover without =
          failover
              .requiring(candidate.received())
              .because(
                  Sentences.bounded(
                      failover.why(),
                      "; %s had received %s and lost it when it restarted"
                          .formatted(failover.candidate(), lost)));
      return catchUp(view, without, candidate);
    }
    Step await = new Step.AwaitApplied(failover.candidate(), failover.required());
    if (!error.isEmpty()) {
      return Decision.step(
          view.state()
              .withOperation(failover.withAttempt())
              .withPhase(
                  Phase.NEEDS_OPERATOR,
                  "the failover from %s to %s stands: %s cannot apply what it has received: %s; mend that on the server and the failover goes on"
                      .formatted(
                          failover.oldSource(), failover.candidate(), failover.candidate(), error)),
          await);
    }
    return Decision.step(
        at(view, failover.withAttempt(), "%s applies what it has received", failover.candidate()),
        await);
  }

  private static Decision promote(View view, Failover failover, Reachable candidate) {
    if (!isClosed(view, failover.oldSource())) {
      return Decision.step(
          at(view, failover.withAttempt(), "closes %s, which is back", failover.oldSource()),
          new Step.FenceServer(failover.oldSource()));
    }
    if (candidate.replication().isEmpty() && !candidate.settings().readOnly()) {
      return step(view, failover.at(FailoverStep.REPOINT, view.seen().at()), candidate);
    }
    if (receives(candidate)) {
      // It was restarted, and with it the receiver: what has come since must be applied, too.
      return step(view, failover.at(FailoverStep.STOP_RECEIVER, view.seen().at()), candidate);
    }
    return Decision.step(
        at(view, failover.withAttempt(), "promotes %s", failover.candidate()),
        new Step.Promote(failover.candidate(), failover.required()));
  }

  private static Decision repoint(View view, Failover failover, Reachable candidate) {
    for (ServerId id : bystanders(view, failover)) {
      Optional<Reachable> replica = view.reachable(id);
      boolean follows =
          replica.filter(r -> view.isConfiguredToFollow(r, failover.candidate())).isPresent();
      boolean canFollow =
          replica.filter(r -> candidate.executed().contains(r.received())).isPresent();
      if (follows || !canFollow) {
        continue;
      }
      // Its receiver is stopped first: what came after the comparison would be errant.
      Retry retry = view.state().server(id).retry();
      boolean receives = receives(replica.orElseThrow());
      Step step = receives ? new Step.StopReceiver(id) : new Step.Follow(id, failover.candidate());
      if (retry.attempts() == 0 || (retry.attempts() == 1 && !receives)) {
        ClusterState counted =
            at(view, failover, "makes the other replicas follow %s", failover.candidate())
                .withServer(id, server -> server.withRetry(retry.next(view.seen().at())));
        return Decision.step(counted, step);
      }
    }
    Failover next =
        failover.at(FailoverStep.ROUTE, view.seen().at()).promotedWith(candidate.executed());
    return step(view, next, candidate);
  }

  /** Whether more may come from whom it replicates from. */
  private static boolean receives(Reachable server) {
    return server.replication().filter(status -> status.receiver() != Receiver.STOPPED).isPresent();
  }

  private static List<ServerId> bystanders(View view, Failover failover) {
    return view.joinedReplicas().stream().filter(id -> !id.equals(failover.candidate())).toList();
  }

  private static Decision route(View view, Failover failover) {
    View switched = view.with(view.state().withServers(switchedServers(view, failover)));
    Routing routing = RoutingPolicy.desired(switched, failover.candidate());
    Set<ProxyName> wrong = view.proxiesOtherThan(routing);
    // What a proxy does not take is pending work; the others' clients need not wait for it.
    if (!wrong.isEmpty() && failover.attempts() < MOST_ATTEMPTS) {
      return Decision.step(
          at(view, failover.withAttempt(), "sends clients to %s", failover.candidate()),
          new Step.ApplyRouting(routing, wrong));
    }
    Failover confirming = failover.at(FailoverStep.CONFIRM, view.seen().at());
    ClusterState next =
        switched(view, failover)
            .withOperation(confirming)
            .withPhase(
                Phase.FAILING_OVER,
                "%s took over from %s; waits for its first commit"
                    .formatted(failover.candidate(), failover.oldSource()));
    return Decision.step(
        next, new Step.AwaitFirstCommit(failover.candidate(), confirming.promotedWith()));
  }

  /** The candidate is the source: in one value with every server's part. */
  static ClusterState switched(View view, Failover failover) {
    ClusterState state =
        view.state()
            .withSource(failover.candidate(), switchedServers(view, failover))
            .withTotals(view.state().totals().plusFailover());
    return view.reachable(failover.candidate())
        .map(server -> state.withSourceUuid(server.identity().uuid()))
        .orElse(state);
  }

  /** Every server's part once the candidate is source: who does not follow it has yet to rejoin. */
  private static Map<ServerId, ServerState> switchedServers(View view, Failover failover) {
    Map<ServerId, ServerState> servers = new TreeMap<>(view.state().servers());
    for (ServerId id : bystanders(view, failover)) {
      boolean follows =
          view.reachable(id)
              .filter(replica -> view.isConfiguredToFollow(replica, failover.candidate()))
              .isPresent();
      ServerState state = view.state().server(id).withRetry(Retry.NONE);
      servers.put(id, follows ? state : state.withMembership(Membership.LOST));
    }
    servers.put(
        failover.oldSource(),
        view.state()
            .server(failover.oldSource())
            .withRole(Role.REPLICA)
            .withFormerUuid(view.state().sourceUuid())
            .withMembership(Membership.FORMER_SOURCE)
            .withRetry(Retry.NONE));
    servers.put(
        failover.candidate(),
        view.state().server(failover.candidate()).withRole(Role.SOURCE).withRetry(Retry.NONE));
    return servers;
  }

  static Decision finish(View view, Failover failover) {
    Failover done = failover.at(FailoverStep.CONFIRM, view.seen().at());
    boolean commitSeen =
        view.reachable(failover.candidate())
            .map(server -> beyond(server, failover.promotedWith()))
            .orElse(false);
    Map<String, Long> durations = new TreeMap<>();
    failover
        .lastSeen()
        .ifPresent(seen ->
            durations.put("last_seen_to_decision", Durations.millis(seen, failover.started())));
    durations.put(
        "first_failure_to_decision", Durations.millis(failover.firstFailure(), failover.started()));
    failover.done().stream()
        .filter(step -> step.step().equals("route"))
        .forEach(step ->
            durations.put(
                "decision_to_routed", Durations.millis(failover.started(), step.finished())));
    if (commitSeen) {
      durations.put(
          "decision_to_first_commit", Durations.millis(failover.started(), view.seen().at()));
      failover
          .lastSeen()
          .ifPresent(seen ->
              durations.put("last_seen_to_first_commit", Durations.millis(seen, view.seen().at())));
    }
    HistoryRecord record =
        new HistoryRecord(
            view.state().epoch(),
            done,
            view.seen().at(),
            "%s took over from %s%s"
                .formatted(
                    failover.candidate(),
                    failover.oldSource(),
                    commitSeen ? "" : "; no client committed anything within a second"),
            durations);
    ClusterState ended =
        view.state()
            .withoutOperation()
            .withLastFailover(new LastFailover(view.seen().at(), failover.oldSource()));
    Decision rest = Upkeep.decide(view.with(ended));
    return new Decision(rest.next(), rest.step(), List.of(record));
  }

  private static boolean beyond(Reachable server, GtidSet before) {
    String uuid = server.identity().uuid();
    return !server.executed().of(uuid).minus(before.of(uuid)).isEmpty();
  }

  private static ClusterState at(View view, Failover failover, String doing, ServerId who) {
    String what =
        "from %s to %s: %s"
            .formatted(failover.oldSource(), failover.candidate(), doing.formatted(who));
    int most = failover.step() == FailoverStep.CATCH_UP ? MOST_WAITS : Attempts.MOST;
    ClusterState state = view.state().withOperation(failover);
    return failover.attempts() <= most
        ? state.withPhase(Phase.FAILING_OVER, what)
        : state.withPhase(
            Phase.NEEDS_OPERATOR,
            "the failover stands and goes on by itself when it can: "
                + Attempts.usedUp(what + ": not done", most, view));
  }
}
