package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.Printable;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.mysql.Dialect.UnsupportedServerException;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.observe.ServerObservation.Identity;
import org.mysqlmanager.observe.ServerObservation.MissingPrivileges;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.ServerObservation.Settings;

/**
 * Looks at a server over one connection, in two round trips: one SELECT, then {@code SHOW REPLICA
 * STATUS}. In this order what was executed is read before what was retrieved. No user table is
 * opened.
 *
 * <p>{@code @@super_read_only} reads 1 as soon as a statement begins to set it, which then waits
 * for commits that are under way and may still succeed (seen with 9.7.4, behind a commit that waits
 * for disk space). It is taken to be set only when nothing waits like that any more.
 *
 * <p>Whether the initial set-up is complete takes a third. It is asked in each look until it is,
 * then once a minute, and again as soon as another server answers, the server changes between
 * source and replica, or a change was made by this process. So are the account's own privileges, in
 * each look until none is missing, then once a minute, and when a look fails for want of one.
 *
 * <p>Used by one thread at a time.
 */
final class Look implements AutoCloseable {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static final Duration SETUP_TRUSTED_FOR = Duration.ofMinutes(1);
  private static final Duration PRIVILEGES_TRUSTED_FOR = Duration.ofMinutes(1);

  private static final String SELECT =
      """
      SELECT @@global.gtid_executed AS executed, @@global.gtid_purged AS purged,
        @@version AS version, @@server_id AS server_id, @@server_uuid AS server_uuid,
        @@global.read_only AS read_only,
        @@global.super_read_only AND NOT EXISTS(SELECT 1 FROM performance_schema.metadata_locks
          WHERE OBJECT_TYPE IN ('GLOBAL', 'COMMIT') AND LOCK_TYPE = 'SHARED'
            AND LOCK_STATUS = 'PENDING') AS super_read_only,
        @@global.gtid_mode AS gtid_mode,
        @@global.enforce_gtid_consistency AS enforce_gtid_consistency,
        @@global.log_bin AS log_bin, @@global.{updates} AS log_replica_updates,
        EXISTS(SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA NOT IN ('mysql', 'sys',
          'performance_schema', 'information_schema', 'mysql_innodb_cluster_metadata',
          '{schema}'))
          AS user_data,
        (SELECT CONCAT_WS('/', THREAD_ID, COUNT_RECEIVED_HEARTBEATS, LAST_HEARTBEAT_TIMESTAMP)
          FROM performance_schema.replication_connection_status WHERE CHANNEL_NAME = '')
          AS heartbeats,
      """;

  /** The tables of the clone plugin exist only where it is installed. */
  private static final String WITH_CLONE =
      """
        1 AS clone_active, c.STATE AS clone_state, c.BEGIN_TIME AS clone_began,
        c.ERROR_NO AS clone_error_number, c.ERROR_MESSAGE AS clone_error,
        IF(c.STATE = 'In Progress', (SELECT FLOOR(100 * SUM(DATA) / NULLIF(SUM(ESTIMATE), 0))
          FROM performance_schema.clone_progress), NULL) AS clone_percent
      FROM (SELECT 1) AS one LEFT JOIN performance_schema.clone_status AS c ON TRUE
      """;

  private static final String WITHOUT_CLONE =
      """
        EXISTS(SELECT 1 FROM information_schema.PLUGINS
          WHERE PLUGIN_NAME = 'clone' AND PLUGIN_STATUS = 'ACTIVE') AS clone_active
      """;

  private final Connection connection;
  private final String select;
  private final Setup setup;
  private final MySqlAccounts accounts;
  private final SetupSpec spec;
  private final SourceSilence silence;
  private final OwnPrivileges privileges;
  private final String server;
  private final MySqlTls tls;
  private final Optional<String> warning;
  private boolean hasClone = true;

  /** Until when, and for which server in which role, the set-up need not be asked for. */
  private Deadline completeUntil = Deadline.after(Duration.ZERO);

