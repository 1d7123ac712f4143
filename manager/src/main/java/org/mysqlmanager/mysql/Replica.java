package org.mysqlmanager.mysql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.reconcile.StepResult;

/** Changes to a server's replication. Stateless; sessions are used by one thread at a time. */
final class Replica {
  /** How soon a receiver notices a source that fell silent, in seconds; MySQL's default is 60. */
  private static final int NET_TIMEOUT_SECONDS = 4;

  private static final int HEARTBEAT_SECONDS = 1;

  /** The longest wait in one statement: between them a broken applier is noticed. */
  private static final Duration SLICE = Duration.ofMillis(500);

  private static final int ACCESS_DENIED = 1045;

  private final String server;
  private final Account replication;
  private final MySqlTls tls;

  Replica(String server, Account replication, MySqlTls tls) {
    this.server = server;
    this.replication = replication;
    this.tls = tls;
  }

  StepResult stopReceiver(ControlSession session) throws SQLException, PermitLostException {
    Optional<ReplicaStatus> status = ReplicaStatus.read(session.connection());
    if (status.isPresent() && status.get().replication().receiver() != Receiver.STOPPED) {
      session.change("STOP REPLICA IO_THREAD");
    }
    return StepResult.DONE;
  }

  StepResult awaitApplied(ControlSession session, GtidSet required, Deadline deadline)
      throws SQLException, PermitLostException {
    boolean mayStart = true;
    while (true) {
      // The executed set is read before the status: what is then still missing was not applied yet.
      if (hasExecuted(session, required)) {
        return StepResult.DONE;
      }
      Optional<ReplicaStatus> status = ReplicaStatus.read(session.connection());
      if (status.isEmpty()) {
        return new StepResult.Failed(
            "%s does not replicate, and has not executed %s"
                .formatted(server, missing(session, required)));
      }
      Replication replication = status.get().replication();
      if (!replication.applierRunning()) {
        if (!mayStart) {
          return new StepResult.Failed(
              "%s: the applier stopped: %s"
                  .formatted(
                      server,
                      replication.applierError().isEmpty()
                          ? "without an error"
                          : replication.applierError()));
        }
        session.change("START REPLICA SQL_THREAD");
        mayStart = false;
      }
      if (deadline.hasPassed()) {
        Duration delay = status.get().delay();
        return new StepResult.Failed(
            "%s has not applied %s in time%s"
                .formatted(
                    server,
                    missing(session, required),
                    delay.isZero() ? "" : ": its SOURCE_DELAY is " + delay.toSeconds() + " s"));
      }
      await(session, required, deadline);
    }
  }

  /** One bounded wait, which ends at once when all is executed. */
  private static void await(ControlSession session, GtidSet required, Deadline deadline)
      throws SQLException {
    Duration left = deadline.remaining();
    Statements.value(
        session.connection(),
        "SELECT WAIT_FOR_EXECUTED_GTID_SET(?, %s)"
            .formatted(decimalSeconds(left.compareTo(SLICE) < 0 ? left : SLICE)),
        required);
  }

  /** At least a millisecond: 0 would wait for ever. */
  static String decimalSeconds(Duration time) {
    long millis = Math.max(1, time.toMillis());
    return "%d.%03d".formatted(millis / 1000, millis % 1000);
  }

  /** Refuses if something required is missing; otherwise the end of replication. */
  Optional<StepResult> endReplication(ControlSession session, GtidSet required)
      throws SQLException, PermitLostException {
    if (!hasExecuted(session, required)) {
      return Optional.of(
          new StepResult.Failed(
              "%s must not be promoted: it has not executed %s"
                  .formatted(server, missing(session, required))));
    }
    if (ReplicaStatus.read(session.connection()).isPresent()) {
      session.change("STOP REPLICA");
      session.change("RESET REPLICA ALL");
    }
    return Optional.empty();
  }

  /**
   * Leaves alone what is as it should be: CHANGE REPLICATION SOURCE deletes relay logs. Settings
   * that an operator has made and that are not named here, such as SOURCE_DELAY, are kept.
   */
  StepResult follow(ControlSession session, Endpoint source)
      throws SQLException, PermitLostException {
    Optional<String> objection = Setup.objection(replication);
    if (objection.isPresent()) {
      return new StepResult.Failed(objection.get());
    }
    Optional<ReplicaStatus> status = ReplicaStatus.read(session.connection());
    boolean configured = status.isPresent() && isConfigured(status.get(), source);
    if (configured && status.get().replication().isRunning()) {
      return StepResult.DONE;
    }
    if (status.isPresent()) {
      session.change("STOP REPLICA");
    }
    session.change(
        "SET GLOBAL " + session.dialect().replicaNetTimeout() + " = " + NET_TIMEOUT_SECONDS);
    if (!configured) {
      changeSource(session, source);
    }
    session.change("START REPLICA");
    return StepResult.DONE;
  }

  /** Whether only starting is needed; a refused password is a reason to configure it again. */
  private boolean isConfigured(ReplicaStatus status, Endpoint source) {
    return status.replication().source().equals(source)
        && status.replication().autoPosition()
        && status.user().equals(replication.user())
        && status.tls().serves(tls)
        && status.receiverErrorNumber() != ACCESS_DENIED;
  }

  private void changeSource(ControlSession session, Endpoint source)
      throws SQLException, PermitLostException {
    // The servers of a cluster are alike: if this one offers TLS, so does the source.
    boolean offered =
        tls.mode() == TlsMode.PREFERRED
            && !Optional.ofNullable(cipher(session)).orElse("").isEmpty();
    ChannelTls channel = ChannelTls.configured(tls, offered);
    session.change(
        session
            .dialect()
            .changeSource(
                """
                CHANGE REPLICATION SOURCE TO SOURCE_HOST = ?, SOURCE_PORT = %d,
                SOURCE_USER = ?, SOURCE_PASSWORD = ?, SOURCE_AUTO_POSITION = 1,
                %s,
                SOURCE_HEARTBEAT_PERIOD = %d, SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 0
                """
                    .formatted(source.port(), channel.options(), HEARTBEAT_SECONDS)),
        source.host(),
        replication.user(),
        replication.password(),
        channel.caFile());
  }

  private static @Nullable String cipher(ControlSession session) throws SQLException {
    return Statements.query(
            session.connection(), row -> row.getString(2), "SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        .stream()
        .findFirst()
        .orElse(null);
  }

  StepResult restart(ControlSession session) throws SQLException, PermitLostException {
    if (ReplicaStatus.read(session.connection()).isEmpty()) {
      return new StepResult.Failed(server + " has no replication configured to be restarted");
    }
    session.change("STOP REPLICA");
    session.change(
        "SET GLOBAL " + session.dialect().replicaNetTimeout() + " = " + NET_TIMEOUT_SECONDS);
    session.change("START REPLICA");
    return StepResult.DONE;
  }

  private static boolean hasExecuted(ControlSession session, GtidSet required) throws SQLException {
    return Statements.isTrue(
        session.connection(), "SELECT GTID_SUBSET(?, @@global.gtid_executed)", required);
  }

  private static String missing(ControlSession session, GtidSet required) throws SQLException {
    return Statements.gtids(
            Statements.value(
                session.connection(), "SELECT GTID_SUBTRACT(?, @@global.gtid_executed)", required))
        .toString();
  }
}
