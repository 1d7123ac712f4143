package org.mysqlmanager.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mysqlmanager.model.Printable;

/**
 * Our defaults for Dropwizard's blocks, put in where the file says nothing. Dropwizard's own fit a
 * busy public server (1024 threads, all interfaces, every request logged); this one answers a few
 * requests a minute and must stay small.
 */
final class ServerDefaults {
  private static final Set<String> DETAILED = Set.of("DEBUG", "TRACE", "ALL");

  /** A message is one line without control characters, whatever a server put into it. */
  private static final String LOG_FORMAT =
      "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSS'Z'\",UTC} %-5level [%thread] %logger{0}: %replace(%msg){'[\\pC\\p{Zl}\\p{Zp}]', '?'}%n%rEx";

  private ServerDefaults() {}

  static void fillIn(ObjectNode root) {
    if (block(root, "server") instanceof ObjectNode server
        && server.path("type").asText("default").equals("default")) {
      fillInServer(server);
    }
    if (block(root, "logging") instanceof ObjectNode logging) {
      fillInLogging(logging);
    }
  }

  /**
   * Why the logging cannot be had like that, if so: below INFO, Jetty logs each request's headers,
   * and with them passwords and tokens.
   */
  static Optional<String> objection(ObjectNode root) {
    for (Map.Entry<String, JsonNode> logger : root.path("logging").path("loggers").properties()) {
      JsonNode setting = logger.getValue();
      String level = setting.isObject() ? setting.path("level").asText() : setting.asText();
      if (logger.getKey().startsWith("org.eclipse.jetty")
          && DETAILED.contains(level.toUpperCase(Locale.ROOT))) {
        return Optional.of(
            "the logger %s would log the Authorization headers of requests: INFO is the most detailed level for it"
                .formatted(Printable.line(logger.getKey())));
      }
    }
    return Optional.empty();
  }

  private static void fillInServer(ObjectNode server) {
    put(server, "minThreads", "2");
    put(server, "maxThreads", "16");
    put(server, "adminMinThreads", "1");
    put(server, "adminMaxThreads", "8");
    put(server, "shutdownGracePeriod", "2s");
    if (!server.has("requestLog")) {
      server.putObject("requestLog").putArray("appenders");
    }
    if (!server.has("applicationConnectors")) {
      server.putArray("applicationConnectors").add(loopback("8080"));
    }
    if (!server.has("adminConnectors")) {
      server.putArray("adminConnectors").add(loopback("8081"));
    }
    for (String connectors : new String[] {"applicationConnectors", "adminConnectors"}) {
      for (JsonNode connector : server.path(connectors)) {
        if (connector instanceof ObjectNode settings) {
          // Jetty would take as many as there are cores, and refuse our small pools then.
          put(settings, "acceptorThreads", "1");
          put(settings, "selectorThreads", "1");
        }
      }
    }
  }

  private static void fillInLogging(ObjectNode logging) {
    put(logging, "level", "INFO");
    if (block(logging, "loggers") instanceof ObjectNode loggers) {
      put(loggers, "io.dropwizard", "WARN");
      put(loggers, "org.apache.curator", "WARN");
      put(loggers, "org.apache.zookeeper", "WARN");
      // A stack trace a second while TLS does not come about; we say once why.
      put(loggers, "org.apache.zookeeper.ClientCnxnSocketNetty", "OFF");
      put(loggers, "org.eclipse.jetty", "WARN");
      put(loggers, "org.hibernate.validator", "WARN");
    }
    if (!logging.has("appenders")) {
      ObjectNode console = logging.putArray("appenders").addObject();
      put(console, "type", "console");
      put(console, "logFormat", LOG_FORMAT);
    }
  }

  /** The block of that name, made if there is none; anything else is left for Jackson to refuse. */
  private static JsonNode block(ObjectNode parent, String name) {
    JsonNode present = parent.get(name);
    return present == null || present.isNull() ? parent.putObject(name) : present;
  }

  private static ObjectNode loopback(String port) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", "http")
        .put("port", port)
        .put("bindHost", "127.0.0.1");
  }

  private static void put(ObjectNode block, String name, String value) {
    if (!block.has(name)) {
      block.put(name, value);
    }
  }
}
