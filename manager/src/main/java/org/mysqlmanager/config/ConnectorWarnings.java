package org.mysqlmanager.config;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.access.AccessRules;

/** What is unwise about where the manager listens. */
final class ConnectorWarnings {
  private ConnectorWarnings() {}

  static List<String> of(ServerFactory server, AccessRules rules) {
    if (rules.users().isEmpty() && rules.tokens().isEmpty()) {
      return List.of(); // nothing secret is sent
    }
    return switch (server) {
      case DefaultServerFactory both ->
          Stream.concat(
                  warnings("applicationConnectors", both.getApplicationConnectors()),
                  warnings("adminConnectors", both.getAdminConnectors()))
              .toList();
      case SimpleServerFactory one -> warnings("connector", List.of(one.getConnector())).toList();
      default -> List.of();
    };
  }

  private static Stream<String> warnings(String name, List<ConnectorFactory> connectors) {
    return connectors.stream().map(connector -> warning(name, connector)).flatMap(Optional::stream);
  }

  private static Optional<String> warning(String name, ConnectorFactory connector) {
    if (connector instanceof HttpsConnectorFactory
        || !(connector instanceof HttpConnectorFactory plain)
        || isLoopback(plain.getBindHost())) {
      return Optional.empty();
    }
    return Optional.of(
        "server.%s: passwords and tokens reach port %d (%s) unencrypted: use TLS (type: https), or let nobody but a private network reach it"
            .formatted(
                name,
                plain.getPort(),
                plain.getBindHost() == null ? "all interfaces" : plain.getBindHost()));
  }

  private static boolean isLoopback(@Nullable String host) {
    try {
      return host != null && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // Jetty refuses it, with a sentence
    }
  }
}
