package org.mysqlmanager.proxysql;

/**
 * A row of {@code runtime_mysql_servers}, with the connections that sessions hold to it now.
 *
 * @param useSsl 1 if ProxySQL connects with TLS
 * @param status {@code ONLINE}, {@code SHUNNED}, {@code OFFLINE_SOFT} or {@code OFFLINE_HARD}
 */
record RuntimeServer(Slot slot, String status, int useSsl, int connectionsUsed) {
  /**
   * Whether ProxySQL sends, or can begin to send, statements here. SHUNNED is no fence: ProxySQL
   * takes such a server back unasked. OFFLINE_SOFT keeps the sessions that are there. OFFLINE_HARD,
   * which is also what remains for a while of a removed row, lets no statement through any more:
   * what a session tries on such a connection ends the session.
   */
  boolean isRouted() {
    return isOnline() || isShunned() || (isOfflineSoft() && connectionsUsed > 0);
  }

  boolean isOnline() {
    return status.equals("ONLINE");
  }

  /** Also SHUNNED_REPLICATION_LAG. */
  boolean isShunned() {
    return status.startsWith("SHUNNED");
  }

  boolean isOfflineSoft() {
    return status.equals("OFFLINE_SOFT");
  }

  boolean isOfflineHard() {
    return status.equals("OFFLINE_HARD");
  }
}
