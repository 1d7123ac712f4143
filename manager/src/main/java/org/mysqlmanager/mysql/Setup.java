package org.mysqlmanager.mysql;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.mysql.ExistingAccounts.Existing;

/**
 * The initial set-up of a cluster: what is there, and the statements for what is not. Accounts that
 * are there already and may do anything are left alone. All of it is replicated to the other
 * servers, except the status of the event.
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

  /** What is missing where the manager's account may not see it: its replication user, maybe. */
  static final Set<String> UNSEEN =
      Set.of("replication user or others (the manager's account cannot see which there are)");

  private static final String INSPECT =
      """
      SELECT @@global.partial_revokes AS partial_revokes,
        EXISTS(SELECT 1 FROM information_schema.SCHEMATA
               WHERE SCHEMA_NAME = ?) AS application_database,
        (SELECT STATUS FROM information_schema.EVENTS
         WHERE EVENT_SCHEMA = ? AND EVENT_NAME = ?) AS event_status
      """;

  /**
   * Whatever the server's {@code default_password_lifetime}: accounts that expire do so together,
   * and with them replication or all clients. And whatever its {@code password_history} and {@code
   * password_reuse_interval}: an account that is half made gets the password that it may have.
   */
  private static final String PASSWORD_OPTIONS =
      " PASSWORD EXPIRE NEVER PASSWORD HISTORY 0 PASSWORD REUSE INTERVAL 0 DAY";

  private static final String REPLICATION_PRIVILEGES = "REPLICATION SLAVE, BACKUP_ADMIN";
  private static final String MONITOR_PRIVILEGES = "REPLICATION CLIENT";

  private final MySqlAccounts accounts;
  private final TlsMode tls;

  /**
   * @param tls where it is mandatory, MySQL itself refuses replicas, clones and monitors that come
   *     without
   */
  Setup(MySqlAccounts accounts, TlsMode tls) {
    this.accounts = accounts;
    this.tls = tls;
  }

  /** What of the set-up a server has. */
  record State(
      ExistingAccounts existing,
      boolean partialRevokes,
      boolean applicationDatabase,
      @Nullable String eventStatus) {
    boolean isEventEnabled() {
      return "ENABLED".equals(eventStatus);
    }

    Lack replication(MySqlAccounts accounts) {
      return lack(accounts.replication(), Existing::mayReplicate);
    }

    Lack monitor(MySqlAccounts accounts) {
      return lack(accounts.monitor(), Existing::mayMonitor);
    }

    /** One that is there already may be meant to do less, or something else. */
    Lack application(MySqlAccounts accounts, Optional<String> database) {
      return lack(accounts.application(), account -> database.isEmpty() || account.isSomebodys());
    }

    private Lack lack(Account account, Predicate<Existing> complete) {
      Existing there = existing.byUser().get(account.user());
      if (there == null) {
        return Lack.ALL;
      }
      if (complete.test(there)) {
        return Lack.NOTHING;
      }
      return there.isSomebodys() ? Lack.LEFT_TO_ITS_OWNER : Lack.PRIVILEGES;
    }

    /**
     * What the spec asks for and is not there, in words.
     *
     * @param isSource whether the event must be enabled, not merely be there
     */
    Set<String> missing(SetupSpec spec, MySqlAccounts accounts, boolean isSource) {
      Set<String> missing = new LinkedHashSet<>();
      if (spec.replicationUser()) {
        Account account = accounts.replication();
        addUser(missing, "replication", account, replication(accounts), REPLICATION_PRIVILEGES);
      }
      if (spec.monitorUser()) {
        addUser(missing, "monitor", accounts.monitor(), monitor(accounts), MONITOR_PRIVILEGES);
      }
      Optional<String> database = spec.applicationDatabase();
      if (database.isPresent() && !applicationDatabase) {
        missing.add("application database '" + database.get() + "'");
      }
      if (spec.applicationUser()) {
        Lack lack = application(accounts, database);
        addUser(missing, "application", accounts.application(), lack, "");
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
        Set<String> missing, String kind, Account account, Lack lack, String privileges) {
      switch (lack) {
        case ALL -> missing.add("%s user '%s'".formatted(kind, account.user()));
        case PRIVILEGES ->
            missing.add("privileges of the %s user '%s'".formatted(kind, account.user()));
        case LEFT_TO_ITS_OWNER ->
            missing.add(
                "privileges of the %s user '%s' (it was there already and is left alone: grant it %s ON *.*)"
                    .formatted(kind, account.user(), privileges));
        case NOTHING -> {}
      }
    }
  }

  /** What is to be done for an account. */
  enum Lack {
    NOTHING,
    PRIVILEGES,
    ALL,
    /** Privileges, but it is not for this program to change that account. */
    LEFT_TO_ITS_OWNER;

    boolean isOurs() {
      return this == PRIVILEGES || this == ALL;
    }
  }

  State inspect(Connection connection, SetupSpec spec) throws SQLException {
    boolean asksForAccounts =
        spec.replicationUser() || spec.monitorUser() || spec.applicationUser();
    ExistingAccounts existing =
        asksForAccounts ? ExistingAccounts.read(connection, accounts) : ExistingAccounts.none();
    return Statements.query(
            connection,
            row ->
                new State(
                    existing,
                    row.getBoolean("partial_revokes"),
                    row.getBoolean("application_database"),
                    row.getString("event_status")),
            INSPECT,
            spec.applicationDatabase().orElse(""),
            SCHEMA,
            EVENT)
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
    if (spec.replicationUser() && state.replication(accounts).isOurs()) {
      user(session, accounts.replication(), state.replication(accounts), require());
      grantAll(session, REPLICATION_PRIVILEGES, accounts.replication());
    }
    if (spec.monitorUser() && state.monitor(accounts).isOurs()) {
      user(session, accounts.monitor(), state.monitor(accounts), require());
      grantAll(session, MONITOR_PRIVILEGES, accounts.monitor());
    }
    Optional<String> database = spec.applicationDatabase();
    if (database.isPresent() && !state.applicationDatabase) {
      session.change("CREATE DATABASE IF NOT EXISTS `" + database.get() + "`");
    }
    Lack application = state.application(accounts, database);
    if (spec.applicationUser() && application.isOurs()) {
      // Whether it is to be used with TLS is for the applications' people to say.
      user(session, accounts.application(), application, "");
      if (database.isPresent()) {
        session.change(
            "GRANT %s ON `%s`.* TO ?@'%%'"
                .formatted(
                    String.join(", ", NeededPrivileges.APPLICATION),
                    pattern(database.get(), state.partialRevokes)),
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

  private static void grantAll(ControlSession session, String privileges, Account account)
      throws SQLException, PermitLostException {
    session.change("GRANT " + privileges + " ON *.* TO ?@'%'", account.user());
  }

  /** The password of one that is half made may be another, and its host another than ours. */
  private static void user(ControlSession session, Account account, Lack lack, String require)
      throws SQLException, PermitLostException {
    String definition =
        " ?@'%' IDENTIFIED WITH caching_sha2_password BY ?" + require + PASSWORD_OPTIONS;
    session.change("CREATE USER IF NOT EXISTS" + definition, account.user(), account.password());
    if (lack == Lack.PRIVILEGES) {
      session.change("ALTER USER" + definition, account.user(), account.password());
    }
  }

  private String require() {
    return tls.isMandatory() ? " REQUIRE SSL" : "";
  }

  /**
   * In a GRANT the name of a database is a pattern in which '_' stands for any character, unless
   * the server has {@code partial_revokes}.
   */
  static String pattern(String database, boolean partialRevokes) {
    return partialRevokes ? database : database.replace("_", "\\_");
  }
}
