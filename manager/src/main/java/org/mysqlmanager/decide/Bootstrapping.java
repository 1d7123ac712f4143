package org.mysqlmanager.decide;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.Operation.Bootstrap;
import org.mysqlmanager.model.Operation.BootstrapStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.ServerObservation.Reachable;

/**
 * The initial set-up of a fresh source: open it, create users, database and event, send clients to
 * it. After that the other servers join, as any server does that is not a member yet.
 */
final class Bootstrapping {
  private Bootstrapping() {}

  static Decision decide(View view, Bootstrap bootstrap) {
    ClusterState state = Statuses.refresh(view);
    Reachable source = view.reachable(bootstrap.source()).orElse(null);
    if (source == null) {
      return Decision.only(
          state.withPhase(
              Phase.BOOTSTRAPPING,
              "the initial set-up goes on when %s answers: %s"
                  .formatted(bootstrap.source(), view.unreachableReason(bootstrap.source()))));
    }
    if (source.settings().readOnly()) {
      // Not opened yet, or closed again by a restart in the middle of the set-up.
      return paced(
          view,
          at(state, bootstrap, "opens " + bootstrap.source() + " for writes"),
          new Step.OpenSource(bootstrap.source()));
    }
    return switch (bootstrap.step()) {
      case OPEN_SOURCE -> next(view, bootstrap, BootstrapStep.SET_UP_SOURCE);
      case SET_UP_SOURCE ->
          source.missingSetup().isEmpty()
              ? next(view, bootstrap, BootstrapStep.ROUTE)
              : paced(
                  view,
                  at(state, bootstrap, "creates users and database in " + bootstrap.source()),
                  new Step.SetUpSource(bootstrap.source()));
      case ROUTE -> route(view, bootstrap, state);
    };
  }

  private static Decision route(View view, Bootstrap bootstrap, ClusterState state) {
    Routing routing = RoutingPolicy.desired(view);
    Set<ProxyName> wrong = view.proxiesOtherThan(routing);
    if (!wrong.isEmpty()) {
      return paced(
          view,
          at(state, bootstrap, "sends clients to " + bootstrap.source()),
          new Step.ApplyRouting(routing, wrong));
    }
    Bootstrap done = bootstrap.at(BootstrapStep.ROUTE, view.seen().at());
    HistoryRecord record =
        new HistoryRecord(
            state.epoch(),
            done,
            view.seen().at(),
            "%s was set up as source".formatted(bootstrap.source()),
            Map.of("total", Durations.millis(bootstrap.started(), view.seen().at())));
    Decision rest = Upkeep.decide(view.with(state.withoutOperation()));
    return new Decision(rest.next(), rest.step(), List.of(record));
  }

  private static Decision next(View view, Bootstrap bootstrap, BootstrapStep step) {
    View afresh =
        view.with(view.state().withServer(bootstrap.source(), s -> s.withRetry(Retry.NONE)));
    return decide(afresh, bootstrap.at(step, view.seen().at()));
  }

  /** The step, if it is due; what does not succeed is tried again after growing pauses. */
  private static Decision paced(View view, ClusterState state, Step step) {
    ServerId source = view.source();
    Retry retry = view.state().server(source).retry();
    ClusterState told =
        Attempts.areUsedUp(retry)
            ? state.withPhase(Phase.NEEDS_OPERATOR, Attempts.usedUp(state.reason(), view))
            : state;
    if (!retry.isDue(view.seen().at())) {
      return Decision.only(told.withServer(source, s -> s.withRetry(retry)));
    }
    Retry next = retry.next(view.seen().at());
    return Decision.step(told.withServer(source, s -> s.withRetry(next)), step);
  }

  private static ClusterState at(ClusterState state, Bootstrap bootstrap, String doing) {
    return state
        .withOperation(bootstrap)
        .withPhase(Phase.BOOTSTRAPPING, "%s: %s".formatted(bootstrap.why(), doing));
  }
}
