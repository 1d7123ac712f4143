package org.mysqlmanager.sim;

/** A client's connection through a proxy to a server. */
final class ClientSession {
  private final SimProxy proxy;
  private final SimServer server;
  private final SimServer.Session session;

  ClientSession(SimProxy proxy, SimServer server, SimServer.Session session) {
    this.proxy = proxy;
    this.server = server;
    this.session = session;
  }

  SimProxy proxy() {
    return proxy;
  }

  SimServer server() {
    return server;
  }

  SimServer.Session session() {
    return session;
  }

  /** Ends it on both sides. */
  void cut() {
    proxy.closed(this);
    server.end(session);
  }
}
