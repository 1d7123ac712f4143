package org.mysqlmanager.local.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mysqlmanager.local.LocalSystem;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.LocalException;

/** Compares what was acknowledged with what is there, once everything is healed. */
final class FinalCheck {
  private static final Duration SAME_DEADLINE = Duration.ofSeconds(60);
  private static final int SHOWN = 5;

  private final LocalSystem system;
  private final Timeline timeline;
  private final SavedRows saved;

  FinalCheck(LocalSystem system, Timeline timeline, SavedRows saved) {
    this.system = system;
    this.timeline = timeline;
    this.saved = saved;
  }

  /**
   * What came of the comparison.
   *
   * @param missing acknowledged rows that the source does not have
   * @param foundIn how many of them are in which file
   * @param nowhere those that are in none
   * @param refusedButThere rows whose insert was refused, and that are on the source
   * @param outOfTerm rows that a server took that was not the source then
   * @param turns how often another server than before took a write
   */
  record Result(
      String source,
      long rowsOnSource,
      int missing,
      Map<String, Integer> foundIn,
      List<Long> nowhere,
      int refusedButThere,
      int outOfTerm,
      int turns) {}

  /**
   * Looks at the source, at the replicas and at the files.
   *
   * @throws SQLException when a server does not answer
   */
  Result compare(String source, List<Write> writes, History history) throws SQLException {
    compareReplicas(source);
    Map<Long, Integer> rows = rows(source);
    List<Path> directories =
        system.managers().stream().map(name -> system.folder(name).resolve("errant")).toList();
    Map<Long, SavedRows.Saved> files = saved.rows(directories);
    Map<String, Integer> foundIn = new TreeMap<>();
    List<Write> nowhere = new ArrayList<>();
    int missing = 0;
    int refused = 0;
    for (Write write : writes) {
      boolean there = rows.containsKey(write.id());
      SavedRows.Saved copy = files.get(write.id());
      switch (write.outcome()) {
        case OK -> {
          missing += there ? 0 : 1;
          if (!there && copy != null) {
            foundIn.merge(system.folder().relativize(copy.file()).toString(), 1, Integer::sum);
          } else if (!there) {
            nowhere.add(write);
          }
        }
        case FAIL -> refused += there ? 1 : 0;
        case INFO -> {
          // Either is right.
        }
      }
    }
    if (!nowhere.isEmpty()) {
      timeline.violation(
          "%d acknowledged rows are neither on the source nor in a saved file, such as %s"
              .formatted(nowhere.size(), nowhere.subList(0, Math.min(SHOWN, nowhere.size()))));
      nowhere.forEach(write -> timeline.note("found nowhere: " + write));
    }
    List<Interleaving.Taken> taken = taken(writes, rows, files);
    return new Result(
        source,
        rows.size(),
        missing,
        foundIn,
        nowhere.stream().map(Write::id).toList(),
        refused,
        outOfTerm(taken, history),
        turns(taken, history));
  }

  /** The acknowledged writes of which it is known who took them. */
  private List<Interleaving.Taken> taken(
      List<Write> writes, Map<Long, Integer> rows, Map<Long, SavedRows.Saved> files) {
    Map<Integer, String> names = new HashMap<>();
    system.servers().forEach(name -> names.put(system.listeningPort(name), name));
    List<Interleaving.Taken> taken = new ArrayList<>();
    for (Write write : writes) {
      SavedRows.Saved copy = files.get(write.id());
      Integer port = rows.getOrDefault(write.id(), copy == null ? -1 : copy.port());
      String server = names.get(port);
      if (write.outcome() == Write.Outcome.OK && server != null) {
        taken.add(new Interleaving.Taken(write, server));
      }
    }
    return taken;
  }

  /** A server that takes writes while another one is the source by the managers' own record. */
  private int outOfTerm(List<Interleaving.Taken> writes, History history) {
    List<History.Term> terms = history.terms();
    List<String> found = new ArrayList<>();
    for (Interleaving.Taken taken : writes) {
      terms.stream()
          .filter(term -> term.covers(taken.write()) && !term.source().equals(taken.server()))
          .forEach(term -> found.add(taken + " while the source was that of " + term));
    }
    if (!found.isEmpty()) {
      timeline.violation(
          "%d acknowledged rows were taken by a server that was not the source then, such as: %s"
              .formatted(found.size(), found.getFirst()));
      found.forEach(what -> timeline.note("out of term: " + what));
    }
    return found.size();
  }

  private int turns(List<Interleaving.Taken> taken, History history) {
    int turns = Interleaving.turns(taken);
    if (turns > history.failovers().size()) {
      timeline.violation(
          "servers took turns in taking writes %d times, but there were %d failovers"
              .formatted(turns, history.failovers().size()));
    }
    return turns;
  }

  private void compareReplicas(String source) throws SQLException {
    for (String replica : system.servers()) {
      if (!replica.equals(source)) {
        boolean same =
            Await.until(
                SAME_DEADLINE,
                () -> {
                  try {
                    return executed(source).equals(executed(replica));
                  } catch (SQLException _) {
                    return false;
                  }
                });
        if (!same) {
          timeline.violation(
              "%s has executed %s, but the source %s %s"
                  .formatted(replica, executed(replica), source, executed(source)));
        }
      }
    }
  }

  private String executed(String server) throws SQLException {
    try (Connection connection = system.connect(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT @@GLOBAL.gtid_executed")) {
      rows.next();
      return rows.getString(1).replace("\n", "");
    }
  }

  private Map<Long, Integer> rows(String server) throws SQLException {
    Map<Long, Integer> found = new HashMap<>();
    try (Connection connection = system.connect(server);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT id, port FROM " + LocalSystem.DATABASE + ".soak")) {
      while (rows.next()) {
        found.put(rows.getLong(1), rows.getInt(2));
      }
    }
    return found;
  }

  /**
   * The source, as the managers say.
   *
   * @throws LocalException when they do not say
   */
  String source() {
    return system
        .clusterStatus()
        .map(status -> status.path("source"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .orElseThrow(() -> new LocalException("no manager says which server is the source"));
  }
}
