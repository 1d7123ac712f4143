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
import org.mysqlmanager.access.AnonymousReading;

/** What is unwise about where the manager listens. */
final class ConnectorWarnings {
  private ConnectorWarnings() {}

  static List<String> of(ServerFactory server, AccessRules rules) {
    return switch (server) {
      case DefaultServerFactory both ->
          Stream.concat(
                  warnings("applicationConnectors", both.getApplicationConnectors(), rules),
                  warnings("adminConnectors", both.getAdminConnectors(), rules))
              .toList();
      case SimpleServerFactory one ->
          warnings("connector", List.of(one.getConnector()), rules).toList();
      default -> List.of();
    };
  }

  private static Stream<String> warnings(
      String name, List<ConnectorFactory> connectors, AccessRules rules) {
    return connectors.stream()
        .flatMap(connector ->
            Stream.of(unencrypted(name, connector, rules), proxied(name, connector, rules)))
        .flatMap(Optional::stream);
  }

  private static Optional<String> proxied(
      String name, ConnectorFactory connector, AccessRules rules) {
    if (rules.anonymousReading() != AnonymousReading.LOOPBACK
        || !(connector instanceof HttpConnectorFactory http)
        || !(http.isUseForwardedHeaders() || http.isUseProxyProtocol())) {
      return Optional.empty();
    }
    return Optional.of(
        "server.%s: port %d is behind a proxy (%s), and access.anonymous_reading is loopback: set it to nowhere, as a proxy on this machine that does not say for whom it asks has everybody read without a user"
            .formatted(
                name,
                http.getPort(),
                http.isUseForwardedHeaders() ? "useForwardedHeaders" : "useProxyProtocol"));
  }

  private static Optional<String> unencrypted(
      String name, ConnectorFactory connector, AccessRules rules) {
    boolean nothingSecretIsSent = rules.users().isEmpty() && rules.tokens().isEmpty();
    if (nothingSecretIsSent
        || connector instanceof HttpsConnectorFactory
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