  private String completeFor = "";

  /** Until when the privileges need not be compared, because none was missing. */
  private Deadline privilegedUntil = Deadline.after(Duration.ZERO);

  /**
   * @param server its name, for warnings
   * @param tls what a replica's channel is measured by
   * @param silence outlives this connection
   * @param privileges likewise
   */
  Look(
      String server,
      Connections.Opened opened,
      MySqlAccounts accounts,
      SetupSpec spec,
      MySqlTls tls,
      SourceSilence silence,
      OwnPrivileges privileges)
      throws SQLException {
    this.server = server;
    this.tls = tls;
    this.connection = opened.connection();
    this.warning = opened.detour();
    this.silence = silence;
    this.privileges = privileges;
    this.select =
        SELECT
            .replace("{updates}", Dialect.of(connection).logReplicaUpdates())
            .replace("{schema}", Setup.SCHEMA);
    this.setup = new Setup(accounts, tls.mode());
    this.accounts = accounts;
    this.spec = spec;
  }

  GtidSet executed() throws SQLException {
    return Statements.gtids(Statements.value(connection, "SELECT @@global.gtid_executed"));
  }

  /**
   * @param askForSetup whether what is remembered of the set-up may be out of date
   */
  Reachable look(boolean askForSetup) throws SQLException {
    try {
      return lookAll(askForSetup);
    } catch (SQLException e) {
      if (!Diagnosis.isMissingPrivilege(e)) {
        throw e;
      }
      Optional<MissingPrivileges> missing = privileges.missing(connection, hasClone);
      throw missing.isEmpty() ? e : new MissingPrivilegeException(missing.get().sentence(), e);
    }
  }

  /** A look needs more than the account may do. The message is the whole sentence. */
  static final class MissingPrivilegeException extends SQLException {
    private static final long serialVersionUID = 1L;

    private MissingPrivilegeException(String sentence, SQLException refusal) {
      super(sentence, refusal.getSQLState(), refusal.getErrorCode(), refusal);
    }
  }

  private Reachable lookAll(boolean askForSetup) throws SQLException {
    Seen seen = select();
    Optional<ReplicaStatus> status = ReplicaStatus.read(connection);
    Optional<Replication> replication = status.map(read -> replication(seen, read));
    boolean isSource = replication.isEmpty() && !seen.settings.readOnly();
    Set<String> missingSetup = missingSetup(seen.identity.uuid(), isSource, askForSetup);
    Optional<MissingPrivileges> missing = missingPrivileges(seen.lastClone.available());
    return new Reachable(
        seen.identity,
        seen.settings,
        seen.executed,
        seen.purged,
        seen.hasUserData,
        missingSetup,
        replication,
        seen.lastClone,
        missing,
        Stream.of(
                warning,
                status.flatMap(read -> read.tls().objection(server, tls)),
                missing.map(MissingPrivileges::sentence))
            .flatMap(Optional::stream)
            .toList());
  }

  private Optional<MissingPrivileges> missingPrivileges(boolean hasActiveClone)
      throws SQLException {
    if (!privilegedUntil.hasPassed()) {
      return Optional.empty();
    }
    Optional<MissingPrivileges> missing = privileges.missing(connection, hasActiveClone);
    if (missing.isEmpty()) {
      privilegedUntil = Deadline.after(PRIVILEGES_TRUSTED_FOR);
    }
    return missing;
  }

  /** Whether this goes over the administrative interface, only because the other is full. */
  boolean isDetour() {
    return warning.isPresent();
  }

  private Replication replication(Seen seen, ReplicaStatus status) {
    if (status.replication().receiver() != Receiver.RUNNING) {
      silence.forget();
      return status.replication();
    }
    String trace =
        String.join(
            " ",
            seen.identity.uuid(),
            status.replication().sourceUuid(),
            status.sourcePosition(),
            seen.heartbeats);
    return status.replication(Optional.of(silence.after(trace)));
  }

