package org.mysqlmanager.decide;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.Rejoin;
import org.mysqlmanager.model.Operation.RejoinStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.observe.Observation.SavedTransactions;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;

/**
 * Makes a server that is no member (yet, or any more) a replica of the source: by auto-position if
 * it has nothing but the source's transactions and the source still has the binary logs it lacks;
 * otherwise by a clone, after its own transactions have been saved. Data is replaced only where
 * that loses nothing that is not kept: a former source's is saved first, a fresh server's does not
 * matter; any other server's is left to an operator.
 */
final class Rejoining {
  /** Steps of a rejoin that may follow each other without a pause. */
  private static final int AT_ONCE = 3;

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
    if (isForeign(state, server)) {
      return new Way.Forbidden(
          "%s is not the server that was source (it has no transaction of server_uuid %s): correct its address, or empty it"
              .formatted(id, state.formerUuid().orElse("")));
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
            ? view.missingAtSource(id, server, source)
            : view.errant(id, server, source);
    if (errant.isEmpty()) {
      boolean logsAreThere =
          server.executed().contains(source.purged()) && !lacksItsOwn(state, server, source);
      return logsAreThere ? new Way.Follow() : new Way.Clone(GtidSet.EMPTY);
    }
    if (Preflight.isFresh(server)) {
      return new Way.Clone(GtidSet.EMPTY);
    }
    return switch (state.membership()) {
      case FORMER_SOURCE -> cloneIfSaved(view, id, server, errant);
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

  /** What came by a clone is not in its binary logs, so it cannot be saved. */
  private static Way cloneIfSaved(View view, ServerId id, Reachable server, GtidSet errant) {
    GtidSet unsavable = errant.intersect(server.purged());
    return unsavable.isEmpty()
        ? new Way.Clone(errant)
        : new Way.Forbidden(
            "%s has transactions that %s lacks (%s) and that are not in its binary logs, so they cannot be saved: save what is needed of its data and empty it"
                .formatted(id, view.source(), unsavable));
  }

  /**
   * Whether it has lost transactions that it committed itself as source. They never come back by
   * replication: a replica skips what carries its own server_id, whatever its server_uuid is now.
   *
   * @see <a
   *     href="https://dev.mysql.com/doc/refman/9.7/en/replication-options-replica.html#option_mysqld_replicate-same-server-id">replicate-same-server-id</a>
   */
  private static boolean lacksItsOwn(ServerState state, Reachable server, Reachable source) {
    return Stream.concat(Stream.of(server.identity().uuid()), state.formerUuid().stream())
        .anyMatch(uuid -> !server.executed().contains(source.executed().of(uuid)));
  }

  /** Whether another server, with data of its own, stands in the place of the former source. */
  static boolean isForeign(ServerState state, Reachable server) {
    return state.membership() == Membership.FORMER_SOURCE
        && !Preflight.isFresh(server)
        && state
            .formerUuid()
            .filter(uuid ->
                !uuid.equals(server.identity().uuid()) && server.executed().of(uuid).isEmpty())
            .isPresent();
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
            Optional.empty(),
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
    Optional<SavedTransactions> kept =
        view.seen().saved().getOrDefault(rejoin.server(), List.of()).stream()
            .filter(saved -> saved.data().equals(rejoin.cloneBefore()))
            .filter(saved -> saved.transactions().contains(rejoin.errant()))
            .findFirst();
    if (kept.isPresent()) {
      Rejoin next = rejoin.withSavedTo(kept.get().place()).at(RejoinStep.CLONE, view.seen().at());
      return cloneData(view.with(discarding(view, rejoin)), next, server, source);
    }
    return paced(
        view,
        rejoin,
        new Step.SaveErrantTransactions(rejoin.server(), rejoin.cloneBefore(), rejoin.errant()));
  }

  /**
   * The saved transactions are given up, and the source is free to give out their GTIDs again. A
   * server that is no member may hold them as well; when it is back its own version must not be
   * taken for the new one. Members were compared with the source before they followed it.
   */
  private static ClusterState discarding(View view, Rejoin rejoin) {
    ClusterState state = view.state();
    for (ServerId id : view.others()) {
      boolean isMember = state.server(id).isJoined() && !state.server(id).diverged();
      boolean holdsNone =
          view.reachable(id)
              .filter(other -> other.received().intersect(rejoin.errant()).isEmpty())
              .filter(other -> !view.isConfiguredToFollow(other, rejoin.server()))
              .isPresent();
      if (!id.equals(rejoin.server()) && !isMember && !holdsNone) {
        state =
            state.withServer(
                id, other -> other.withDiscarded(other.discarded().union(rejoin.errant())));
      }
    }
    return state;
  }

  private static Decision cloneData(View view, Rejoin rejoin, Reachable server, Reachable source) {
    CloneStatus clone = server.lastClone();
    boolean isThisClone = !clone.began().equals(rejoin.cloneBefore());
    if (isThisClone && clone.state() == CloneState.COMPLETED) {
      ClusterState cloned =
          view.state()
              .withServer(
                  rejoin.server(),
                  s -> s.withoutCloneRequired().withDiscarded(GtidSet.EMPTY).withRetry(Retry.NONE));
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
    GtidSet unsaved = view.errant(rejoin.server(), server, source).minus(rejoin.errant());
    // Once a clone has begun there is nothing left of it. One that was asked for a moment ago may
    // still begin: only when that has long failed is it worth looking again.
    Retry retry = view.state().server(rejoin.server()).retry();
    boolean isWhole =
        view.state()
                .server(rejoin.server())
                .givenUp()
                .filter(data -> data.equals(clone.began()))
                .isPresent()
            && retry.attempts() >= AT_ONCE
            && retry.isDue(view.seen().at());
    if (isWhole && !unsaved.isEmpty() && !Preflight.isFresh(server)) {
      return writtenMeanwhile(view, rejoin, server, source, unsaved);
    }
    // From here on its data is given up, whatever its GTIDs say: that must outlive this operation.
    View givenUp =
        view.with(
            view.state().withServer(rejoin.server(), s -> s.withCloneRequired(clone.began())));
    if (clone.state() == CloneState.IN_PROGRESS) {
      return Decision.only(givenUp.state().withOperation(rejoin));
    }
    return paced(givenUp, rejoin, new Step.CloneFrom(rejoin.server(), rejoin.source()));
  }

  /**
   * Its clone has not begun, and somebody has written to it: that is kept, or an operator asked.
   */
  private static Decision writtenMeanwhile(
      View view, Rejoin rejoin, Reachable server, Reachable source, GtidSet unsaved) {
    ServerId id = rejoin.server();
    if (view.state().server(id).membership() == Membership.FORMER_SOURCE) {
      GtidSet all = view.errant(id, server, source);
      return begin(view, id, server, source, new Way.Clone(all));
    }
    return Decision.only(
        view.state()
            .withoutOperation()
            .withPhase(
                Phase.NEEDS_OPERATOR,
                "%s is to be cloned, but has been written to since (%s): save what is needed of that and empty it"
                    .formatted(id, unsaved)));
  }

  private static Decision follow(View view, Rejoin rejoin, Reachable server, Reachable source) {
    Optional<Replication> replication =
        server.replication().filter(_ -> view.isConfiguredToFollow(server, rejoin.source()));
    if (replication.isEmpty()
        && server.replication().filter(old -> old.receiver() != Receiver.STOPPED).isPresent()) {
      // It follows somebody else. Nothing more may come from there once it was compared.
      return paced(view, rejoin, new Step.StopReceiver(rejoin.server()));
    }
    if (replication.isEmpty()) {
      Step follow = new Step.Follow(rejoin.server(), rejoin.source());
      Retry retry = view.state().server(rejoin.server()).retry();
      // Nobody need wait for the pause after stopping its receiver.
      return retry.attempts() < AT_ONCE && server.replication().isPresent()
          ? counted(view, rejoin, follow)
          : paced(view, rejoin, follow);
    }
    if (View.replicationProblem(replication.get()).isPresent()) {
      return mend(view, rejoin, server, source, replication.get());
    }
    if (!replication.get().isRunning() || !isReceivingInStep(view, rejoin.server())) {
      return Decision.only(view.state().withOperation(rejoin));
    }
    if (Upkeep.hasWrongFlags(view, server)) {
      Step close = new Step.CloseReplica(rejoin.server());
      return view.state().server(rejoin.server()).retry().attempts() < AT_ONCE
          ? counted(view, rejoin, close)
          : paced(view, rejoin, close);
    }
    Rejoin done = rejoin.at(RejoinStep.FOLLOW, view.seen().at());
    ClusterState joined =
        view.state()
            .withoutOperation()
            .withServer(
                rejoin.server(),
                s ->
                    s.withMembership(Membership.JOINED)
                        .withDiscarded(GtidSet.EMPTY)
                        .withRetry(probation(view, s)));
    HistoryRecord record =
        new HistoryRecord(
            view.state().epoch(),
            done,
            view.seen().at(),
            "%s follows %s".formatted(rejoin.server(), rejoin.source()),
            Map.of("total", Durations.millis(rejoin.started(), view.seen().at())));
    Decision rest = Upkeep.decide(view.with(joined).again());
    return new Decision(rest.next(), rest.step(), List.of(record));
  }

  /** A member may be promoted, so it must not lack what the source had long ago. */
  private static boolean isReceivingInStep(View view, ServerId id) {
    Duration lag = view.seen().evidence().receiverLag().get(id);
    return lag != null && lag.compareTo(view.spec().maxFailoverLag()) <= 0;
  }

  /** Follows but not well: another way if following cannot succeed, else the same once more. */
  private static Decision mend(
      View view, Rejoin rejoin, Reachable server, Reachable source, Replication replication) {
    if (mayBeReplaced(view, rejoin.server(), server, source)) {
      View givenUp = view.with(givenUp(view, rejoin.server(), server).withoutOperation());
      return begin(givenUp, rejoin.server(), server, source, new Way.Clone(GtidSet.EMPTY));
    }
    if (replication.receiverError().isEmpty()) {
      return paced(view, rejoin, new Step.RestartReplication(rejoin.server()));
    }
    Way now = way(view, rejoin.server(), server, source);
    return now instanceof Way.Clone
        ? begin(view, rejoin.server(), server, source, now)
        : paced(view, rejoin, new Step.Follow(rejoin.server(), rejoin.source()));
  }

  /**
   * Whether a replica that restarts do not mend is to be cloned anew: the operator allows it, it
   * has nothing that the source lacks, a clone can help (it cannot against a refused password), and
   * it was not cloned for the same trouble just now.
   */
  static boolean mayBeReplaced(View view, ServerId id, Reachable replica, Reachable source) {
    ServerState state = view.state().server(id);
    return view.spec().cloneBrokenReplicas()
        && Attempts.areUsedUp(state.retry())
        && state.repairs() == 0
        && view.missingAtSource(id, replica, source).isEmpty()
        && replica
            .replication()
            .filter(status ->
                !status.applierError().isEmpty()
                    || (status.receiver() == Receiver.STOPPED && !status.receiverError().isEmpty()))
            .isPresent();
  }

  /** That decision, written down: whatever it holds is replaced by a clone. */
  static ClusterState givenUp(View view, ServerId id, Reachable replica) {
    return view.state()
        .withServer(
            id,
            s ->
                s.withMembership(
                        s.membership() == Membership.JOINED ? Membership.LOST : s.membership())
                    .withCloneRequired(replica.lastClone().began())
                    .withRepairs(s.repairs() + 1)
                    .withRetry(Retry.NONE));
  }

  /** After a repair it is well only when it has stayed well for long. */
  private static Retry probation(View view, ServerState server) {
    return server.repairs() == 0 ? Retry.NONE : Retry.longest(view.seen().at());
  }

  /** The step, if it is due; what does not succeed is tried again after growing pauses. */
  private static Decision paced(View view, Rejoin rejoin, Step step) {
    ClusterState state = view.state().withOperation(rejoin);
    return state.server(rejoin.server()).retry().isDue(view.seen().at())
        ? counted(view, rejoin, step)
        : Decision.only(state);
  }

  private static Decision counted(View view, Rejoin rejoin, Step step) {
    return Decision.step(
        view.state()
            .withOperation(rejoin)
            .withServer(rejoin.server(), s -> s.withRetry(s.retry().next(view.seen().at()))),
        step);
  }
}
