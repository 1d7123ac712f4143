package org.mysqlmanager.sim;

import java.nio.file.Path;
import java.time.Duration;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.WriteProbe;
import org.mysqlmanager.reconcile.MySqlServer;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;

/** Says that it is fenced, and is not. */
final class UnfencedServer implements MySqlServer {
  private final MySqlServer real;

  UnfencedServer(MySqlServer real) {
    this.real = real;
  }

  @Override
  public StepResult fence(Permit permit) {
    return StepResult.DONE;
  }

  @Override
  public ServerObservation observe() {
    return real.observe();
  }

  @Override
  public WriteProbe probeWrite(Permit permit) {
    return real.probeWrite(permit);
  }

  @Override
  public GtidSet executed() throws NotAnswering {
    return real.executed();
  }

  @Override
  public StepResult openForWrites(Permit permit) {
    return real.openForWrites(permit);
  }

  @Override
  public StepResult closeForWrites(boolean superReadOnly, Permit permit) {
    return real.closeForWrites(superReadOnly, permit);
  }

  @Override
  public StepResult setUp(SetupSpec setup, Permit permit) {
    return real.setUp(setup, permit);
  }

  @Override
  public StepResult stopReceiver(Permit permit) {
    return real.stopReceiver(permit);
  }

  @Override
  public StepResult awaitApplied(GtidSet required, Duration atMost, Permit permit) {
    return real.awaitApplied(required, atMost, permit);
  }

  @Override
  public StepResult promote(GtidSet required, Permit permit) {
    return real.promote(required, permit);
  }

  @Override
  public StepResult follow(Endpoint source, Permit permit) {
    return real.follow(source, permit);
  }

  @Override
  public StepResult restartReplication(Permit permit) {
    return real.restartReplication(permit);
  }

  @Override
  public StepResult cloneFrom(Endpoint donor, Permit permit) {
    return real.cloneFrom(donor, permit);
  }

  @Override
  public StepResult saveTransactions(GtidSet transactions, Path file) {
    return real.saveTransactions(transactions, file);
  }

  @Override
  public StepResult awaitCommitBeyond(GtidSet after, Duration atMost) {
    return real.awaitCommitBeyond(after, atMost);
  }

  @Override
  public void close() {
    real.close();
  }
}