  private Seen select() throws SQLException {
    if (hasClone) {
      try {
        return select(WITH_CLONE);
      } catch (SQLException e) {
        if (Diagnosis.numberOf(e) != Diagnosis.NO_SUCH_TABLE) {
          throw e;
        }
        hasClone = false;
      }
    }
    Seen seen = select(WITHOUT_CLONE);
    hasClone = seen.lastClone.available();
    return seen;
  }

  private Seen select(String clonePart) throws SQLException {
    return Statements.query(connection, Look::seen, select + clonePart).getFirst();
  }

  private Set<String> missingSetup(String uuid, boolean isSource, boolean ask) throws SQLException {
    String asked = uuid + (isSource ? " source" : " replica");
    if (!ask && asked.equals(completeFor) && !completeUntil.hasPassed()) {
      return Set.of();
    }
    Set<String> missing;
    try {
      missing = setup.inspect(connection, spec).missing(spec, accounts, isSource);
    } catch (SQLException e) {
      if (!Diagnosis.isMissingPrivilege(e)) {
        throw e;
      }
      // No reason to know nothing of the server: an account made for an earlier version may fail
      // over. Which privilege it is, is told with all that are missing.
      privilegedUntil = Deadline.after(Duration.ZERO);
      missing = Setup.UNSEEN;
    }
    completeFor = missing.isEmpty() ? asked : "";
    completeUntil = Deadline.after(SETUP_TRUSTED_FOR);
    return missing;
  }

  private record Seen(
      Identity identity,
      Settings settings,
      GtidSet executed,
      GtidSet purged,
      boolean hasUserData,
      String heartbeats,
      CloneStatus lastClone) {}

  private static Seen seen(ResultSet row) throws SQLException {
    return new Seen(
        new Identity(text(row, "version"), row.getLong("server_id"), uuid(row)),
        new Settings(
            row.getBoolean("read_only"),
            row.getBoolean("super_read_only"),
            text(row, "gtid_mode").equals("ON"),
            text(row, "enforce_gtid_consistency").equals("ON"),
            row.getBoolean("log_bin"),
            row.getBoolean("log_replica_updates")),
        Statements.gtids(row.getString("executed")),
        Statements.gtids(row.getString("purged")),
        row.getBoolean("user_data"),
        text(row, "heartbeats"),
        lastClone(row));
  }

  /** It becomes part of GTIDs, of the state and of file names' digests. */
  private static String uuid(ResultSet row) throws SQLException {
    String uuid = text(row, "server_uuid");
    if (!UUID.matcher(uuid).matches()) {
      throw new UnsupportedServerException(
          "says that its server_uuid is %s, which is none: is it a MySQL server?"
              .formatted(Printable.quoted(uuid)));
    }
    return uuid;
  }

  private static CloneStatus lastClone(ResultSet row) throws SQLException {
    boolean active = row.getBoolean("clone_active");
    if (!active || row.getMetaData().getColumnCount() < 15) {
      return new CloneStatus(active, CloneState.NONE, "", "", Optional.empty());
    }
    CloneState state =
        switch (text(row, "clone_state")) {
          case "In Progress" -> CloneState.IN_PROGRESS;
          case "Completed" -> CloneState.COMPLETED;
          case "Failed" -> CloneState.FAILED;
          case String _ -> CloneState.NONE;
        };
    String error =
        row.getLong("clone_error_number") == 0
            ? ""
            : "MySQL error %d: %s"
                .formatted(row.getLong("clone_error_number"), text(row, "clone_error"));
    Optional<Integer> percent =
        state == CloneState.IN_PROGRESS
            ? Optional.of(Math.clamp(row.getLong("clone_percent"), 0, 100))
            : Optional.empty();
    return new CloneStatus(true, state, text(row, "clone_began"), error, percent);
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String value = row.getString(column);
    return value == null ? "" : value;
  }

  @Override
  public void close() {
    Connections.abort(connection);
  }
}
