package org.mysqlmanager.haproxy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.mysqlmanager.model.Printable;

/** One backend and its servers, read from {@code show servers state} and {@code show stat}. */
record Backend(String name, List<BackendServer> servers) {
  private static final String STATE_FORMAT = "1";

  /** What HAProxy takes as a name. Commands are made of it, in which ';' begins the next one. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,255}");

  private static final String NO_BACKEND = "Can't find backend.";

  Backend {
    servers = List.copyOf(servers);
  }

  /** The line that asks for all that {@link #parse} needs. */
  static String question(String name) {
    return "show servers state %s;show stat %s 4 -1".formatted(name, name);
  }

  /**
   * Reads the answer to {@link #question}; empty if HAProxy has no such backend.
   *
   * @throws Unreadable if this is not what HAProxy answers
   */
  static Optional<Backend> parse(String name, String answer) throws Unreadable {
    if (answer.startsWith(NO_BACKEND)) {
      return Optional.empty();
    }
    int end = answer.indexOf("\n\n");
    if (!answer.startsWith(STATE_FORMAT + "\n# be_id ") || end < 0) {
      throw new Unreadable(firstLine(answer));
    }
    Map<String, Long> sessions = sessions(answer.substring(end + 2));
    List<String> lines = answer.substring(2, end + 1).lines().toList();
    Columns columns = new Columns(lines.getFirst().substring(2).split(" "));
    List<BackendServer> servers = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(" ");
      String server = columns.text(fields, "srv_name");
      if (!NAME.matcher(server).matches()) {
        throw new Unreadable("a server is named " + Printable.quoted(server));
      }
      servers.add(
          new BackendServer(
              name,
              server,
              columns.text(fields, "srv_addr"),
              (int) columns.number(fields, "srv_port"),
              (int) columns.number(fields, "srv_op_state"),
              (int) columns.number(fields, "srv_admin_state"),
              (int) columns.number(fields, "srv_uweight"),
              sessions.getOrDefault(server, 0L)));
    }
    return Optional.of(new Backend(name, servers));
  }

  private static Map<String, Long> sessions(String stat) throws Unreadable {
    List<String> lines = stat.lines().filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty() || !lines.getFirst().startsWith("# pxname,")) {
      throw new Unreadable(firstLine(stat));
    }
    Columns columns = new Columns(lines.getFirst().substring(2).split(","));
    Map<String, Long> sessions = new HashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",");
      sessions.put(columns.text(fields, "svname"), columns.number(fields, "scur"));
    }
    return sessions;
  }

  private static String firstLine(String answer) {
    String line = answer.lines().findFirst().orElse("(nothing)").replaceAll("[^\\p{Print}]", "?");
    return line.length() > 60 ? line.substring(0, 60) + "…" : line;
  }

  /** Columns by their names: newer versions add some. */
  private static final class Columns {
    private final Map<String, Integer> positions = new HashMap<>();

    Columns(String[] names) {
      for (int i = 0; i < names.length; i++) {
        positions.put(names[i], i);
      }
    }

    String text(String[] fields, String column) throws Unreadable {
      Integer position = positions.get(column);
      if (position == null || position >= fields.length) {
        throw new Unreadable("no column " + column);
      }
      return fields[position];
    }

    long number(String[] fields, String column) throws Unreadable {
      String text = text(fields, column);
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException _) {
        throw new Unreadable(column + " is " + Printable.quoted(text));
      }
    }
  }

  /** The answer is not HAProxy's. The message says what was there instead. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }
}
