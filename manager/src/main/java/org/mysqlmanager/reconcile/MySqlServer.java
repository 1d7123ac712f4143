package org.mysqlmanager.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.WriteProbe;

/**
 * One MySQL server, as the manager uses it. Thread-safe: a look may be taken while a change is
 * under way. No method throws for what a server or a network does, and each ends within the
 * deadlines it was made with, except {@link #cloneFrom} and {@link #saveTransactions}, which last
 * as long as there is progress.
 */
public interface MySqlServer extends AutoCloseable {
  /** One look, within the observation deadline. */
  ServerObservation observe();

  /**
   * Commits a row of this program's own, within the observation deadline, to learn whether the
   * server can still write. At most one such write is under way; as long as it is, the next answer
   * is {@code Failed} at once.
   */
  WriteProbe probeWrite(Permit permit);

  /** {@code SELECT @@gtid_executed} alone: a second, later reading of what the source has. */
  GtidSet executed() throws NotAnswering;

  /** {@code SET GLOBAL super_read_only=0, read_only=0}. */
  StepResult openForWrites(Permit permit);

  /** {@code SET GLOBAL read_only=1} and {@code super_read_only} as given. */
  StepResult closeForWrites(boolean superReadOnly, Permit permit);

  /** {@code SET GLOBAL super_read_only=1}, then ends the sessions of all clients. */
  StepResult fence(Permit permit);

  /** Creates the users, the database and the event that the spec asks for and that are missing. */
  StepResult setUp(SetupSpec setup, Permit permit);

  /** {@code STOP REPLICA IO_THREAD}. */
  StepResult stopReceiver(Permit permit);

  /**
   * Starts the applier if it stands, then {@code WAIT_FOR_EXECUTED_GTID_SET} for at most that long.
   */
  StepResult awaitApplied(GtidSet required, Duration atMost, Permit permit);

  /**
   * Stops and forgets replication and opens the server for writes; refuses, without any change, if
   * the required transactions are not all executed.
   */
  StepResult promote(GtidSet required, Permit permit);

  /** {@code CHANGE REPLICATION SOURCE TO … SOURCE_AUTO_POSITION=1; START REPLICA}. */
  StepResult follow(Endpoint source, Permit permit);

  /** {@code STOP REPLICA; START REPLICA}. */
  StepResult restartReplication(Permit permit);

  /**
   * {@code CLONE INSTANCE FROM} the donor; blocks until the clone has ended, which may take hours.
   */
  StepResult cloneFrom(Endpoint donor, Permit permit);

  /**
   * Reads those transactions from the binary logs into a file that {@code mysqlbinlog} can read;
   * blocks until all are there, which may take long.
   */
  StepResult saveTransactions(GtidSet transactions, Path file);

  /** Waits at most that long for a transaction of the server's own beyond the given set. */
  StepResult awaitCommitBeyond(GtidSet after, Duration atMost);

  /** Ends all connections. */
  @Override
  void close();

  /** The server did not answer in time, or not at all. */
  final class NotAnswering extends Exception {
    private static final long serialVersionUID = 1L;

    public NotAnswering(String message) {
      super(message);
    }
  }
}
