package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mysqlmanager.model.Printable;

/** What differs between the versions of MySQL that are supported: 8.0.22 and later. */
record Dialect(String version, int major, int minor, int patch) {
  private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4}).*");

  /** A server that answers and that cannot be managed. The message is one sentence's predicate. */
  static final class UnsupportedServerException extends SQLException {
    private static final long serialVersionUID = 1L;

    UnsupportedServerException(String message) {
      super(message);
    }
  }

  static Dialect of(Connection connection) throws SQLException {
    return parse(connection.getMetaData().getDatabaseProductVersion());
  }

  static Dialect parse(String answer) throws UnsupportedServerException {
    String version = Printable.line(answer);
    if (version.toLowerCase(Locale.ROOT).contains("mariadb")) {
      throw new UnsupportedServerException(
          "is MariaDB (%s): use MySQL 8.0.22 or later".formatted(version));
    }
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()) {
      throw new UnsupportedServerException(
          "says it is version '%s': use MySQL 8.0.22 or later".formatted(version));
    }
    Dialect dialect =
        new Dialect(
            version,
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3)));
    if (!dialect.isAtLeast(8, 0, 22)) {
      throw new UnsupportedServerException(
          "runs MySQL %s: upgrade it to 8.0.22 or later".formatted(version));
    }
    return dialect;
  }

  boolean isAtLeast(int otherMajor, int otherMinor, int otherPatch) {
    if (major != otherMajor) {
      return major > otherMajor;
    }
    return minor != otherMinor ? minor > otherMinor : patch >= otherPatch;
  }

  /** {@code log_slave_updates} until 8.0.25. */
  String logReplicaUpdates() {
    return isAtLeast(8, 0, 26) ? "log_replica_updates" : "log_slave_updates";
  }

  /** {@code slave_net_timeout} until 8.0.25. */
  String replicaNetTimeout() {
    return isAtLeast(8, 0, 26) ? "replica_net_timeout" : "slave_net_timeout";
  }

  /** {@code CHANGE REPLICATION SOURCE TO} came with 8.0.23; its options changed names with it. */
  String changeSource(String statement) {
    return isAtLeast(8, 0, 23)
        ? statement
        : statement
            .replace("CHANGE REPLICATION SOURCE TO", "CHANGE MASTER TO")
            .replace("GET_SOURCE_PUBLIC_KEY", "GET_MASTER_PUBLIC_KEY")
            .replace("SOURCE_", "MASTER_");
  }

  /** Before 8.0.26 the scheduler stays stopped after {@code super_read_only} has stopped it. */
  boolean eventSchedulerNeedsRestart() {
    return !isAtLeast(8, 0, 26);
  }

  /**
   * Whether a clone from that server's version is possible: the same version, or from 8.0.37 on the
   * same series.
   */
  boolean canCloneFrom(Dialect donor) {
    if (major != donor.major || minor != donor.minor) {
      return false;
    }
    return patch == donor.patch || (isAtLeast(8, 0, 37) && donor.isAtLeast(8, 0, 37));
  }
}
