package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.mysqlmanager.mysql.GrantRow.Kind;
import org.mysqlmanager.mysql.Privilege.Scope;

/**
 * What an account may do: the rows of {@code SHOW GRANTS} for its own session. In there are the
 * privileges of the roles that are active in a new session, which are the ones that count, as this
 * program never sets a role. Immutable.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/9.7/en/show-grants.html">SHOW GRANTS</a>
 */
final class Grants {
  /** What the old privilege SUPER stands for, of what this program needs. */
  private static final Set<String> IN_SUPER =
      Set.of(
          "SYSTEM_VARIABLES_ADMIN",
          "REPLICATION_SLAVE_ADMIN",
          "CONNECTION_ADMIN",
          "REPLICATION CLIENT");

  /** Any of these shows in {@code information_schema} that a table is there. */
  private static final Set<String> SHOWING_TABLES =
      Set.of(
          "SELECT",
          "INSERT",
          "UPDATE",
          "DELETE",
          "CREATE",
          "DROP",
          "REFERENCES",
          "INDEX",
          "ALTER",
          "CREATE VIEW",
          "TRIGGER");

  private final List<GrantRow> rows;

  /** Whether the names of databases are patterns. */
  private final boolean patterns;

  private Grants(List<GrantRow> rows, boolean patterns) {
    this.rows = List.copyOf(rows);
    this.patterns = patterns;
  }

  /** Those of the account that the connection is logged in with. */
  static Grants read(Connection connection, boolean partialRevokes) throws SQLException {
    return parse(
        Statements.query(connection, row -> String.valueOf(row.getString(1)), "SHOW GRANTS"),
        partialRevokes);
  }

  /**
   * @param partialRevokes {@code @@partial_revokes}: names of databases are no patterns then
   * @throws IllegalArgumentException if one of the rows is none of SHOW GRANTS
   */
  static Grants parse(List<String> rows, boolean partialRevokes) {
    List<GrantRow> parsed = new ArrayList<>();
    rows.forEach(row -> GrantRow.parse(row).ifPresent(parsed::add));
    return new Grants(parsed, !partialRevokes);
  }

  boolean include(Privilege wanted) {
    return switch (wanted.scope()) {
      case Scope.Global _ -> includeGlobal(wanted);
      case Scope.Database(String name, _) -> includeOnDatabase(wanted, name);
      case Scope.Table(String database, String table) ->
          include(new Privilege(wanted.name(), whole(database), Set.of(), wanted.toPassOn()))
              || includeOnTable(wanted, database, table);
    };
  }

  private boolean includeOnDatabase(Privilege wanted, String database) {
    boolean granted =
        (isGlobal(wanted.name()) && !isRevoked(wanted.name(), database))
            || hasOnDatabase(database, row -> row.grants(wanted.name()));
    return granted
        && (!wanted.toPassOn()
            || hasStaticOption()
            || hasOnDatabase(database, GrantRow::withGrantOption));
  }

  private static Scope.Database whole(String database) {
    return new Scope.Database(database, database);
  }

  /** The names of all global privileges, without the option to grant them. */
  Set<String> global() {
    Set<String> names = new TreeSet<>();
    global(_ -> true).forEach(row -> names.addAll(row.privileges().keySet()));
    names.remove("USAGE");
    return Collections.unmodifiableSet(names);
  }

  private boolean includeGlobal(Privilege wanted) {
    String name = wanted.name();
    if (name.equals("SHOW VIEW") && SHOWING_TABLES.stream().anyMatch(this::isGlobal)) {
      return true;
    }
    if (!wanted.toPassOn()) {
      return isGlobal(name);
    }
    return wanted.isDynamic()
        ? global(row -> row.grants(name)).stream().anyMatch(GrantRow::withGrantOption)
        : isGlobal(name) && hasStaticOption();
  }

  private boolean isGlobal(String name) {
    return !global(row -> row.grants(name)).isEmpty()
        || (IN_SUPER.contains(name) && !global(row -> row.grants("SUPER")).isEmpty());
  }

  /** GRANT OPTION for all databases and for the global privileges that are not dynamic. */
  private boolean hasStaticOption() {
    return !global(row ->
            row.withGrantOption()
                && !row.privileges().keySet().stream().allMatch(Privilege::isDynamic))
        .isEmpty();
  }

  private List<GrantRow> global(Predicate<GrantRow> which) {
    return rows.stream()
        .filter(row -> row.kind() == Kind.GRANT && row.isGlobal() && which.test(row))
        .toList();
  }

  private boolean isRevoked(String name, String database) {
    return rows.stream()
        .anyMatch(row ->
            row.kind() == Kind.REVOKE
                && row.database().equalsIgnoreCase(database)
                && row.grants(name));
  }

  /**
   * MySQL uses the row whose pattern is the most specific, and that one only; here it is told apart
   * only whether a row names just this database. Who has several patterns for one must know.
   */
  private boolean hasOnDatabase(String database, Predicate<GrantRow> which) {
    List<GrantRow> matching =
        rows.stream()
            .filter(row -> row.kind() == Kind.GRANT && row.isForDatabase())
            .filter(row -> matches(row.database(), database))
            .toList();
    List<GrantRow> literal =
        matching.stream()
            .filter(row -> literal(row.database()).equalsIgnoreCase(database))
            .toList();
    return (literal.isEmpty() ? matching : literal).stream().anyMatch(which);
  }

  private String literal(String pattern) {
    return patterns ? pattern.replace("\\_", "_").replace("\\%", "%") : pattern;
  }

  /**
   * As MySQL compares: {@code %} is any text, {@code _} any character, a backslash quotes. Case is
   * disregarded, as some servers store names in lower case.
   */
  private boolean matches(String pattern, String name) {
    if (!patterns) {
      return pattern.equalsIgnoreCase(name);
    }
    StringBuilder regex = new StringBuilder("(?i)");
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      boolean isQuoting = c == '\\' && i + 1 < pattern.length();
      regex.append(
          switch (c) {
            case '%' -> ".*";
            case '_' -> ".";
            default -> Pattern.quote(String.valueOf(isQuoting ? pattern.charAt(++i) : c));
          });
    }
    return name.matches(regex.toString());
  }

  private boolean includeOnTable(Privilege wanted, String database, String table) {
    Optional<GrantRow> row =
        rows.stream()
            .filter(r -> r.kind() == Kind.GRANT && r.isFor(database, table))
            .filter(r -> r.grants(wanted.name()) || grantsColumns(r, wanted))
            .findFirst();
    return row.isPresent()
        && (!wanted.toPassOn() || hasStaticOption() || row.get().withGrantOption());
  }

  private static boolean grantsColumns(GrantRow row, Privilege wanted) {
    Set<String> columns = row.privileges().getOrDefault(wanted.name(), Set.of());
    return !wanted.columns().isEmpty() && columns.containsAll(wanted.columns());
  }
}
