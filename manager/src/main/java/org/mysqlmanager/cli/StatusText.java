package org.mysqlmanager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.mysqlmanager.model.Printable;

/**
 * One cluster for a person: from the JSON of {@code GET /clusters/{name}} and {@code GET
 * /clusters/{name}/history} to lines of text. What the JSON lacks is left out, so that it reads the
 * answers of older and newer managers, too.
 */
public final class StatusText {
  private static final String NOTHING = "-";
  private static final int OPERATIONS_SHOWN = 3;
  private static final long MILLIS_PER_SECOND = 1000;

  private final Paint paint;

  StatusText(Paint paint) {
    this.paint = paint;
  }

  /** Without colours. */
  public static StatusText plain() {
    return new StatusText(Paint.NONE);
  }

  /** The lines, each with its end. */
  public String render(JsonNode cluster, JsonNode history) {
    List<String> lines = new ArrayList<>();
    header(cluster, lines);
    lines.add("");
    servers(cluster).lines().forEach(line -> lines.add("  " + line));
    if (!cluster.path("proxies").isEmpty()) {
      lines.add("");
      proxies(cluster).lines().forEach(line -> lines.add("  " + line));
    }
    operations(cluster, history, lines);
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }

  private void header(JsonNode cluster, List<String> lines) {
    lines.add(
        paint.bold("Cluster " + text(cluster, "name"))
            + ": "
            + paint.phase(text(cluster, "phase")));
    lines.add("  " + text(cluster, "reason"));
    lines.add(
        "  source %s, leader %s, epoch %s, failures %s (threshold %s), old source %s"
            .formatted(
                text(cluster, "source"),
                text(cluster, "leader"),
                text(cluster, "epoch"),
                text(cluster, "master_failure_count"),
                text(cluster, "master_failure_threshold"),
                cluster.path("old_master_joined").asBoolean(true) ? "joined" : "not joined"));
    if (cluster.hasNonNull("manager") && cluster.hasNonNull("observed_at")) {
      // What the tables show of servers and proxies can be older than what has been decided.
      lines.add(
          "  seen by %s at %s".formatted(text(cluster, "manager"), text(cluster, "observed_at")));
    }
    if (cluster.hasNonNull("next_failover_from")) {
      lines.add(
          "  no automatic failover before %s (min_failover_interval)"
              .formatted(text(cluster, "next_failover_from")));
    }
    if (cluster.hasNonNull("last_failure")) {
      lines.add("  " + paint.warning("! last failure: " + text(cluster, "last_failure")));
    }
    if (cluster.hasNonNull("problem")) {
      lines.add("  " + paint.warning("! " + text(cluster, "problem")));
    }
    cluster
        .path("spec_differs")
        .forEach(difference ->
            lines.add("  " + paint.warning("! " + Printable.line(difference.asText()))));
  }

  private static TextTable servers(JsonNode cluster) {
    TextTable table =
        new TextTable(
            "SERVER",
            "ROLE",
            "STATUS",
            "ADDRESS",
            "READ-ONLY",
            "LAG",
            "TRANSACTIONS",
            "VERSION",
            "NOTE");
    for (JsonNode server : cluster.path("servers")) {
      table.row(
          text(server, "name"),
          text(server, "role"),
          text(server, "status"),
          text(server, "address"),
          readOnly(server),
          server.hasNonNull("lag_seconds") ? text(server, "lag_seconds") + " s" : NOTHING,
          server.hasNonNull("transactions")
              ? String.format(Locale.ROOT, "%,d", server.path("transactions").asLong())
              : NOTHING,
          text(server, "version"),
          serverNote(server));
    }
    return table;
  }

  private static String readOnly(JsonNode server) {
    if (!server.hasNonNull("read_only")) {
      return NOTHING;
    }
    if (server.path("super_read_only").asBoolean()) {
      return "super";
    }
    return server.path("read_only").asBoolean() ? "on" : "off";
  }

