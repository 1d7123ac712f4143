package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What bootstrap sets up in a fresh source; each part can be switched off. User names and passwords
 * are no part of it: they are configured beside the clusters and never reach ZooKeeper.
 *
 * @param applicationDatabase the database to create for the application user; empty for none
 * @param flushBinaryLogsEvent an event that runs {@code FLUSH BINARY LOGS} every 15 minutes, so
 *     that binary logs of a quiet server expire too
 */
public record SetupSpec(
    @JsonProperty("replication_user") boolean replicationUser,
    @JsonProperty("monitor_user") boolean monitorUser,
    @JsonProperty("application_user") boolean applicationUser,
    @JsonProperty("application_database") Optional<String> applicationDatabase,
    @JsonProperty("flush_binary_logs_event") boolean flushBinaryLogsEvent) {
  private static final Pattern DATABASE = Pattern.compile("[A-Za-z0-9_$-]{1,64}");

  private static final int LONGEST_IN_A_GRANT = 64;

  /** Who may do everything in one of these may do everything. */
  private static final Set<String> NOT_THE_APPLICATIONS =
      Set.of("mysql", "sys", "information_schema", "performance_schema", "mysql_manager");

  public static final SetupSpec ALL = new SetupSpec(true, true, true, Optional.of("app"), true);

  public SetupSpec {
    applicationDatabase.ifPresent(name -> {
      if (!DATABASE.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "setup: application_database %s is not valid: use 1 to 64 letters, digits, '_', '$' or '-'"
                .formatted(Names.quoted(name)));
      }
      // A GRANT names it with a backslash before each '_', and in no more characters.
      if (name.length() + name.chars().filter(c -> c == '_').count() > LONGEST_IN_A_GRANT) {
        throw new IllegalArgumentException(
            "setup: application_database '%s' is too long: use at most %d characters, each '_' counted twice"
                .formatted(name, LONGEST_IN_A_GRANT));
      }
      if (NOT_THE_APPLICATIONS.contains(name.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(
            "setup: application_database '%s' is MySQL's or the manager's own: choose another name"
                .formatted(name));
      }
    });
  }

  @JsonCreator
  static SetupSpec of(
      @JsonProperty("replication_user") @Nullable Boolean replicationUser,
      @JsonProperty("monitor_user") @Nullable Boolean monitorUser,
      @JsonProperty("application_user") @Nullable Boolean applicationUser,
      @JsonProperty("application_database") @Nullable String applicationDatabase,
      @JsonProperty("flush_binary_logs_event") @Nullable Boolean flushBinaryLogsEvent) {
    return new SetupSpec(
        replicationUser == null || replicationUser,
        monitorUser == null || monitorUser,
        applicationUser == null || applicationUser,
        applicationDatabase == null
            ? Optional.empty()
            : Optional.of(applicationDatabase).filter(name -> !name.isEmpty()),
        flushBinaryLogsEvent == null || flushBinaryLogsEvent);
  }
}
