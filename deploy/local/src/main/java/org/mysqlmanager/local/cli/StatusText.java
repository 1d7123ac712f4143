package org.mysqlmanager.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.mysqlmanager.local.LocalSystem;

/**
 * What runs and what the managers say about it, as a table. The answers of the managers may lack
 * anything.
 */
final class StatusText {
  private final LocalSystem system;
  private final Optional<JsonNode> cluster;

  StatusText(LocalSystem system, Optional<JsonNode> cluster) {
    this.system = system;
    this.cluster = cluster;
  }

  /** One line on the cluster, without what changes all the time. */
  String headline() {
    if (system.managers().isEmpty()) {
      return "no managers";
    }
    return cluster
        .map(status ->
            "cluster %s: %s   source %s   leader %s, epoch %s"
                .formatted(
                    status.path("name").asText(),
                    word(status, "phase"),
                    word(status, "source"),
                    word(status, "leader"),
                    word(status, "epoch")))
        .orElse("waiting for managers");
  }

  /** The headline, the reason and the running operation; what changes when something happens. */
  String summary() {
    StringJoiner lines = new StringJoiner("   ");
    lines.add(headline());
    cluster.ifPresent(status -> {
      if (status.path("operation").isObject()) {
        lines.add(
            "%s: %s"
                .formatted(
                    word(status.path("operation"), "kind"),
                    word(status.path("operation"), "step")));
      }
      String reason = status.path("reason").asText("");
      if (!reason.isEmpty() && !reason.equals("null")) {
        lines.add(reason);
      }
    });
    return lines.toString();
  }

  /** Everything, a line for each component. */
  List<String> table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NAME", "PROCESS", "ADDRESS", "STATUS"));
    for (String name : system.names()) {
      rows.add(List.of(name, process(name), system.host() + ":" + system.port(name), role(name)));
    }
    List<String> lines = new ArrayList<>();
    lines.add(summary());
    lines.addAll(aligned(rows));
    return lines;
  }

  private String process(String name) {
    return system.isPaused(name) ? "paused" : system.isAlive(name) ? "up" : "down";
  }

  private String role(String name) {
    if (cluster.isEmpty()) {
      return "";
    }
    JsonNode status = cluster.get();
    if (system.managers().contains(name)) {
      return name.equals(status.path("leader").asText()) ? "leader" : "";
    }
    for (JsonNode server : status.path("servers")) {
      if (name.equals(server.path("name").asText())) {
        return server(server);
      }
    }
    for (JsonNode proxy : status.path("proxies")) {
      if (name.equals(proxy.path("name").asText())) {
        return "%s; writer %s, readers %s%s"
            .formatted(
                word(proxy, "status"),
                names(proxy, "writers"),
                names(proxy, "readers"),
                reason(proxy));
      }
    }
    return "";
  }

  private static String server(JsonNode server) {
    StringJoiner words = new StringJoiner(", ");
    words.add(word(server, "role"));
    words.add(word(server, "status"));
    if (server.path("read_only").isBoolean()) {
      boolean closed =
          server.path("read_only").asBoolean() || server.path("super_read_only").asBoolean();
      words.add(closed ? "read-only" : "writable");
    }
    if (server.path("lag_seconds").isNumber()) {
      words.add("lag " + server.path("lag_seconds").asText() + " s");
    }
    if (server.path("clone_progress_percent").isNumber()) {
      words.add("clone " + server.path("clone_progress_percent").asText() + " %");
    }
    return words + reason(server);
  }

  private static String names(JsonNode node, String field) {
    StringJoiner names = new StringJoiner(" ");
    node.path(field).forEach(name -> names.add(name.asText()));
    return names.length() == 0 ? "-" : names.toString();
  }

  private static String reason(JsonNode node) {
    String reason = node.path("reason").isTextual() ? node.path("reason").asText() : "";
    return reason.isEmpty() ? "" : "; " + reason;
  }

  private static String word(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isValueNode() && !value.isNull() && !value.asText().isEmpty()
        ? value.asText()
        : "-";
  }

  private static List<String> aligned(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream()
        .map(row -> {
          StringBuilder line = new StringBuilder();
          for (int i = 0; i < columns; i++) {
            line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
          }
          return line.toString().stripTrailing();
        })
        .toList();
  }
}
