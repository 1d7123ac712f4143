package org.mysqlmanager.proxysql;

import java.util.Optional;

/**
 * What an operator has set for the servers of our hostgroups, so that a server that comes or moves
 * gets it too: a new row with {@code use_ssl=0} would send passwords and data in clear where all
 * others do not. Weights stay with their rows.
 */
record ServerSettings(int maxConnections, int useSsl, int compression) {
  /** ProxySQL's own. */
  static final ServerSettings DEFAULTS = new ServerSettings(1000, 0, 0);

  /** Those of a row in our hostgroups, of the encrypted one where they differ; empty for none. */
  static Optional<ServerSettings> read(Statements statements, Hostgroups hostgroups)
      throws AdminFailure {
    return statements
        .read(
            "SELECT max_connections, use_ssl, compression FROM main.mysql_servers WHERE hostgroup_id IN %s ORDER BY use_ssl DESC, max_connections DESC LIMIT 1"
                .formatted(hostgroups.list()))
        .stream()
        .findFirst()
        .map(row ->
            new ServerSettings(
                row.number("max_connections"), row.number("use_ssl"), row.number("compression")));
  }

  /** Leaves a row that is there as it is. */
  String insert(Slot slot) {
    return "INSERT OR IGNORE INTO main.mysql_servers(hostgroup_id,hostname,port,max_connections,use_ssl,compression,comment) VALUES (%d,%s,%d,%d,%d,%d,'by MySQL Manager')"
        .formatted(
            slot.hostgroup(),
            Sql.quote(slot.host()),
            slot.port(),
            maxConnections,
            useSsl,
            compression);
  }
}
