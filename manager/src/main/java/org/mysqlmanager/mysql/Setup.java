package org.mysqlmanager.mysql;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.SetupSpec;

/**
 * The initial set-up of a cluster: what is there, and the statements for what is not. All of it is
 * replicated to the other servers, except the status of the event.
 *
 * <p><b>The event.</b> It flushes binary logs with {@code LOCAL}, so it writes no transaction
 * wherever it runs. MySQL disables a replicated event on replicas, so whoever becomes source must
 * enable it: {@link #enableEvent} does, outside the binary log. A clone, or a source that has
 * become a replica, has it enabled too; there it does no harm, and serves the replica's own logs.
 *
 * <p>Not thread-safe state: none. The connection must not be used by others meanwhile.
 */
final class Setup {
  static final String SCHEMA = "mysql_manager";
  static final String EVENT = "flush_binary_logs";

  /** CHANGE REPLICATION SOURCE refuses longer ones; it counts the bytes of the UTF-8 form. */
  static final int LONGEST_REPLICATION_PASSWORD = 32;

  private static final String INSPECT =
      """
      SELECT
        EXISTS(SELECT 1 FROM mysql.user WHERE User = ? AND Host = '%') AS replication_user,
        EXISTS(SELECT 1 FROM mysql.user WHERE User = ? AND Host = '%' AND Repl_slave_priv = 'Y')
          AND EXISTS(SELECT 1 FROM mysql.global_grants
                     WHERE USER = ? AND HOST = '%' AND PRIV = 'BACKUP_ADMIN') AS replication_grants,
        EXISTS(SELECT 1 FROM mysql.user WHERE User = ? AND Host = '%') AS monitor_user,
        EXISTS(SELECT 1 FROM mysql.user
               WHERE User = ? AND Host = '%' AND Repl_client_priv = 'Y') AS monitor_grants,
        EXISTS(SELECT 1 FROM mysql.user WHERE User = ? AND Host = '%') AS application_user,
        EXISTS(SELECT 1 FROM mysql.user
               WHERE User = ? AND Host = '%' AND Insert_priv = 'Y' AND Create_priv = 'Y')
          OR EXISTS(SELECT 1 FROM mysql.db WHERE User = ? AND Host = '%' AND Db IN (?, ?)
                    AND Insert_priv = 'Y' AND Create_priv = 'Y' AND Trigger_priv = 'Y')
          AS application_grants,
        EXISTS(SELECT 1 FROM information_schema.SCHEMATA
               WHERE SCHEMA_NAME = ?) AS application_database,
        (SELECT STATUS FROM information_schema.EVENTS
         WHERE EVENT_SCHEMA = '%s' AND EVENT_NAME = '%s') AS event_status
      """
          .replace(
              "'%s' AND EVENT_NAME = '%s'", "'" + SCHEMA + "' AND EVENT_NAME = '" + EVENT + "'");

  private final MySqlAccounts accounts;

  Setup(MySqlAccounts accounts) {
    this.accounts = accounts;
  }

  /** What of the set-up a server has. */
  record State(
      boolean replicationUser,
      boolean replicationGrants,
      boolean monitorUser,
      boolean monitorGrants,
      boolean applicationUser,
      boolean applicationGrants,
      boolean applicationDatabase,
      @Nullable String eventStatus) {
    boolean isEventEnabled() {
      return "ENABLED".equals(eventStatus);
    }

    /**
     * What the spec asks for and is not there, in words.
     *
     * @param isSource whether the event must be enabled, not merely be there
     */
    Set<String> missing(SetupSpec spec, MySqlAccounts accounts, boolean isSource) {
      Set<String> missing = new LinkedHashSet<>();
      if (spec.replicationUser()) {
        addUser(missing, "replication", accounts.replication(), replicationUser, replicationGrants);
      }
      if (spec.monitorUser()) {
        addUser(missing, "monitor", accounts.monitor(), monitorUser, monitorGrants);
      }
      Optional<String> database = spec.applicationDatabase();
      if (database.isPresent() && !applicationDatabase) {
        missing.add("application database '" + database.get() + "'");
      }
      if (spec.applicationUser()) {
        boolean granted = database.isEmpty() || applicationGrants;
        addUser(missing, "application", accounts.application(), applicationUser, granted);
      }
      if (spec.flushBinaryLogsEvent()) {
        if (eventStatus == null) {
          missing.add("event " + SCHEMA + "." + EVENT);
        } else if (isSource && !isEventEnabled()) {
          missing.add("event " + SCHEMA + "." + EVENT + " is not enabled");
        }
      }
      return Collections.unmodifiableSet(missing);
    }

    private static void addUser(
        Set<String> missing, String kind, Account account, boolean exists, boolean granted) {
      if (!exists) {
        missing.add("%s user '%s'".formatted(kind, account.user()));
      } else if (!granted) {
        missing.add("privileges of the %s user '%s'".formatted(kind, account.user()));
      }
    }
  }

