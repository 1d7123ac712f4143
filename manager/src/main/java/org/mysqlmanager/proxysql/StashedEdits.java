package org.mysqlmanager.proxysql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.mysqlmanager.proxysql.Statements.Halted;

/**
 * Keeps other people's unfinished work out of ours. {@code LOAD … TO RUNTIME} publishes whole
 * tables of ProxySQL's memory: also the rows that somebody is editing, and rows in which ProxySQL's
 * own monitor has moved on while the memory stayed behind. A failover must neither publish those
 * nor wait for anyone. So, where such rows differ from the runtime's, they are put aside into a
 * table, the runtime's take their place, and after the LOAD they come back.
 *
 * <p>The table aside outlives a manager that dies in between: the next change begins by restoring
 * from it.
 */
final class StashedEdits {
  private static final String PREFIX = "mysqlmanager_stash_";

  /**
   * A table of which rows may be somebody else's.
   *
   * @param foreign the condition that such a row fulfils
   */
  private record Shared(String name, String foreign) {
    private boolean hasStatus() {
      return name.equals("mysql_servers");
    }

    private String stash() {
      return "main." + PREFIX + name;
    }

    /** The rows as LOAD would take them: nobody configures SHUNNED. */
    private String rows(String from, String columns) {
      String selected =
          hasStatus()
              ? columns.replaceFirst(
                  "\\bstatus\\b",
                  "CASE WHEN status LIKE 'SHUNNED%' THEN 'ONLINE' ELSE status END AS status")
              : columns;
      return "SELECT %s FROM %s WHERE %s%s"
          .formatted(selected, from, foreign, hasStatus() ? " AND status <> 'OFFLINE_HARD'" : "");
    }

    private String memory(String columns) {
      return rows("main." + name, columns);
    }

    private String runtime(String columns) {
      return rows("runtime_" + name, columns);
    }

    /** One row of the table's name and the number of rows that differ. */
    private String comparison(String columns) {
      String memory = memory(columns);
      String runtime = runtime(columns);
      return "SELECT %s AS name, (SELECT count(*) FROM (%s EXCEPT %s)) + (SELECT count(*) FROM (%s EXCEPT %s)) AS n"
          .formatted(Sql.quote(name), memory, runtime, runtime, memory);
    }
  }

  private final Statements statements;
  private final List<Shared> tables;
  private final List<Shared> stashed = new ArrayList<>();

  private StashedEdits(Statements statements, List<Shared> tables) {
    this.statements = statements;
    this.tables = tables;
  }

  /** Around {@code LOAD MYSQL SERVERS TO RUNTIME}, which takes these seven tables. */
  static StashedEdits ofServers(Statements statements, Hostgroups ours) {
    return new StashedEdits(statements, servers(ours));
  }

  /** Around {@code LOAD MYSQL VARIABLES TO RUNTIME}. */
  static StashedEdits ofVariables(Statements statements) {
    return new StashedEdits(statements, List.of(variables()));
  }

  private static List<Shared> servers(Hostgroups ours) {
    return List.of(
        new Shared("mysql_servers", "hostgroup_id NOT IN " + ours.list()),
        new Shared("mysql_replication_hostgroups", "1"),
        new Shared("mysql_group_replication_hostgroups", "1"),
        new Shared("mysql_galera_hostgroups", "1"),
        new Shared("mysql_aws_aurora_hostgroups", "1"),
        new Shared("mysql_hostgroup_attributes", "1"),
        new Shared("mysql_servers_ssl_params", "1"));
  }

  private static Shared variables() {
    return new Shared(
        "global_variables",
        "variable_name LIKE 'mysql-%' AND variable_name NOT IN " + Sql.list(Setup.OUR_VARIABLES));
  }

  /** The query for what an interrupted change has left aside: a row for each table. */
  static String leftBehind() {
    return "SELECT name FROM main.sqlite_master WHERE type='table' AND name LIKE '" + PREFIX + "%'";
  }

  /** Brings back what an interrupted change had put aside. */
  static void restoreLeftBehind(Statements statements, Hostgroups ours)
      throws AdminFailure, Halted {
    List<String> left =
        statements.read(leftBehind()).stream().map(row -> row.text("name")).toList();
    List<Shared> tables = new ArrayList<>(servers(ours));
    tables.add(variables());
    StashedEdits edits = new StashedEdits(statements, tables);
    for (Shared table : tables) {
      if (left.contains(PREFIX + table.name())) {
        edits.restore(table);
      }
    }
  }

  void putAside() throws AdminFailure, Halted {
    Map<String, String> columns = columns();
    List<Shared> present =
        tables.stream().filter(table -> columns.containsKey(table.name())).toList();
    String comparisons =
        present.stream()
            .map(table -> table.comparison(columns.getOrDefault(table.name(), "")))
            .collect(Collectors.joining(" UNION ALL "));
    Set<String> differing = new HashSet<>();
    for (Row row : statements.read(comparisons)) {
      if (row.number("n") > 0) {
        differing.add(row.text("name"));
      }
    }
    for (Shared table : present) {
      if (differing.contains(table.name())) {
        putAside(table, columns.getOrDefault(table.name(), ""));
      }
    }
  }

  /** The tables that this version of ProxySQL has, each with its columns. */
  private Map<String, String> columns() throws AdminFailure {
    Map<String, String> columns = new HashMap<>();
    String sql =
        "SELECT t.name AS name, group_concat(c.name) AS columns FROM main.sqlite_master t, pragma_table_info(t.name) c WHERE t.type='table' AND t.name IN %s GROUP BY t.name"
            .formatted(Sql.list(tables.stream().map(Shared::name).toList()));
    for (Row row : statements.read(sql)) {
      columns.put(row.text("name"), row.text("columns"));
    }
    return columns;
  }

  void restore() throws AdminFailure, Halted {
    for (Shared table : stashed) {
      restore(table);
    }
    stashed.clear();
  }

  private void putAside(Shared table, String columns) throws AdminFailure, Halted {
    statements.change(
        "CREATE TABLE %s AS SELECT * FROM main.%s WHERE %s"
            .formatted(table.stash(), table.name(), table.foreign()));
    stashed.add(table);
    statements.change("DELETE FROM main.%s WHERE %s".formatted(table.name(), table.foreign()));
    statements.change(
        "INSERT OR REPLACE INTO main.%s(%s) %s"
            .formatted(table.name(), columns, table.runtime(columns)));
  }

  /**
   * Each statement may be the last one before a crash, and the whole may be repeated. OR REPLACE,
   * as ProxySQL itself adds variables that are missing from memory whenever it is asked for them.
   */
  private void restore(Shared table) throws AdminFailure, Halted {
    statements.change("DELETE FROM main.%s WHERE %s".formatted(table.name(), table.foreign()));
    statements.change(
        "INSERT OR REPLACE INTO main.%s SELECT * FROM %s".formatted(table.name(), table.stash()));
    statements.change("DROP TABLE " + table.stash());
  }
}
