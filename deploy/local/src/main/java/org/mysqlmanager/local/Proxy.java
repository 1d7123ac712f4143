package org.mysqlmanager.local;

import org.mysqlmanager.local.install.ProxyDistribution;

/** A proxy in front of the cluster: ports for writers and for readers, and one for the manager. */
sealed interface Proxy extends Program permits HaproxyProxy, ProxysqlProxy {
  /** The names of a proxy's ports. */
  String WRITER = "writer";

  String READER = "reader";
  String ADMIN = "admin";

  ProxyDistribution distribution();

  /** Where others find it. */
  default int port(String port) {
    return ports().of(port);
  }

  /** Where it listens. */
  default int listeningPort(String port) {
    return ports().listening(port);
  }
}
