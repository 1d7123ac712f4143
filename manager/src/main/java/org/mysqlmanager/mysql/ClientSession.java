package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * A row of {@code SHOW PROCESSLIST}, which unlike its tables needs no {@code performance_schema}.
 *
 * @param id the server's number for the session
 * @param user who is logged in, or one of MySQL's names for its own threads
 * @param host from where: {@code address:port} over TCP
 * @param command what it does
 */
record ClientSession(long id, String user, String host, String command) {
  private static final Set<String> SERVERS_OWN_USERS = Set.of("system user", "event_scheduler");
  private static final Set<String> REPLICATION =
      Set.of("Binlog Dump", "Binlog Dump GTID", "Daemon");

  static List<ClientSession> list(Connection connection) throws SQLException {
    return Statements.query(
        connection,
        row ->
            new ClientSession(
                row.getLong("Id"),
                String.valueOf(row.getString("User")),
                String.valueOf(row.getString("Host")),
                String.valueOf(row.getString("Command"))),
        "SHOW PROCESSLIST");
  }

  /** Told to end: it rolls back, and commits nothing any more. */
  boolean isKilled() {
    return command.equals("Killed");
  }

  /**
   * Whether it is a client's, which fencing ends: neither ours, nor the server's own thread, nor a
   * replica that reads the binary log (the replicas must get all there is).
   */
  boolean isClients(String manager) {
    return !user.equals(manager) && !isServersOwn() && !REPLICATION.contains(command);
  }

  /** An account can have one of those names; what comes over the network is a client's. */
  private boolean isServersOwn() {
    return SERVERS_OWN_USERS.contains(user) && host.indexOf(':') < 0;
  }
}
