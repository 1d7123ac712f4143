package org.mysqlmanager.checks;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Grafana's dashboard, as JSON. */
record Dashboard(JsonNode json) {
  static Dashboard shipped() {
    try {
      return new Dashboard(
          JsonMapper.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build()
              .readTree(Project.text("deploy/grafana/dashboard.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rows among them. */
  List<JsonNode> panels() {
    List<JsonNode> panels = new ArrayList<>();
    for (JsonNode panel : json.path("panels")) {
      panels.add(panel);
      panel.path("panels").forEach(panels::add);
    }
    return panels;
  }

  /** What is asked of Prometheus, with the dashboard's variables in it. */
  List<String> expressions() {
    List<String> expressions = new ArrayList<>();
    for (JsonNode panel : panels()) {
      panel.path("targets").forEach(target -> expressions.add(target.path("expr").asText()));
    }
    for (JsonNode annotation : json.at("/annotations/list")) {
      if (annotation.has("expr")) {
        expressions.add(annotation.path("expr").asText());
      }
    }
    return expressions;
  }
}