  private static String serverNote(JsonNode server) {
    List<String> notes = new ArrayList<>();
    String membership = server.path("membership").asText("joined");
    if (!membership.equals("joined")) {
      notes.add(membership.replace('_', ' '));
    }
    if (server.hasNonNull("clone_progress_percent")) {
      notes.add("clone %s %%".formatted(text(server, "clone_progress_percent")));
    }
    if (server.hasNonNull("reason")) {
      notes.add(text(server, "reason"));
    } else if (server.hasNonNull("seen_detail")) {
      notes.add(text(server, "seen_detail"));
    }
    server.path("warnings").forEach(warning -> notes.add(Printable.line(warning.asText())));
    if (server.hasNonNull("behind_seconds")) {
      notes.add(
          "at least %s s behind: not promoted automatically"
              .formatted(text(server, "behind_seconds")));
    }
    JsonNode retry = server.path("retry");
    if (retry.hasNonNull("attempts")) {
      notes.add(
          "attempt %s, next at %s".formatted(text(retry, "attempts"), text(retry, "next_at")));
    }
    return String.join("; ", notes);
  }

  private static TextTable proxies(JsonNode cluster) {
    TextTable table =
        new TextTable("PROXY", "KIND", "STATUS", "ADMIN ADDRESS", "WRITER", "READERS", "NOTE");
    for (JsonNode proxy : cluster.path("proxies")) {
      List<String> notes = new ArrayList<>();
      if (proxy.hasNonNull("reason")) {
        notes.add(text(proxy, "reason"));
      }
      if (proxy.path("persisted").isBoolean() && !proxy.path("persisted").asBoolean()) {
        notes.add("not saved to disk");
      }
      if (!proxy.path("unknown_backends").isEmpty()) {
        notes.add("unknown: " + joined(proxy.path("unknown_backends")));
      }
      proxy.path("warnings").forEach(warning -> notes.add(Printable.line(warning.asText())));
      table.row(
          text(proxy, "name"),
          text(proxy, "kind"),
          text(proxy, "status"),
          text(proxy, "address"),
          joined(proxy.path("writers")),
          joined(proxy.path("readers")),
          String.join("; ", notes));
    }
    return table;
  }

  private void operations(JsonNode cluster, JsonNode history, List<String> lines) {
    JsonNode operation = cluster.path("operation");
    JsonNode finished = history.path("history");
    if (!operation.isObject() && finished.isEmpty()) {
      return;
    }
    lines.add("");
    if (operation.isObject()) {
      lines.add(
          "  now   %s: %s (since %s): %s"
              .formatted(
                  text(operation, "kind"),
                  paint.bold(text(operation, "step")),
                  text(operation, "started"),
                  text(operation, "reason")));
      if (!operation.path("steps_done").isEmpty()) {
        lines.add("        done: " + steps(operation.path("steps_done")));
      }
    }
    StreamSupport.stream(finished.spliterator(), false)
        .limit(OPERATIONS_SHOWN)
        .forEach(entry ->
            lines.add(
                "  last  %s %s: %s (took %s)"
                    .formatted(
                        text(entry, "finished"),
                        text(entry, "kind"),
                        text(entry, "result"),
                        duration(entry.path("took_millis").asLong()))));
  }

  private static String steps(JsonNode steps) {
    return StreamSupport.stream(steps.spliterator(), false)
        .map(step -> text(step, "step") + " " + duration(step.path("took_millis").asLong()))
        .collect(Collectors.joining(", "));
  }

  private static String duration(long millis) {
    return millis < MILLIS_PER_SECOND
        ? millis + " ms"
        : String.format(Locale.ROOT, "%.1f s", (double) millis / MILLIS_PER_SECOND);
  }

  private static String joined(JsonNode names) {
    return names.isEmpty()
        ? NOTHING
        : StreamSupport.stream(names.spliterator(), false)
            .map(JsonNode::asText)
            .map(Printable::line)
            .collect(Collectors.joining(", "));
  }

  /** One line, whatever a server put into its message. */
  private static String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? Printable.line(node.path(field).asText()) : NOTHING;
  }
}
