package org.mysqlmanager.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.sim.Failure.Kind;
import org.mysqlmanager.sim.Remote.Caller;
import org.mysqlmanager.sim.Remote.Effect;

/**
 * A manager's changes to one server, one after the other, over a session that carries the epoch: as
 * the real adapter makes them.
 */
final class SimControl {
  private final World world;
  private final SimManager manager;
  private final SimServer server;
  private final SimGate gate;

  private SimServer.@Nullable Session kept;
  private long keptEpoch;

  SimControl(World world, SimManager manager, SimServer server) {
    this.world = world;
    this.manager = manager;
    this.server = server;
    this.gate = new SimGate(world.scheduler());
  }

  /** The permit does not hold, or a newer leader is at work. */
  static final class PermitLost extends Exception {
    private static final long serialVersionUID = 1L;

    PermitLost(String message) {
      super(message, null, false, false);
    }
  }

  /** One change, of one or several statements. */
  interface Change {
    StepResult make(Statements statements) throws Failure, PermitLost;
  }

  /** How a change talks to the server. */
  final class Statements {
    private final SimServer on;
    private final SimServer.Session session;
    private final Permit permit;
    private final Caller caller;
    private final long deadline;
    private boolean touched;

    private Statements(
        SimServer on, SimServer.Session session, Permit permit, Caller caller, long deadline) {
      this.on = on;
      this.session = session;
      this.permit = permit;
      this.caller = caller;
      this.deadline = deadline;
    }

    long deadline() {
      return deadline;
    }

    SimServer.Session session() {
      return session;
    }

    void change(String what, SimServer.Statement statement) throws Failure, PermitLost {
      if (!permit.isValid() && !world.has(Bug.PERMIT_NEVER_CHECKED_AGAIN)) {
        throw new PermitLost("the permit has ended");
      }
      touched = true;
      long epoch = permit.epoch().value();
      world
          .remote()
          .call(
              caller,
              on,
              deadline,
              () -> {
                on.change(session, epoch, what, statement);
                return true;
              });
    }

    <T> T query(Effect<T> question) throws Failure {
      return world
          .remote()
          .call(
              caller,
              on,
              deadline,
              () -> {
                on.ping(session);
                return question.carryOut();
              });
    }
  }

  StepResult change(Permit permit, long atMost, Change change) {
    long deadline = world.scheduler().now() + atMost;
    Caller caller = new Caller(manager, manager.label());
    if (!gate.enter(deadline)) {
      return new StepResult.Failed(server + ": another change is still under way");
    }
    Statements statements = null;
    try {
      if (!permit.isValid()) {
        return new StepResult.Refused();
      }
      statements = statements(permit, caller, deadline);
      return change.make(statements);
    } catch (PermitLost e) {
      return new StepResult.Refused();
    } catch (Failure e) {
      SimServer.Session session = kept;
      kept = null;
      if (e.kind() == Kind.TIMED_OUT && session != null) {
        endAbandoned(session);
      }
      String sentence = String.valueOf(e.getMessage());
      boolean mayHaveHappened = statements != null && statements.touched && e.isLinkLost();
      return mayHaveHappened || e.kind() == Kind.TIMED_OUT
          ? new StepResult.Unknown(sentence)
          : new StepResult.Failed(sentence);
    } finally {
      gate.leave();
    }
  }

  private Statements statements(Permit permit, Caller caller, long deadline)
      throws Failure, PermitLost {
    long epoch = permit.epoch().value();
    SimServer.Session before = kept;
    if (before != null) {
      if (keptEpoch > epoch) {
        throw new PermitLost("this process has led in a later epoch");
      }
      if (keptEpoch == epoch && isUsable(before, caller, deadline)) {
        return new Statements(server, before, permit, caller, deadline);
      }
      kept = null;
    }
    Statements opened = open(server, permit, caller, deadline);
    kept = opened.session;
    keptEpoch = epoch;
    return opened;
  }

  private boolean isUsable(SimServer.Session session, Caller caller, long deadline) throws Failure {
    try {
      return world
          .remote()
          .call(
              caller,
              server,
              deadline,
              () -> {
                server.ping(session);
                return true;
              });
    } catch (Failure e) {
      if (e.kind() == Kind.TIMED_OUT) {
        throw e;
      }
      return false;
    }
  }

  /** A session under the permit's epoch, which ends those of lower ones and yields to higher. */
  Statements open(SimServer on, Permit permit, Caller caller, long deadline)
      throws Failure, PermitLost {
    long epoch = permit.epoch().value();
    SimServer.Session session =
        world.remote().call(caller, on, deadline, () -> on.connect(false, epoch));
    Statements statements = new Statements(on, session, permit, caller, deadline);
    if (world.has(Bug.EPOCH_SESSIONS_LEFT_OUT)) {
      return statements;
    }
    List<SimServer.Session> others = statements.query(on::sessions);
    for (SimServer.Session other : others) {
      if (other.epoch > epoch) {
        statements.query(() -> {
          on.end(session);
          return true;
        });
        throw new PermitLost("a leader of epoch " + other.epoch + " is at work");
      }
    }
    for (SimServer.Session other : others) {
      if (other.epoch > 0 && other.epoch < epoch) {
        statements.change(SimServer.ENDS_AN_OLDER_LEADER + other.epoch, () -> on.end(other));
      }
    }
    return statements;
  }

  /** What the server still carries out for nobody is ended, if it lets us. */
  private void endAbandoned(SimServer.Session session) {
    world
        .scheduler()
        .spawn(
            manager.process(),
            "end-session",
            () -> {
              try {
                world
                    .remote()
                    .call(
                        new Caller(manager, null),
                        server,
                        world.scheduler().now() + Times.COMMAND.toNanos(),
                        () -> {
                          server.end(session);
                          return true;
                        });
              } catch (Failure _) {
                // It was worth a try.
              }
            });
  }
}
