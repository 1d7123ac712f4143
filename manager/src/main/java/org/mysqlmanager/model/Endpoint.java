package org.mysqlmanager.model;

/** Where something listens: a host name or address, and a TCP port. */
public record Endpoint(String host, int port) {
  public Endpoint {
    Names.requireHost("endpoint", host);
    Names.requirePort("port", port);
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
