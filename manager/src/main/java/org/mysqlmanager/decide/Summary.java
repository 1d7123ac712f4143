package org.mysqlmanager.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.Operation.Rejoin;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.observe.ServerObservation.MissingPrivileges;
import org.mysqlmanager.observe.ServerObservation.Reachable;

/** The phase of a cluster whose source takes writes, and what is amiss, in words. */
final class Summary {
  private Summary() {}

  /** The phase and its reason, when the source takes writes. */
  static ClusterState settled(View view, Reachable source) {
    ClusterState state = view.state();
    List<String> amiss = new ArrayList<>();
    boolean anyNew = false;
    boolean onlyNew = true;
    for (ServerId id : view.others()) {
      ServerState server = state.server(id);
      anyNew |= server.membership() == Membership.NEW;
      if (server.status() == ServerStatus.UP && server.isJoined()) {
        if (view.reachable(id).filter(replica -> Upkeep.hasWrongFlags(view, replica)).isPresent()) {
          amiss.add(id + ": its read-only flags are being set right");
        }
        continue;
      }
      onlyNew &= server.membership() == Membership.NEW && view.reachable(id).isPresent();
      amiss.add(server.reason().isEmpty() ? joining(state, id) : server.reason());
    }
    amiss.addAll(unpromotable(view));
    List<String> proxies = view.proxyProblems();
    amiss.addAll(proxies);
    Routing routing = RoutingPolicy.desired(view);
    view.proxiesOtherThan(routing).forEach(proxy -> amiss.add(proxy + " is being set right"));
    if (state.server(view.source()).status() == ServerStatus.WRITE_FAILING) {
      amiss.addFirst(state.server(view.source()).reason());
    }
    if (amiss.isEmpty()) {
      return state.withPhase(Phase.RUNNING, running(view, source));
    }
    Optional<String> diverged =
        view.joinedReplicas().stream()
            .filter(id -> state.server(id).status() == ServerStatus.DIVERGED)
            .findFirst()
            .map(id ->
                "%s: save what is needed of that and empty it, or take it out of the spec"
                    .formatted(state.server(id).reason()));
    if (diverged.isPresent()) {
      return state.withPhase(Phase.NEEDS_OPERATOR, diverged.get());
    }
    Optional<String> stuck = Attempts.stuck(view);
    if (stuck.isPresent()) {
      return state.withPhase(Phase.NEEDS_OPERATOR, stuck.get() + "; " + String.join("; ", amiss));
    }
    Phase phase = anyNew && onlyNew ? Phase.BOOTSTRAPPING : Phase.DEGRADED;
    return state.withPhase(phase, String.join("; ", amiss));
  }

  /** The members that a failover could not be made to, for want of privileges. */
  private static List<String> unpromotable(View view) {
    return view.spec().serverIds().stream()
        .filter(id -> view.state().server(id).isJoined())
        .flatMap(id -> view.reachable(id).stream())
        .flatMap(server -> server.missingPrivileges().stream())
        .filter(MissingPrivileges::preventsPromotion)
        .map(MissingPrivileges::sentence)
        .toList();
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
    String warnings =
        view.spec().serverIds().stream()
            .flatMap(
                id -> view.reachable(id).stream().flatMap(server -> server.warnings().stream()))
            .map(warning -> "; " + warning)
            .collect(Collectors.joining());
    return "%s takes writes, %s%s%s".formatted(view.source(), replicas, missing, warnings);
  }
}
