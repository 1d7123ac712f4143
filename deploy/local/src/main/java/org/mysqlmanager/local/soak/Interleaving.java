package org.mysqlmanager.local.soak;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Whether servers took turns more often than failovers explain. */
final class Interleaving {
  private Interleaving() {}

  /** An acknowledged write, and the server that took it. */
  record Taken(Write write, String server) {}

  /**
   * How often at least another server than before took a write. Writes that overlap may have
   * happened in any order, so that a turn counts only when a write began after one to the other
   * server had ended. In a cluster that never had two sources, it is at most the number of
   * failovers.
   */
  static int turns(List<Taken> writes) {
    List<Taken> byEnd =
        writes.stream()
            .sorted(Comparator.comparing((Taken taken) -> taken.write().ended()))
            .toList();
    int turns = 0;
    String server = "";
    Instant ended = Instant.MIN;
    for (Taken taken : byEnd) {
      if (server.isEmpty()) {
        server = taken.server();
        ended = taken.write().ended();
      } else if (!taken.server().equals(server) && taken.write().begun().isAfter(ended)) {
        turns++;
        server = taken.server();
        ended = taken.write().ended();
      }
    }
    return turns;
  }
}
