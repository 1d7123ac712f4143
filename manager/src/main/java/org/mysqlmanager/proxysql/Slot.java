package org.mysqlmanager.proxysql;

/**
 * A server's place in a hostgroup: the key of {@code mysql_servers}. The host is compared as it is
 * written, as ProxySQL does: two spellings of one machine are two servers to it.
 */
record Slot(int hostgroup, String host, int port) {
  static Slot of(Row row, String hostgroup, String host, String port) {
    return new Slot(row.number(hostgroup), row.text(host), row.number(port));
  }

  /** The condition that is true for this row of {@code mysql_servers} alone. */
  String condition() {
    return "(hostgroup_id=%d AND hostname=%s AND port=%d)"
        .formatted(hostgroup, Sql.quote(host), port);
  }

  String described() {
    return "%s:%d in hostgroup %d".formatted(host, port, hostgroup);
  }
}
