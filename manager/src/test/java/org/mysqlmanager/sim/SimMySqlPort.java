package org.mysqlmanager.sim;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.Cause;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.ServerObservation.Unreachable;
import org.mysqlmanager.observe.WriteProbe;
import org.mysqlmanager.reconcile.MySqlServer;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.sim.Failure.Kind;
import org.mysqlmanager.sim.Remote.Caller;
import org.mysqlmanager.sim.Remote.Effect;
import org.mysqlmanager.sim.SimControl.PermitLost;
import org.mysqlmanager.sim.SimControl.Statements;

/** A manager's adapter for one server: the statements of the real one, in their order. */
final class SimMySqlPort implements MySqlServer {
  private static final long COMMAND = Times.COMMAND.toNanos();
  private static final long POLL = Times.millis(100);

  private final World world;
  private final SimManager manager;
  private final SimServer server;
  private final SimControl control;

  SimMySqlPort(World world, SimManager manager, SimServer server) {
    this.world = world;
    this.manager = manager;
    this.server = server;
    this.control = new SimControl(world, manager, server);
  }

  private <T> T look(long deadline, Effect<T> question) throws Failure {
    return world.remote().call(new Caller(manager, null), server, deadline, question);
  }

  /** Two round trips: first what was executed, then what was received. */
  @Override
  public ServerObservation observe() {
    long deadline = world.scheduler().now() + Times.OBSERVE.toNanos();
    try {
      Reachable first = look(deadline, () -> world.views().reachable(server));
      Optional<Replication> replication = look(deadline, server.replica()::status);
      return world.views().with(first, replication);
    } catch (Failure e) {
      return new Unreachable(
          e.kind() == Kind.TIMED_OUT ? Cause.TIMED_OUT : Cause.CONNECTION_FAILED,
          String.valueOf(e.getMessage()));
    }
  }

