package org.mysqlmanager.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.Rejoin;
import org.mysqlmanager.model.Operation.RejoinStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.observe.ServerObservation.Reachable;

/** Servers of the spec that are no members: not yet, or no longer. */
final class Strangers {
  private Strangers() {}

  /** The former source first, then who was lost, then the new. */
  static List<ServerId> inOrder(View view) {
    List<ServerId> result = new ArrayList<>();
    for (Membership membership :
        List.of(Membership.FORMER_SOURCE, Membership.LOST, Membership.NEW)) {
      view.others().stream()
          .filter(id -> view.state().server(id).membership() == membership)
          .forEach(result::add);
    }
    return result;
  }

  /**
   * Whether a stranger that answers is open for writes and ours to close. A new server with data of
   * its own is not: it may be another cluster's, named here by mistake.
   */
  static boolean mustBeClosed(View view, ServerId id, Reachable server) {
    boolean mayBeHalfOpen =
        isBeingCloned(view, id) || view.isConfiguredToFollow(server, view.source());
    boolean closed =
        mayBeHalfOpen ? server.settings().readOnly() : server.settings().superReadOnly();
    return !closed && isOurs(view, id, server);
  }

  private static boolean isOurs(View view, ServerId id, Reachable server) {
    if (view.state().server(id).membership() != Membership.NEW) {
      return !Rejoining.isForeign(view.state().server(id), server);
    }
    boolean isPartOfTheSource =
        !server.executed().isEmpty()
            && view.reachable(view.source())
                .filter(source -> view.errant(id, server, source).isEmpty())
                .isPresent();
    return Preflight.isFresh(server) || isPartOfTheSource || !view.proxiesRoutingTo(id).isEmpty();
  }

  /** A clone needs its recipient open for the administrator. */
  private static boolean isBeingCloned(View view, ServerId id) {
    return view.state().operation().orElse(null) instanceof Rejoin rejoin
        && rejoin.server().equals(id)
        && rejoin.step() == RejoinStep.CLONE;
  }

  /**
   * Where another server's name leads to the source, as it may for a while after containers have
   * swapped addresses: whoever closes that server closes the source. Nothing is touched then.
   */
  static Optional<Decision> secondNameOfTheSource(View view) {
    return view.reachable(view.source())
        .flatMap(source ->
            view.others().stream()
                .filter(id -> view.reachable(id).filter(other -> isOne(source, other)).isPresent())
                .findFirst())
        .flatMap(id -> Preflight.problemOf(id, view.spec(), view.seen()))
        .map(problem -> Decision.only(view.state().withPhase(Phase.NEEDS_OPERATOR, problem)));
  }

  private static boolean isOne(Reachable source, Reachable other) {
    return !other.settings().readOnly() && source.identity().uuid().equals(other.identity().uuid());
  }

  /** A server that is no member, and could be written to, is closed before anything else. */
  static Optional<Decision> close(View view) {
    for (ServerId id : view.others()) {
      ServerState server = view.state().server(id);
      if (server.status() == ServerStatus.OPEN
          && server.retry().isDue(view.seen().at(), Attempts.MOST_URGENT)) {
        Retry next = server.retry().next(view.seen().at(), Attempts.MOST_URGENT);
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
}
