package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The accounts on a server that bear the names of those to be set up. Ours are for host {@code %};
 * one for other hosts is as much a reason to stay away from the name: an operator has taken it.
 *
 * <p>One that has privileges of any kind is somebody's: it is left alone, password and all. One
 * that has none is half made, here or by hand: between CREATE USER and GRANT the manager may have
 * been killed.
 *
 * @param byUser what each user may do, from whatever host
 */
record ExistingAccounts(Map<String, Existing> byUser) {
  /** A privilege on columns has a row in {@code tables_priv}, too. */
  private static final String SELECT =
      """
      SELECT u.User AS user, u.Repl_slave_priv = 'Y' AS replication_slave,
        u.Repl_client_priv = 'Y' AS replication_client,
        EXISTS(SELECT 1 FROM mysql.global_grants AS g
          WHERE g.USER = u.User AND g.HOST = u.Host AND g.PRIV = 'BACKUP_ADMIN') AS backup_admin,
        EXISTS(SELECT 1 FROM mysql.role_edges AS r
          WHERE r.TO_USER = u.User AND r.TO_HOST = u.Host) AS has_role,
        'Y' IN ({privileges})
          OR EXISTS(SELECT 1 FROM mysql.global_grants AS g
            WHERE g.USER = u.User AND g.HOST = u.Host)
          OR EXISTS(SELECT 1 FROM mysql.db AS d WHERE d.User = u.User AND d.Host = u.Host)
          OR EXISTS(SELECT 1 FROM mysql.tables_priv AS t
            WHERE t.User = u.User AND t.Host = u.Host)
          OR EXISTS(SELECT 1 FROM mysql.procs_priv AS p
            WHERE p.User = u.User AND p.Host = u.Host)
          OR EXISTS(SELECT 1 FROM mysql.proxies_priv AS x
            WHERE x.User = u.User AND x.Host = u.Host) AS has_privileges
      FROM mysql.user AS u WHERE u.User IN (?, ?, ?)
      """
          .replace(
              "{privileges}",
              NeededPrivileges.USER_COLUMNS.stream()
                  .filter(column -> column.endsWith("_priv"))
                  .map(column -> "u." + column)
                  .collect(Collectors.joining(", ")));

  /**
   * What an account may do, or all that have the same user together. Roles are taken to be all that
   * is needed.
   */
  record Existing(
      boolean replicationSlave,
      boolean replicationClient,
      boolean backupAdmin,
      boolean hasRole,
      boolean hasPrivileges) {
    boolean mayReplicate() {
      return hasRole || (replicationSlave && backupAdmin);
    }

    boolean mayMonitor() {
      return hasRole || replicationClient;
    }

    boolean isSomebodys() {
      return hasRole || hasPrivileges;
    }

    private Existing and(Existing other) {
      return new Existing(
          replicationSlave || other.replicationSlave,
          replicationClient || other.replicationClient,
          backupAdmin || other.backupAdmin,
          hasRole || other.hasRole,
          hasPrivileges || other.hasPrivileges);
    }
  }

  ExistingAccounts {
    byUser = Map.copyOf(byUser);
  }

  static ExistingAccounts none() {
    return new ExistingAccounts(Map.of());
  }

  static ExistingAccounts read(Connection connection, MySqlAccounts accounts) throws SQLException {
    Map<String, Existing> byUser = new HashMap<>();
    Statements.query(
        connection,
        row ->
            byUser.merge(
                String.valueOf(row.getString("user")),
                new Existing(
                    row.getBoolean("replication_slave"),
                    row.getBoolean("replication_client"),
                    row.getBoolean("backup_admin"),
                    row.getBoolean("has_role"),
                    row.getBoolean("has_privileges")),
                Existing::and),
        SELECT,
        accounts.replication().user(),
        accounts.monitor().user(),
        accounts.application().user());
    return new ExistingAccounts(byUser);
  }
}
