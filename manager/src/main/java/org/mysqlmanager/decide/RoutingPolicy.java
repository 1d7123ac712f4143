package org.mysqlmanager.decide;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Replication;

/**
 * Where clients belong. The writer is the source, as long as it is the source: whether it answers
 * is for failure detection. Readers are the replicas that follow the source closely enough; a
 * server that was merely closed for writes would serve stale reads. The same goes for one that
 * broke again after a restart of its replication and has run for a moment only since the last: it
 * would be sent clients after each restart. Without any such replica the source serves the reads
 * too.
 */
final class RoutingPolicy {
  private RoutingPolicy() {}

  /** The routing for the source of the state. */
  static Routing desired(View view) {
    return desired(view, view.source());
  }

  /** The routing with that server as source. */
  static Routing desired(View view, ServerId source) {
    Set<ServerId> readers = new TreeSet<>();
    for (ServerId id : view.spec().serverIds()) {
      if (!id.equals(source)
          && view.state().server(id).isJoined()
          && !view.state().server(id).diverged()
          && !isOnProbation(view, view.state().server(id).retry())
          && view.reachable(id).filter(server -> mayServeReads(view, server, source)).isPresent()) {
        readers.add(id);
      }
    }
    if (readers.isEmpty()) {
      readers.add(source);
    }
    return new Routing(Optional.of(source), readers);
  }

  /** Whether more than one repair was of no use, and what came of the last is not known yet. */
  private static boolean isOnProbation(View view, Retry retry) {
    return retry.attempts() > 1
        && retry.sinceLast(view.seen().at()).compareTo(Attempts.MOST_URGENT) < 0;
  }

  private static boolean mayServeReads(View view, Reachable server, ServerId source) {
    if (!server.settings().readOnly() || !view.isConfiguredToFollow(server, source)) {
      return false;
    }
    Replication replication = server.replication().orElseThrow();
    // Without a source nobody can be behind it: what the replica serves is as fresh as can be.
    return view.reachable(source).isEmpty()
        ? replication.applierRunning()
        : view.isCaughtUp(replication);
  }
}
