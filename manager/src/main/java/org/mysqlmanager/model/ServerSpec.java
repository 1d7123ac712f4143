package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** One MySQL server of a cluster, as the operator names it, and where it is reached by all. */
public record ServerSpec(ServerId name, String host, int port) {
  public ServerSpec {
    Names.requireHost("server " + name, host);
    Names.requirePort("server " + name + ": port", port);
  }

  @JsonCreator
  static ServerSpec of(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("host") @Nullable String host,
      @JsonProperty("port") @Nullable Integer port) {
    ServerId id = new ServerId(name == null ? "" : name);
    return new ServerSpec(id, host == null ? "" : host, port == null ? 3306 : port);
  }

  public Endpoint endpoint() {
    return new Endpoint(host, port);
  }
}
