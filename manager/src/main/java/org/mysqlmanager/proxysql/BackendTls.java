package org.mysqlmanager.proxysql;

import org.mysqlmanager.model.TlsMode;

/** Whether ProxySQL encrypts its own connections to the servers: the column {@code use_ssl}. */
enum BackendTls {
  /** As the operator has set it, row by row. */
  AS_SET,
  /** On all servers of our hostgroups, whatever is set. */
  ALWAYS;

  /** What the cluster's mode asks of its proxies. */
  static BackendTls of(TlsMode mode) {
    return mode.isMandatory() ? ALWAYS : AS_SET;
  }

  /** Whether a row with that value may stay as it is. */
  boolean isServedBy(int useSsl) {
    return this == AS_SET || useSsl == 1;
  }
}
