package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.mysql.Dialect.UnsupportedServerException;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;

/**
 * One reading of {@code SHOW REPLICA STATUS}.
 *
 * @param user the account that the receiver logs in with
 * @param receiverErrorNumber MySQL's number for the receiver's last error; 0 if none
 * @param delay {@code SOURCE_DELAY}: how long the applier holds each transaction back
 * @param tls how the channel is encrypted
 * @param sourcePosition up to where in the source's binary logs it has received
 */
record ReplicaStatus(
    Replication replication,
    String user,
    int receiverErrorNumber,
    Duration delay,
    ChannelTls tls,
    String sourcePosition) {
  private static final Pattern STATEMENT = Pattern.compile("Query: '.*", Pattern.DOTALL);

  /**
   * Reads the default channel; empty if no replication is configured.
   *
   * <p>A server with other channels (several sources, or group replication) is none that this
   * program manages: {@code STOP REPLICA} and {@code RESET REPLICA ALL} would act on all of them.
   * It is reported as unsupported, so that nothing touches it.
   */
  static Optional<ReplicaStatus> read(Connection connection) throws SQLException {
    List<Channel> channels =
        Statements.query(
            connection,
            row -> new Channel(text(row, "Channel_Name"), of(row)),
            "SHOW REPLICA STATUS");
    String others =
        channels.stream()
            .map(Channel::name)
            .filter(name -> !name.isEmpty())
            .collect(Collectors.joining(", "));
    if (!others.isEmpty()) {
      throw new UnsupportedServerException(
          "replicates over named channels (%s), and only the default channel is managed: remove them with RESET REPLICA ALL FOR CHANNEL, or take the server out of the configuration"
              .formatted(others));
    }
    // After RESET REPLICA ALL of a server that once replicated a row without a source can remain.
    Optional<ReplicaStatus> status = channels.stream().findFirst().flatMap(Channel::status);
    if (status.isEmpty() || !status.get().replication.applierError().contains("worker")) {
      return status;
    }
    // The coordinator only says that a worker has failed; what the trouble is says the worker.
    Optional<String> cause =
        Optional.ofNullable(
            Statements.value(
                connection,
                """
                SELECT LAST_ERROR_MESSAGE FROM performance_schema.replication_applier_status_by_worker
                WHERE CHANNEL_NAME = '' AND LAST_ERROR_NUMBER <> 0
                ORDER BY LAST_ERROR_TIMESTAMP, WORKER_ID LIMIT 1
                """));
    return cause
        .map(ReplicaStatus::withoutStatement)
        .map(status.get()::withApplierError)
        .or(() -> status);
  }

  private record Channel(String name, Optional<ReplicaStatus> status) {}

  private static Optional<ReplicaStatus> of(ResultSet row) throws SQLException {
    String host = text(row, "Source_Host");
    int port = row.getInt("Source_Port");
    Endpoint source;
    try {
      source = new Endpoint(host, port);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
    Receiver receiver =
        switch (text(row, "Replica_IO_Running").toLowerCase(Locale.ROOT)) {
          case "yes" -> Receiver.RUNNING;
          case "connecting" -> Receiver.CONNECTING;
          case String _ -> Receiver.STOPPED;
        };
    Replication replication =
        new Replication(
            source,
            text(row, "Source_UUID"),
            receiver,
            text(row, "Replica_SQL_Running").equalsIgnoreCase("yes"),
            text(row, "Auto_Position").equals("1"),
            Statements.gtids(text(row, "Retrieved_Gtid_Set")),
            lag(row.getString("Seconds_Behind_Source"), receiver),
            text(row, "Last_IO_Error"),
            withoutStatement(text(row, "Last_SQL_Error")),
            Optional.empty());
    return Optional.of(
        new ReplicaStatus(
            replication,
            text(row, "Source_User"),
            row.getInt("Last_IO_Errno"),
            Duration.ofSeconds(row.getLong("SQL_Delay")),
            ChannelTls.read(row),
            text(row, "Source_Log_File") + ":" + text(row, "Read_Source_Log_Pos")));
  }

  private ReplicaStatus withApplierError(String error) {
    return new ReplicaStatus(
        replication(error, replication.silence()),
        user,
        receiverErrorNumber,
        delay,
        tls,
        sourcePosition);
  }

  /**
   * The applier's error repeats the statement it failed at: an account's password hash, or users'
   * data, which have no place in a log, in ZooKeeper or in an answer.
   */
  static String withoutStatement(String error) {
    return STATEMENT.matcher(error).replaceFirst("Query: (see SHOW REPLICA STATUS)");
  }

  /** The replication, with what one reading alone cannot tell. */
  Replication replication(Optional<Duration> silence) {
    return replication(replication.applierError(), silence);
  }

  private Replication replication(String applierError, Optional<Duration> silence) {
    return new Replication(
        replication.source(),
        replication.sourceUuid(),
        replication.receiver(),
        replication.applierRunning(),
        replication.autoPosition(),
        replication.retrieved(),
        replication.lag(),
        replication.receiverError(),
        applierError,
        silence);
  }

  /**
   * {@code Seconds_Behind_Source}, in whole seconds, while the receiver is connected. Otherwise it
   * says how far the applier is behind what was <em>received</em>, which may be 0 on a replica that
   * knows nothing of the last hour; so then the lag is unknown.
   */
  private static Optional<Duration> lag(@Nullable String secondsBehind, Receiver receiver) {
    return secondsBehind == null || receiver != Receiver.RUNNING
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(Long.parseLong(secondsBehind)));
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String value = row.getString(column);
    return value == null ? "" : value.strip();
  }
}
