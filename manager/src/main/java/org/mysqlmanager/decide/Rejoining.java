package org.mysqlmanager.decide;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.Rejoin;
import org.mysqlmanager.model.Operation.RejoinStep;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.observe.Observation.SavedTransactions;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Replication;

/**
 * Makes a server that is no member (yet, or any more) a replica of the source: by auto-position if
 * it has nothing but the source's transactions and the source still has the binary logs it lacks;
 * otherwise by a clone, after its own transactions have been saved. Data is replaced only where
 * that loses nothing that is not kept: a former source's is saved first, a fresh server's does not
 * matter; any other server's is left to an operator.
 */
final class Rejoining {
  private Rejoining() {}

  /** How a server can become a replica. */
  sealed interface Way {
    /** By auto-position. */
    record Follow() implements Way {}

    /** By a clone, after those transactions have been saved; none if nothing would be lost. */
    record Clone(GtidSet toSave) implements Way {}

    /** Not without an operator. */
    record Forbidden(String reason) implements Way {}
  }

  /** The way for a server that answers, beside a source that answers. */
  static Way way(View view, ServerId id, Reachable server, Reachable source) {
    ServerState state = view.state().server(id);
    Optional<String> setting = Preflight.problemOf(id, view.spec(), view.seen());
    if (setting.isPresent()) {
      return new Way.Forbidden(setting.get());
    }
    if (state.cloneRequired()) {
      return new Way.Clone(GtidSet.EMPTY);
    }
    if (server.hasUserData() && server.executed().isEmpty()) {
      return new Way.Forbidden(
          "%s holds data without GTIDs, so nobody can tell what it has: empty it, or take it out of the spec"
              .formatted(id));
    }
    // A lost replica's received transactions are gone when it follows or is cloned.
    GtidSet errant =
        state.membership() == Membership.LOST
            ? view.missingAtSource(server, source)
            : view.errant(server, source);
    if (errant.isEmpty()) {
      boolean logsAreThere = server.executed().contains(source.purged());
      return logsAreThere ? new Way.Follow() : new Way.Clone(GtidSet.EMPTY);
    }
    if (Preflight.isFresh(server)) {
      return new Way.Clone(GtidSet.EMPTY);
    }
    return switch (state.membership()) {
      case FORMER_SOURCE -> new Way.Clone(errant);
      case NEW ->
          new Way.Forbidden(
              "%s was to join as a new server but holds data of its own; empty it, or take it out of the spec"
                  .formatted(id));
      case LOST, JOINED ->
          new Way.Forbidden(
              "%s has transactions that %s lacks (%s): they are not thrown away without an operator; save what is needed and empty the server"
                  .formatted(id, view.source(), errant));
    };
  }

  /** Begins the rejoin of a server for which there is a way. */
  static Decision begin(View view, ServerId id, Reachable server, Reachable source, Way way) {
    ServerState state = view.state().server(id);
    String why =
        switch (state.membership()) {
          case NEW -> id + " joins for the first time";
          case FORMER_SOURCE -> "%s was source before %s".formatted(id, view.source());
          case LOST, JOINED -> "%s no longer follows %s".formatted(id, view.source());
        };
    GtidSet toSave = way instanceof Way.Clone(GtidSet errant) ? errant : GtidSet.EMPTY;
    RejoinStep first =
        way instanceof Way.Follow
            ? RejoinStep.FOLLOW
            : toSave.isEmpty() ? RejoinStep.CLONE : RejoinStep.SAVE_ERRANT;
    Rejoin rejoin =
        new Rejoin(
            id,
            view.source(),
            first,
            toSave,
            "",
            server.lastClone().began(),
            why,
            view.seen().at(),
            List.of());
    return decide(view, rejoin, server, source);
  }

  /** Goes on with the rejoin of a server that answers, beside a source that answers. */
  static Decision decide(View view, Rejoin rejoin, Reachable server, Reachable source) {
    return switch (rejoin.step()) {
      case SAVE_ERRANT -> saveErrant(view, rejoin, server, source);
      case CLONE -> cloneData(view, rejoin, server, source);
      case FOLLOW -> follow(view, rejoin, server, source);
    };
  }

