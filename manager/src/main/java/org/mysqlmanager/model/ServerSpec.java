package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One MySQL server of a cluster, as the operator names it, and where it is reached by all.
 *
 * @param adminPort MySQL's administrative interface on the same host, if the manager may use it: it
 *     lets an administrator in when all ordinary connections are used. MySQL opens it only where
 *     {@code admin_address} is set, by default on port 33062
 * @see <a
 *     href="https://dev.mysql.com/doc/refman/9.7/en/administrative-connection-interface.html">the
 *     administrative interface</a>
 */
public record ServerSpec(
    ServerId name, String host, int port, @JsonProperty("admin_port") Optional<Integer> adminPort) {
  public ServerSpec {
    Names.requireHost("server " + name, host);
    if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "server %s: host %s is an IPv6 address, and MySQL can clone from none (its clone_valid_donor_list ends a host at the first ':'): give a host name that stands for it"
              .formatted(name, Names.quoted(host)));
    }
    Names.requirePort("server " + name + ": port", port);
    adminPort.ifPresent(admin -> {
      Names.requirePort("server " + name + ": admin_port", admin);
      if (admin == port) {
        throw new IllegalArgumentException(
            "server %s: port and admin_port are both %d: they must differ".formatted(name, port));
      }
    });
  }

  /** Without an administrative interface. */
  public ServerSpec(ServerId name, String host, int port) {
    this(name, host, port, Optional.empty());
  }

  @JsonCreator
  static ServerSpec of(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("host") @Nullable String host,
      @JsonProperty("port") @Nullable Integer port,
      @JsonProperty("admin_port") @Nullable Integer adminPort) {
    ServerId id = new ServerId(name == null ? "" : name);
    return new ServerSpec(
        id, host == null ? "" : host, port == null ? 3306 : port, Optional.ofNullable(adminPort));
  }

  public Endpoint endpoint() {
    return new Endpoint(host, port);
  }

  public Optional<Endpoint> adminEndpoint() {
    return adminPort.map(admin -> new Endpoint(host, admin));
  }
}
