package org.mysqlmanager.decide;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;

/** How each server does, in a word and a sentence. */
final class Statuses {
  private Statuses() {}

  /** The state with the status of every server in the spec as seen now. */
  static ClusterState refresh(View view) {
    // A server that is no longer in the spec is forgotten with its status.
    Map<ServerId, ServerState> refreshed = new TreeMap<>();
    view.spec().serverIds().forEach(id -> refreshed.put(id, refreshed(view, id)));
    return view.state().withServers(refreshed);
  }

  private static ServerState refreshed(View view, ServerId id) {
    ServerState before = view.state().server(id);
    ServerState after =
        switch (view.seen().server(id)) {
          case Unreachable unreachable ->
              before.withStatus(statusOf(unreachable), unreachable.detail());
          case Reachable server when id.equals(view.source()) -> ofSource(before, server);
          case Reachable server when before.isJoined() -> ofReplica(view, id, before, server);
          case Reachable server -> ofStranger(view, id, before, server);
        };
    // Only what stays well through a whole pause is well: a replica that breaks again right after
    // each restart must not be restarted without pause.
    boolean isWell = after.status() == ServerStatus.UP && before.retry().isDue(view.seen().at());
    return isWell ? after.withRetry(Retry.NONE) : after;
  }

  private static ServerStatus statusOf(Unreachable unreachable) {
    return unreachable.isDown() ? ServerStatus.DOWN : ServerStatus.REFUSING;
  }

  private static ServerState ofSource(ServerState before, Reachable source) {
    return source.settings().readOnly()
        ? before.withStatus(ServerStatus.READ_ONLY, "read_only=1 on the source")
        : before.withStatus(ServerStatus.UP, "").withDiverged(false);
  }

  private static ServerState ofReplica(
      View view, ServerId id, ServerState before, Reachable replica) {
    Reachable source = view.reachable(view.source()).orElse(null);
    ServerState compared = before;
    if (source != null && !source.settings().readOnly() && view.isTheSource(source)) {
      // Only a source that is open can be compared with: one that is away or has just come back may
      // itself be what lacks something. What was found before still holds then.
      compared = before.withDiverged(!view.errant(replica, source).isEmpty());
    }
    if (compared.diverged()) {
      return compared.withStatus(
          ServerStatus.DIVERGED,
          source == null || view.errant(replica, source).isEmpty()
              ? "%s had transactions that %s lacked".formatted(id, view.source())
              : "%s has transactions that %s lacks: %s"
                  .formatted(id, view.source(), view.errant(replica, source)));
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

  private static ServerState ofStranger(
      View view, ServerId id, ServerState before, Reachable server) {
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
