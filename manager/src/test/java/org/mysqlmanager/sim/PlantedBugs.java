package org.mysqlmanager.sim;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.mysqlmanager.decide.Decider;
import org.mysqlmanager.decide.Decision;
import org.mysqlmanager.decide.Step;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.Failover;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Operation.Rejoin;
import org.mysqlmanager.model.Operation.RejoinStep;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.reconcile.DecisionFunction;
import org.mysqlmanager.reconcile.MySqlServer;
import org.mysqlmanager.reconcile.StateStore;

/** Mistakes that a simulation has to find, or it proves nothing. */
enum PlantedBugs {
  /** A server that must not be written to is left as it is. */
  FENCE_SKIPPED {
    @Override
    Planted planted() {
      return new Planted() {
        @Override
        public MySqlServer server(MySqlServer real) {
          return new UnfencedServer(real);
        }
      };
    }
  },
  /** What is done is written down afterwards. */
  STATE_WRITTEN_AFTER_THE_ACT {
    @Override
    Planted planted() {
      return withStore(true);
    }
  },
  /** The new source and the servers' roles are written one after the other. */
  ROLES_CHANGED_IN_TWO_WRITES {
    @Override
    Planted planted() {
      return withStore(false);
    }
  },
  /** A leader of an earlier epoch can still write the state. */
  EPOCH_LEFT_OUT_OF_THE_STORE {
    @Override
    Planted planted() {
      return withBugs(Bug.STORE_WITHOUT_EPOCH_CHECK);
    }
  },
  /** Neither epoch nor version is compared: the last to write wins. */
  COMPARE_AND_SET_LEFT_OUT {
    @Override
    Planted planted() {
      return withBugs(Bug.STORE_WITHOUT_EPOCH_CHECK, Bug.STORE_WITHOUT_VERSION_CHECK);
    }
  },
  /** The permit is asked for once, and servers do not know epochs. */
  DEPOSED_LEADERS_ARE_LET_IN {
    @Override
    Planted planted() {
      return withBugs(Bug.PERMIT_NEVER_CHECKED_AGAIN, Bug.EPOCH_SESSIONS_LEFT_OUT);
    }
  },
  /** A server that was frozen opens itself hours later. */
  DEADLINE_OF_THE_OPENING_LEFT_OUT {
    @Override
    Planted planted() {
      return withBugs(Bug.OPENED_AFTER_ITS_DEADLINE);
    }
  },
  /** The candidate is promoted with what it happens to have applied. */
  CATCH_UP_SKIPPED {
    @Override
    Planted planted() {
      return withDecisions((decision, _, _, seen) ->
          decision.next().operation().orElse(null) instanceof Failover failover
                  && decision.step().orElse(null) instanceof Step.AwaitApplied
              ? instead(
                  decision,
                  decision.next().withOperation(failover.at(FailoverStep.PROMOTE, seen.at())),
                  new Step.Promote(failover.candidate(), GtidSet.EMPTY))
              : decision);
    }
  },
  /** The candidate is promoted while it still receives. */
  RECEIVER_NOT_STOPPED {
    @Override
    Planted planted() {
      return withDecisions((decision, _, _, seen) ->
          decision.next().operation().orElse(null) instanceof Failover failover
                  && decision.step().orElse(null) instanceof Step.StopReceiver
              ? instead(
                  decision,
                  decision.next().withOperation(failover.at(FailoverStep.PROMOTE, seen.at())),
                  new Step.Promote(failover.candidate(), GtidSet.EMPTY))
              : decision);
    }
  },
  /** Failures add up over days. */
  FAILURE_COUNT_NOT_RESET {
    @Override
    Planted planted() {
      return withDecisions((decision, _, state, seen) -> {
        ClusterState next = decision.next();
        while (next.source().equals(state.source())
            && next.masterFailureCount() < state.masterFailureCount()) {
          next = next.withSourceFailure(Optional.empty(), Optional.empty(), seen.at());
        }
        return new Decision(next, decision.step(), decision.finished());
      });
    }
  },
  /** The old source counts as a member when it comes back. */
  OLD_SOURCE_NOT_MARKED {
    @Override
    Planted planted() {
      return withDecisions((decision, _, state, _) -> {
        Optional<ServerId> old = state.source();
        return old.isEmpty() || decision.next().source().equals(old)
            ? decision
            : new Decision(
                decision
                    .next()
                    .withServer(old.get(), server -> server.withMembership(Membership.JOINED)),
                decision.step(),
                decision.finished());
      });
    }
  },
  /** Data is replaced before what only that server has is kept. */
  CLONE_WITHOUT_SAVING {
    @Override
    Planted planted() {
      return withDecisions((decision, _, _, seen) ->
          decision.next().operation().orElse(null) instanceof Rejoin rejoin
                  && decision.step().orElse(null) instanceof Step.SaveErrantTransactions
              ? instead(
                  decision,
                  decision
                      .next()
                      .withOperation(rejoin.at(RejoinStep.CLONE, seen.at()))
                      .withServer(rejoin.server(), server -> server.withCloneRequired("")),
                  new Step.CloneFrom(rejoin.server(), rejoin.source()))
              : decision);
    }
  },
  /** Clients are sent to the candidate before it is one. */
  ROUTED_BEFORE_PROMOTION {
    @Override
    Planted planted() {
      return withDecisions((decision, spec, _, _) ->
          decision.step().orElse(null) instanceof Step.Promote promote
              ? instead(
                  decision,
                  decision.next(),
                  new Step.ApplyRouting(
                      new Routing(Optional.of(promote.candidate()), Set.of(promote.candidate())),
                      new TreeSet<>(spec.proxies().stream().map(ProxySpec::name).toList())))
              : decision);
    }
  },
  /** That the candidate was told is taken for its having been promoted. */
  PROMOTION_BELIEVED {
    @Override
    Planted planted() {
      return withDecisions((decision, _, state, seen) ->
          state.operation().orElse(null) instanceof Failover before
                  && before.step() == FailoverStep.PROMOTE
                  && decision.next().operation().orElse(null) instanceof Failover failover
                  && decision.step().orElse(null) instanceof Step.Promote
              ? new Decision(
                  decision.next().withOperation(failover.at(FailoverStep.ROUTE, seen.at())),
                  Optional.empty(),
                  decision.finished())
              : decision);
    }
  },
  /** Whoever answers serves reads. */
  READERS_THAT_DO_NOT_FOLLOW {
    @Override
    Planted planted() {
      return withDecisions((decision, spec, _, _) ->
          decision.step().orElse(null) instanceof Step.ApplyRouting routing
              ? instead(
                  decision,
                  decision.next(),
                  new Step.ApplyRouting(
                      new Routing(routing.routing().writer(), new TreeSet<>(spec.serverIds())),
                      routing.proxies()))
              : decision);
    }
  };

  abstract Planted planted();

  /** Makes a decision worse. */
  private interface Spoiler {
    Decision spoil(Decision decision, ClusterSpec spec, ClusterState state, Observation seen);
  }

  private static Decision instead(Decision decision, ClusterState next, Step step) {
    return new Decision(next, Optional.of(step), decision.finished());
  }

  private static Planted withDecisions(Spoiler spoiler) {
    return new Planted() {
      @Override
      public DecisionFunction decisions() {
        return (spec, state, seen) ->
            spoiler.spoil(Decider.decide(spec, state, seen), spec, state, seen);
      }
    };
  }

  private static Planted withBugs(Bug first, Bug... others) {
    Set<Bug> bugs = EnumSet.of(first, others);
    return new Planted() {
      @Override
      public Set<Bug> bugs() {
        return bugs;
      }
    };
  }

  private static Planted withStore(boolean late) {
    return new Planted() {
      @Override
      public StateStore store(StateStore real) {
        return late ? new SpoiledStore.Late(real) : new SpoiledStore.InTwoWrites(real);
      }
    };
  }
}