  private static Decision saveErrant(View view, Rejoin rejoin, Reachable server, Reachable source) {
    SavedTransactions kept = view.seen().saved().get(rejoin.server());
    if (kept != null && kept.transactions().contains(rejoin.errant())) {
      Rejoin next = rejoin.withSavedTo(kept.place()).at(RejoinStep.CLONE, view.seen().at());
      return cloneData(view, next, server, source);
    }
    return paced(view, rejoin, new Step.SaveErrantTransactions(rejoin.server(), rejoin.errant()));
  }

  private static Decision cloneData(View view, Rejoin rejoin, Reachable server, Reachable source) {
    CloneStatus clone = server.lastClone();
    boolean isThisClone = !clone.began().equals(rejoin.cloneBefore());
    if (isThisClone && clone.state() == CloneState.COMPLETED) {
      ClusterState cloned =
          view.state()
              .withServer(rejoin.server(), s -> s.withCloneRequired(false).withRetry(Retry.NONE));
      return follow(
          view.with(cloned), rejoin.at(RejoinStep.FOLLOW, view.seen().at()), server, source);
    }
    if (!view.state().server(rejoin.server()).cloneRequired()) {
      // It may have been written to since its transactions were saved.
      Way now = way(view, rejoin.server(), server, source);
      if (!(now instanceof Way.Clone(GtidSet toSave)) || !rejoin.errant().contains(toSave)) {
        return now instanceof Way.Forbidden
            ? Decision.only(view.state().withoutOperation())
            : begin(view, rejoin.server(), server, source, now);
      }
    }
    // From here on its data is given up, whatever its GTIDs say: that must outlive this operation.
    View givenUp =
        view.with(view.state().withServer(rejoin.server(), s -> s.withCloneRequired(true)));
    if (clone.state() == CloneState.IN_PROGRESS) {
      return Decision.only(givenUp.state().withOperation(rejoin));
    }
    return paced(givenUp, rejoin, new Step.CloneFrom(rejoin.server(), rejoin.source()));
  }

  private static Decision follow(View view, Rejoin rejoin, Reachable server, Reachable source) {
    Optional<Replication> replication =
        server.replication().filter(_ -> view.isConfiguredToFollow(server, rejoin.source()));
    if (replication.isEmpty()) {
      return paced(view, rejoin, new Step.Follow(rejoin.server(), rejoin.source()));
    }
    if (View.replicationProblem(replication.get()).isPresent()) {
      return mend(view, rejoin, server, source, replication.get());
    }
    if (!replication.get().isRunning()) {
      return Decision.only(view.state().withOperation(rejoin));
    }
    if (Upkeep.hasWrongFlags(view, server)) {
      return Decision.step(
          view.state().withOperation(rejoin), new Step.CloseReplica(rejoin.server()));
    }
    Rejoin done = rejoin.at(RejoinStep.FOLLOW, view.seen().at());
    ClusterState joined =
        view.state()
            .withoutOperation()
            .withServer(
                rejoin.server(), s -> s.withMembership(Membership.JOINED).withRetry(Retry.NONE));
    HistoryRecord record =
        new HistoryRecord(
            view.state().epoch(),
            done,
            view.seen().at(),
            "%s follows %s".formatted(rejoin.server(), rejoin.source()),
            Map.of("total", Durations.millis(rejoin.started(), view.seen().at())));
    Decision rest = Upkeep.decide(view.with(joined));
    return new Decision(rest.next(), rest.step(), List.of(record));
  }

  /** Follows but not well: another way if following cannot succeed, else the same once more. */
  private static Decision mend(
      View view, Rejoin rejoin, Reachable server, Reachable source, Replication replication) {
    if (replication.receiverError().isEmpty()) {
      return paced(view, rejoin, new Step.RestartReplication(rejoin.server()));
    }
    Way now = way(view, rejoin.server(), server, source);
    return now instanceof Way.Clone
        ? begin(view, rejoin.server(), server, source, now)
        : paced(view, rejoin, new Step.Follow(rejoin.server(), rejoin.source()));
  }

  /** The step, if it is due; what does not succeed is tried again after growing pauses. */
  private static Decision paced(View view, Rejoin rejoin, Step step) {
    ClusterState state = view.state().withOperation(rejoin);
    Retry retry = state.server(rejoin.server()).retry();
    if (!retry.isDue(view.seen().at())) {
      return Decision.only(state);
    }
    return Decision.step(
        state.withServer(rejoin.server(), s -> s.withRetry(retry.next(view.seen().at()))), step);
  }
}