  State inspect(Connection connection, SetupSpec spec) throws SQLException {
    String replication = accounts.replication().user();
    String monitor = accounts.monitor().user();
    String application = accounts.application().user();
    String database = spec.applicationDatabase().orElse("");
    return Statements.query(
            connection,
            row ->
                new State(
                    row.getBoolean("replication_user"),
                    row.getBoolean("replication_grants"),
                    row.getBoolean("monitor_user"),
                    row.getBoolean("monitor_grants"),
                    row.getBoolean("application_user"),
                    row.getBoolean("application_grants"),
                    row.getBoolean("application_database"),
                    row.getString("event_status")),
            INSPECT,
            replication,
            replication,
            replication,
            monitor,
            monitor,
            application,
            application,
            application,
            database,
            pattern(database),
            database)
        .getFirst();
  }

  /** Why the set-up cannot be made with these accounts, if so. */
  Optional<String> objection(SetupSpec spec) {
    return spec.replicationUser() ? objection(accounts.replication()) : Optional.empty();
  }

  /**
   * Why a replica could not log in with that account, if so. MySQL keeps what CHANGE REPLICATION
   * SOURCE is told in a column of three-byte UTF-8: other characters become question marks there.
   */
  static Optional<String> objection(Account replication) {
    String password = replication.password();
    int length = password.getBytes(StandardCharsets.UTF_8).length;
    String found;
    if (length > LONGEST_REPLICATION_PASSWORD) {
      found = "has " + length + " bytes";
    } else if (password.codePoints().anyMatch(Character::isSupplementaryCodePoint)) {
      found = "has a character beyond U+FFFF";
    } else if (password.codePoints().anyMatch(Character::isISOControl)) {
      found = "has a control character";
    } else {
      return Optional.empty();
    }
    return Optional.of(
        "the password of replication user '%s' %s, and MySQL's replication takes at most %d bytes, no emoji and no line breaks: choose another in credentials.replication.password"
            .formatted(replication.user(), found, LONGEST_REPLICATION_PASSWORD));
  }

  /** Makes what is missing, a statement at a time; each can be repeated. */
  void complete(ControlSession session, SetupSpec spec) throws SQLException, PermitLostException {
    State state = inspect(session.connection(), spec);
    if (spec.replicationUser() && !state.replicationGrants) {
      user(session, accounts.replication(), state.replicationUser);
      session.change(
          "GRANT REPLICATION SLAVE, BACKUP_ADMIN ON *.* TO ?@'%'", accounts.replication().user());
    }
    if (spec.monitorUser() && !state.monitorGrants) {
      user(session, accounts.monitor(), state.monitorUser);
      session.change("GRANT REPLICATION CLIENT ON *.* TO ?@'%'", accounts.monitor().user());
    }
    Optional<String> database = spec.applicationDatabase();
    if (database.isPresent() && !state.applicationDatabase) {
      session.change("CREATE DATABASE IF NOT EXISTS `" + database.get() + "`");
    }
    if (spec.applicationUser()) {
      boolean lacksPrivileges = database.isPresent() && !state.applicationGrants;
      if (!state.applicationUser || lacksPrivileges) {
        user(session, accounts.application(), state.applicationUser);
      }
      if (lacksPrivileges) {
        session.change(
            "GRANT ALL ON `" + pattern(database.get()) + "`.* TO ?@'%'",
            accounts.application().user());
      }
    }
    if (spec.flushBinaryLogsEvent()) {
      if (state.eventStatus == null) {
        session.change("CREATE DATABASE IF NOT EXISTS `" + SCHEMA + "`");
        session.change(
            """
            CREATE EVENT IF NOT EXISTS `%s`.`%s` ON SCHEDULE EVERY 15 MINUTE
            ON COMPLETION PRESERVE ENABLE
            COMMENT 'MySQL Manager: lets the binary logs of a quiet server expire'
            DO FLUSH LOCAL BINARY LOGS
            """
                .formatted(SCHEMA, EVENT));
      } else if (!state.isEventEnabled()) {
        enableEvent(session);
      }
    }
  }

  /** Enables the event on this server only, if it is there and not enabled. */
  void enableEvent(ControlSession session) throws SQLException, PermitLostException {
    String status =
        Statements.value(
            session.connection(),
            "SELECT STATUS FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ? AND EVENT_NAME = ?",
            SCHEMA,
            EVENT);
    if (status != null && !status.equals("ENABLED")) {
      Statements.execute(session.connection(), "SET SESSION sql_log_bin = 0");
      try {
        session.change("ALTER EVENT `%s`.`%s` ENABLE".formatted(SCHEMA, EVENT));
      } finally {
        Statements.execute(session.connection(), "SET SESSION sql_log_bin = 1");
      }
    }
    if (status != null
        && session.dialect().eventSchedulerNeedsRestart()
        && "ON".equals(Statements.value(session.connection(), "SELECT @@global.event_scheduler"))) {
      session.change("SET GLOBAL event_scheduler = ON");
    }
  }

  /**
   * A user that is there but lacks its privileges is one that was half made, here or by an
   * operator: its password may be another.
   */
  private static void user(ControlSession session, Account account, boolean exists)
      throws SQLException, PermitLostException {
    String statement = exists ? "ALTER USER ?@'%'" : "CREATE USER IF NOT EXISTS ?@'%'";
    session.change(
        statement + " IDENTIFIED WITH caching_sha2_password BY ?",
        account.user(),
        account.password());
  }

  /** In a GRANT the name of a database is a pattern in which '_' stands for any character. */
  private static String pattern(String database) {
    return database.replace("_", "\\_");
  }
}