  @Override
  public WriteProbe probeWrite(Permit permit) {
    if (!permit.isValid()) {
      return new WriteProbe.NotTried("the permit has ended");
    }
    try {
      return look(world.scheduler().now() + Times.OBSERVE.toNanos(), server::probeWrite);
    } catch (Failure e) {
      return new WriteProbe.NotTried(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public GtidSet executed() throws NotAnswering {
    try {
      return look(world.scheduler().now() + Times.OBSERVE.toNanos(), server::executed);
    } catch (Failure e) {
      throw new NotAnswering(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public StepResult openForWrites(Permit permit) {
    return control.change(permit, COMMAND, this::open);
  }

  /** The statement has no effect after the change's deadline, by the server's clock. */
  private StepResult open(Statements statements) throws Failure, PermitLost {
    long left = statements.deadline() - world.scheduler().now();
    long until = statements.query(() -> world.scheduler().now() + left);
    statements.change(
        "SET GLOBAL read_only = 0",
        () -> {
          if (world.scheduler().now() <= until || world.has(Bug.OPENED_AFTER_ITS_DEADLINE)) {
            world.invariants().onOpen(server);
            server.setReadOnly(false);
          }
        });
    return Boolean.TRUE.equals(statements.query(server::isReadOnly))
        ? new StepResult.Failed(server + " was too late to be opened for writes")
        : StepResult.DONE;
  }

  @Override
  public StepResult closeForWrites(boolean superReadOnly, Permit permit) {
    return control.change(
        permit,
        COMMAND,
        statements -> {
          statements.change("SET GLOBAL read_only = 1", () -> server.setReadOnly(true));
          statements.change(
              "SET GLOBAL super_read_only = " + superReadOnly,
              () -> server.setSuperReadOnly(superReadOnly));
          return StepResult.DONE;
        });
  }

  @Override
  public StepResult fence(Permit permit) {
    return control.change(
        permit,
        COMMAND,
        statements -> {
          statements.change("SET GLOBAL super_read_only = 1", () -> server.setSuperReadOnly(true));
          for (SimServer.Session session : statements.query(server::sessions)) {
            if (session.isClients) {
              statements.change("KILL a client", () -> server.end(session));
            }
          }
          return Boolean.TRUE.equals(statements.query(server::isSuperReadOnly))
              ? StepResult.DONE
              : new StepResult.Failed(server + ": somebody has switched it off again");
        });
  }

  @Override
  public StepResult setUp(SetupSpec setup, Permit permit) {
    return control.change(
        permit,
        COMMAND,
        statements -> {
          for (String part : SimServer.SET_UP.stream().sorted().toList()) {
            statements.change("CREATE " + part, () -> server.installSetup(part));
          }
          return StepResult.DONE;
        });
  }

  @Override
  public StepResult stopReceiver(Permit permit) {
    return control.change(
        permit,
        COMMAND,
        statements -> {
          Optional<Replication> status = statements.query(server.replica()::status);
          if (status.filter(s -> s.receiver() != Receiver.STOPPED).isPresent()) {
            statements.change("STOP REPLICA IO_THREAD", server.replica()::stopReceiver);
          }
          return StepResult.DONE;
        });
  }

  @Override
  public StepResult awaitApplied(GtidSet required, Duration atMost, Permit permit) {
    long end = world.scheduler().now() + atMost.toNanos();
    return control.change(
        permit, COMMAND + atMost.toNanos(), statements -> awaitApplied(statements, required, end));
  }

  private StepResult awaitApplied(Statements statements, GtidSet required, long end)
      throws Failure, PermitLost {
    boolean mayStart = true;
    while (true) {
      if (hasExecuted(statements, required)) {
        return StepResult.DONE;
      }
      Optional<Replication> status = statements.query(server.replica()::status);
      if (status.isEmpty()) {
        return new StepResult.Failed(server + " does not replicate");
      }
      if (!status.get().applierRunning()) {
        if (!mayStart) {
          return new StepResult.Failed(server + ": the applier stopped");
        }
        statements.change("START REPLICA SQL_THREAD", () -> server.replica().start(false, true));
        mayStart = false;
      }
      if (world.scheduler().now() > end) {
        return new StepResult.Failed(server + " has not applied it in time");
      }
      world.scheduler().sleep(POLL);
    }
  }

  private boolean hasExecuted(Statements statements, GtidSet required) throws Failure {
    return statements.query(() -> server.executed().contains(required));
  }

  @Override
  public StepResult promote(GtidSet required, Permit permit) {
    return control.change(
        permit,
        COMMAND,
        statements -> {
          if (!world.has(Bug.PROMOTED_WITHOUT_LOOKING) && !hasExecuted(statements, required)) {
            return new StepResult.Failed(server + " must not be promoted");
          }
          if (statements.query(server.replica()::status).isPresent()) {
            statements.change("STOP REPLICA", server.replica()::stop);
            statements.change("RESET REPLICA ALL", server.replica()::endForPromotion);
          }
          return open(statements);
        });
  }

  @Override
  public StepResult follow(Endpoint source, Permit permit) {
    ServerId from = world.serverAt(source);
    return control.change(
        permit,
        COMMAND,
        statements -> {
          Optional<Replication> status = statements.query(server.replica()::status);
          boolean configured = status.filter(s -> s.source().equals(source)).isPresent();
          if (configured && status.get().isRunning()) {
            return StepResult.DONE;
          }
          if (status.isPresent()) {
            statements.change("STOP REPLICA", server.replica()::stop);
          }
          if (!configured) {
            statements.change(
                "CHANGE REPLICATION SOURCE TO " + from, () -> server.replica().changeSource(from));
          }
          statements.change("START REPLICA", () -> server.replica().start(true, true));
          return StepResult.DONE;
        });
  }

  @Override
  public StepResult restartReplication(Permit permit) {
    return control.change(
        permit,
        COMMAND,
        statements -> {
          if (statements.query(server.replica()::status).isEmpty()) {
            return new StepResult.Failed(server + " has no replication");
          }
          statements.change("STOP REPLICA", server.replica()::stop);
          statements.change("START REPLICA", () -> server.replica().start(true, true));
          return StepResult.DONE;
        });
  }

  @Override
  public StepResult cloneFrom(Endpoint donor, Permit permit) {
    return new SimClone(world, manager, server, world.server(world.serverAt(donor)))
        .run(control, permit);
  }

  /** Reads them from the binary logs over a connection of its own. */
  @Override
  public StepResult saveTransactions(GtidSet transactions, Path file) {
    Caller caller = new Caller(manager, manager.backgroundLabel("rejoin/save_errant"));
    try {
      SavedFile content =
          world
              .remote()
              .call(
                  caller,
                  server,
                  world.scheduler().now() + 2 * COMMAND,
                  () -> SavedFile.read(server, transactions));
      world.scheduler().sleep(world.chance().nextLong(Times.millis(1), Times.millis(500)));
      return manager.archive().write(file, content);
    } catch (Failure e) {
      return new StepResult.Failed(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public StepResult awaitCommitBeyond(GtidSet after, Duration atMost) {
    long end = world.scheduler().now() + atMost.toNanos();
    Caller caller = new Caller(manager, manager.label());
    try {
      while (world.scheduler().now() < end) {
        GtidSet own =
            world
                .remote()
                .call(caller, server, end + COMMAND, () -> server.executed().of(server.uuid()));
        if (!after.contains(own)) {
          return StepResult.DONE;
        }
        world.scheduler().sleep(POLL);
      }
      return new StepResult.Failed(server + ": no client has committed in time");
    } catch (Failure e) {
      return new StepResult.Failed(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {}
}
