package org.mysqlmanager.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.ServerObservation.Unreachable;

/** How each server does, in a word and a sentence. */
final class Statuses {
  private Statuses() {}

  /** The state with the status of every server in the spec as seen now. */
  static ClusterState refresh(View view) {
    Map<ServerId, ServerState> refreshed = new TreeMap<>();
    view.state()
        .servers()
        .forEach((id, server) -> {
          // A server that leaves the spec is forgotten, but not what must not be done with its
          // data.
          if (view.spec().server(id).isEmpty()
              && (server.cloneRequired() || !server.discarded().isEmpty())) {
            refreshed.put(id, server.forgotten());
          }
        });
    view.spec().serverIds().forEach(id -> refreshed.put(id, refreshed(view, id)));
    return view.state().withServers(refreshed);
  }

  private static ServerState refreshed(View view, ServerId id) {
    ServerState before = view.state().server(id);
    ServerState after =
        switch (view.seen().server(id)) {
          case Unreachable unreachable -> away(view, before, unreachable);
          case Reachable server when id.equals(view.source()) -> ofSource(view, before, server);
          case Reachable server when before.isJoined() -> ofReplica(view, id, before, server);
          case Reachable server -> ofStranger(view, id, before, server);
        };
    // Only what stays well through a whole pause is well: a replica that breaks again right after
    // each restart must not be restarted without pause.
    // Without a source, or in a failover, nobody can tell whether it is.
    boolean isWell =
        after.status() == ServerStatus.UP
            && before.retry().isDue(view.seen().at())
            && view.reachable(view.source()).isPresent()
            && !(view.state().operation().orElse(null) instanceof Operation.Failover);
    return isWell ? after.withRetry(Retry.NONE).withRepairs(0) : after;
  }

  private static ServerState away(View view, ServerState before, Unreachable unreachable) {
    ServerState away = before.withStatus(statusOf(unreachable), unreachable.detail());
    boolean misses =
        before.isJoined()
            && before.absentSince().isEmpty()
            && view.reachable(view.source())
                .filter(source -> !source.settings().readOnly())
                .isPresent();
    return misses ? away.withAbsentSince(Optional.of(view.seen().at())) : away;
  }

  private static ServerStatus statusOf(Unreachable unreachable) {
    return unreachable.isDown() ? ServerStatus.DOWN : ServerStatus.REFUSING;
  }

  private static ServerState ofSource(View view, ServerState before, Reachable source) {
    boolean isFailing =
        before.status() == ServerStatus.WRITE_FAILING && view.state().writeFailureCount() > 0;
    return source.settings().readOnly()
        ? before.withStatus(ServerStatus.READ_ONLY, "read_only=1 on the source")
        : before
            .withStatus(
                isFailing ? ServerStatus.WRITE_FAILING : ServerStatus.UP,
                isFailing ? before.reason() : "")
            .withDiverged(false)
            .withAbsentSince(Optional.empty())
            .withBehind(Optional.empty());
  }

  private static ServerState ofReplica(
      View view, ServerId id, ServerState before, Reachable replica) {
    Reachable source = view.reachable(view.source()).orElse(null);
    ServerState compared = before;
    if (source != null && !source.settings().readOnly() && view.isTheSource(source)) {
      // Only a source that is open can be compared with: one that is away or has just come back may
      // itself be what lacks something. What was found before still holds then.
      compared =
          before
              .withDiverged(!view.errant(id, replica, source).isEmpty())
              .withDiscarded(replica.received().intersect(before.discarded()))
              .withAbsentSince(absentSince(view, id, before))
              .withBehind(behind(view, id, before, replica));
    }
    if (compared.diverged()) {
      return compared.withStatus(
          ServerStatus.DIVERGED,
          source == null || view.errant(id, replica, source).isEmpty()
              ? "%s had transactions that %s lacked".formatted(id, view.source())
              : "%s has transactions that %s lacks: %s"
                  .formatted(id, view.source(), view.errant(id, replica, source)));
    }
    if (Upkeep.hasWrongFlags(view, replica)) {
      return compared.withStatus(
          ServerStatus.WRONG_FLAGS,
          "%s has read_only=%d, super_read_only=%d: these are set right"
              .formatted(
                  id,
                  replica.settings().readOnly() ? 1 : 0,
                  replica.settings().superReadOnly() ? 1 : 0));
    }
    if (source == null) {
      return compared.withStatus(ServerStatus.UP, "");
    }
    if (!view.isConfiguredToFollow(replica, view.source())) {
      return compared.withStatus(
          ServerStatus.REPLICATION_BROKEN, "%s does not follow %s".formatted(id, view.source()));
    }
    Optional<String> problem = View.replicationProblem(replica.replication().orElseThrow());
    ServerState result = compared;
    return problem
        .map(text -> result.withStatus(ServerStatus.REPLICATION_BROKEN, id + ": " + text))
        .orElseGet(() -> result.withStatus(ServerStatus.UP, ""));
  }

  /** Nothing more, once it is known what it lacks. */
  private static Optional<Instant> absentSince(View view, ServerId id, ServerState before) {
    return view.seen().evidence().receiverLag().containsKey(id)
        ? Optional.empty()
        : before.absentSince();
  }

  /** How far behind it is, if that is too far to be promoted; as before, where nobody can tell. */
  private static Optional<Duration> behind(
      View view, ServerId id, ServerState before, Reachable replica) {
    Duration receiver = view.seen().evidence().receiverLag().get(id);
    Duration applier = replica.replication().flatMap(Replication::lag).orElse(Duration.ZERO);
    if (receiver == null && applier.compareTo(view.spec().maxFailoverLag()) <= 0) {
      return before.behind();
    }
    Duration lag = receiver == null || applier.compareTo(receiver) > 0 ? applier : receiver;
    if (lag.compareTo(view.spec().maxFailoverLag()) <= 0) {
      return Optional.empty();
    }
    return before
        .behind()
        .filter(known -> known.compareTo(lag) <= 0 && lag.compareTo(known.multipliedBy(2)) < 0)
        .or(() -> Optional.of(lag));
  }

  private static ServerState ofStranger(
      View view, ServerId id, ServerState marked, Reachable server) {
    // What it does not hold now it can only get in the version that is in force.
    ServerState before = marked.withDiscarded(server.received().intersect(marked.discarded()));
    if (server.lastClone().state() == CloneState.IN_PROGRESS) {
      return before.withStatus(
          ServerStatus.CLONING, id + ": its data is being replaced by a clone");
    }
    if (Strangers.mustBeClosed(view, id, server)) {
      return before.withStatus(
          ServerStatus.OPEN, id + " is not the source and must not take writes");
    }
    ServerState joining = before.withStatus(ServerStatus.JOINING, "");
    // Attempts at closing it are not attempts at letting it join.
    return before.status() == ServerStatus.OPEN ? joining.withRetry(Retry.NONE) : joining;
  }
}
