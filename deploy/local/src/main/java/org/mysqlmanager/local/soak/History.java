package org.mysqlmanager.local.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the managers have recorded of finished operations.
 *
 * @param records as {@code GET /clusters/main/history} has them, oldest first
 */
record History(List<JsonNode> records) {
  History {
    records = List.copyOf(records);
  }

  static final History EMPTY = new History(List.of());

  /** Together with what an answer has: each shows only the newest operations. */
  History with(JsonNode answer) {
    Map<String, JsonNode> all = new TreeMap<>();
    records.forEach(entry -> all.put(key(entry), entry));
    answer.path("history").forEach(entry -> all.put(key(entry), entry));
    return new History(List.copyOf(all.values()));
  }

  private static String key(JsonNode entry) {
    return entry.path("started").asText() + " " + entry.path("kind").asText();
  }

  /**
   * A time in which one server only may take writes: from when it was routed to until the next
   * failover was decided.
   */
  record Term(String source, Instant from, Instant until) {
    boolean covers(Write write) {
      return write.begun().isAfter(from) && write.ended().isBefore(until);
    }
  }

  List<Term> terms() {
    List<Term> terms = new ArrayList<>();
    String source = "";
    Instant from = Instant.MIN;
    for (JsonNode failover : failovers()) {
      String first =
          source.isEmpty() ? failover.path("choices").path("old_source").asText() : source;
      terms.add(new Term(first, from, Instant.parse(failover.path("started").asText())));
      source = failover.path("choices").path("candidate").asText();
      from = Instant.parse(failover.path("finished").asText());
      for (JsonNode step : failover.path("steps_done")) {
        if (step.path("step").asText().equals("route")) {
          from = Instant.parse(step.path("finished").asText());
        }
      }
    }
    if (!source.isEmpty()) {
      terms.add(new Term(source, from, Instant.MAX));
    }
    return terms;
  }

  List<JsonNode> failovers() {
    return records.stream()
        .filter(entry -> entry.path("kind").asText().equals("failover"))
        .toList();
  }

  /** How many servers have joined, by the way they came: by clone, or by following. */
  Map<String, Integer> rejoins() {
    Map<String, Integer> ways = new TreeMap<>();
    for (JsonNode entry : records) {
      if (entry.path("kind").asText().equals("rejoin")) {
        boolean cloned = false;
        for (JsonNode step : entry.path("steps_done")) {
          cloned |= step.path("step").asText().contains("clone");
        }
        ways.merge(cloned ? "clone" : "follow", 1, Integer::sum);
      }
    }
    return ways;
  }
}
