package org.mysqlmanager.sim;

import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.sim.Remote.Caller;
import org.mysqlmanager.sim.Remote.Effect;

/**
 * One clone as the manager makes it: over a session that carries no epoch, as the real one does.
 */
final class SimClone {
  private static final long COMMAND = Times.COMMAND.toNanos();
  private static final long RESTART = Times.seconds(10);
  private static final long PAUSE = Times.millis(200);

  private final World world;
  private final SimManager manager;
  private final SimServer recipient;
  private final SimServer donor;
  private final Caller caller;

  SimClone(World world, SimManager manager, SimServer recipient, SimServer donor) {
    this.world = world;
    this.manager = manager;
    this.recipient = recipient;
    this.donor = donor;
    this.caller = new Caller(manager, manager.backgroundLabel("rejoin/clone"));
  }

  StepResult run(SimControl control, Permit permit) {
    StepResult prepared =
        control.change(
            permit,
            COMMAND,
            statements -> {
              control.open(donor, permit, caller, statements.deadline());
              statements.change("SET GLOBAL clone_valid_donor_list", () -> {});
              return StepResult.DONE;
            });
    if (!(prepared instanceof StepResult.Done)) {
      return prepared;
    }
    SimServer.Session session;
    boolean closed;
    try {
      session = call(() -> recipient.connect(false, 0));
      closed = call(recipient::isSuperReadOnly);
      if (!permit.isValid()) {
        return new StepResult.Refused();
      }
      if (closed) {
        setSuperReadOnly(session, false);
      }
      if (!permit.isValid()) {
        setSuperReadOnly(session, closed);
        return new StepResult.Refused();
      }
      call(() -> {
        recipient.ping(session);
        recipient.beginClone(donor);
        return true;
      });
    } catch (Failure e) {
      return new StepResult.Failed(String.valueOf(e.getMessage()));
    }
    return result(session, closed);
  }

  private <T> T call(Effect<T> effect) throws Failure {
    return world.remote().call(caller, recipient, world.scheduler().now() + COMMAND, effect);
  }

  private void setSuperReadOnly(SimServer.Session session, boolean on) throws Failure {
    call(() -> {
      recipient.ping(session);
      recipient.setSuperReadOnly(on);
      return true;
    });
  }

  private StepResult result(SimServer.Session session, boolean closed) {
    long lost = 0;
    while (lost == 0 || world.scheduler().now() - lost < RESTART) {
      world.scheduler().sleep(PAUSE);
      try {
        CloneState state = call(() -> recipient.cloneStatus().state());
        if (state == CloneState.COMPLETED) {
          return StepResult.DONE;
        }
        if (state != CloneState.IN_PROGRESS) {
          setSuperReadOnly(session, closed);
          return new StepResult.Failed(recipient + ": the clone failed");
        }
      } catch (Failure _) {
        lost = lost == 0 ? world.scheduler().now() : lost;
      }
    }
    return new StepResult.Unknown(recipient + " has not come back with a result");
  }
}
