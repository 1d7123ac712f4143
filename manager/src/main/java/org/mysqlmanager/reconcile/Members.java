package org.mysqlmanager.reconcile;

import java.util.HashMap;
import java.util.Map;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;

/** The adapters for all servers and proxies of one spec. Immutable but for being closed. */
final class Members implements AutoCloseable {
  private final ClusterSpec spec;
  private final Map<ServerId, MySqlServer> servers = new HashMap<>();
  private final Map<ProxyName, Proxy> proxies = new HashMap<>();

  Members(ClusterSpec spec, Connector connector) {
    this.spec = spec;
    for (ServerSpec server : spec.servers()) {
      servers.put(server.name(), connector.server(spec, server));
    }
    for (ProxySpec proxy : spec.proxies()) {
      proxies.put(proxy.name(), connector.proxy(spec, proxy));
    }
  }

  ClusterSpec spec() {
    return spec;
  }

  MySqlServer server(ServerId id) {
    MySqlServer server = servers.get(id);
    if (server == null) {
      throw new IllegalArgumentException(id + " is no server of cluster " + spec.name());
    }
    return server;
  }

  Proxy proxy(ProxyName name) {
    Proxy proxy = proxies.get(name);
    if (proxy == null) {
      throw new IllegalArgumentException(name + " is no proxy of cluster " + spec.name());
    }
    return proxy;
  }

  @Override
  public void close() {
    servers.values().forEach(MySqlServer::close);
    proxies.values().forEach(Proxy::close);
  }
}
