package org.mysqlmanager.reconcile;

import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ServerSpec;

/** Makes the adapters of a cluster. Making one connects to nothing. */
public interface Connector {
  /** The adapter for one server of the cluster. */
  MySqlServer server(ClusterSpec cluster, ServerSpec server);

  /** The adapter for one proxy of the cluster. */
  Proxy proxy(ClusterSpec cluster, ProxySpec proxy);
}
