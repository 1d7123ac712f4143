package org.mysqlmanager.local;

import java.util.Locale;

/** The accounts of a local system; each has a password of its own. */
public enum Account {
  /** Everything, from 127.0.0.1 only: for tests and for looking around. */
  ROOT("root"),
  /** The manager's own account on every MySQL server. */
  MANAGER("mm_manager"),
  /** With it replicas fetch from their source; the manager creates it. */
  REPLICATION("mm_replication"),
  /** ProxySQL's monitor; the manager creates it. */
  MONITOR("mm_monitor"),
  /** The application's account, used through the proxy; the manager creates it. */
  APPLICATION("app"),
  /** ProxySQL's admin interface, for the manager. */
  PROXY_ADMIN("mm_admin"),
  /** The managers' account at ZooKeeper; every znode of theirs is for it alone. */
  ZOOKEEPER("mysql-manager"),
  /** Who may have the managers do something over HTTP. */
  OPERATOR("operator");

  private final String user;

  Account(String user) {
    this.user = user;
  }

  public String user() {
    return user;
  }

  /** The name in the manager's configuration, and in the file of passwords. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
