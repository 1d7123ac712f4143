package org.mysqlmanager.mysql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A row of {@code SHOW GRANTS} that is for the server, a database or a table.
 *
 * @param privileges with the columns that each is limited to; none if it is for all
 * @param database as it stands there, a pattern perhaps; empty for the whole server
 * @param table empty for a whole database
 */
record GrantRow(
    Kind kind,
    Map<String, Set<String>> privileges,
    String database,
    String table,
    boolean withGrantOption) {
  private static final String ALL = "ALL PRIVILEGES";

  /** What a row says. */
  enum Kind {
    GRANT,
    /** What is taken out of a global privilege for one database. */
    REVOKE
  }

  GrantRow {
    privileges = Map.copyOf(privileges);
  }

  boolean isGlobal() {
    return database.isEmpty();
  }

  boolean isForDatabase() {
    return !database.isEmpty() && table.isEmpty();
  }

  boolean isFor(String ofDatabase, String wantedTable) {
    return database.equals(ofDatabase) && table.equals(wantedTable);
  }

  /** Whether that privilege is among them, for all columns. */
  boolean grants(String name) {
    Set<String> columns = privileges.get(name);
    return columns == null ? privileges.containsKey(ALL) : columns.isEmpty();
  }

  /**
   * Reads a row. Empty if it is for something else: a role, a proxy, a routine.
   *
   * @throws IllegalArgumentException if that is no row of SHOW GRANTS
   */
  static Optional<GrantRow> parse(String row) {
    return new Reader(row).row();
  }

  /**
   * Names are in backticks, in double quotes with {@code sql_mode=ANSI_QUOTES}, bare with {@code
   * sql_quote_show_create=0}.
   */
  private static final class Reader {
    private record Token(String text, boolean isName) {
      boolean is(String word) {
        return !isName && text.equalsIgnoreCase(word);
      }
    }

    private final String row;
    private final List<Token> tokens;
    private int next;

    Reader(String row) {
      this.row = row;
      this.tokens = tokens(row);
    }

    Optional<GrantRow> row() {
      Kind kind;
      if (take("GRANT")) {
        kind = Kind.GRANT;
      } else if (take("REVOKE")) {
        kind = Kind.REVOKE;
      } else {
        throw malformed();
      }
      if (tokens.stream().noneMatch(token -> token.is("ON"))) {
        return Optional.empty(); // a role
      }
      Map<String, Set<String>> privileges = privileges();
      if (privileges.containsKey("PROXY")) {
        return Optional.empty();
      }
      String database = name();
      if (!take(".")) {
        return Optional.empty(); // FUNCTION name.name and the like
      }
      String table = name();
      boolean withOption =
          tokens.size() >= 3
              && tokens.get(tokens.size() - 3).is("WITH")
              && tokens.get(tokens.size() - 2).is("GRANT")
              && tokens.getLast().is("OPTION");
      return Optional.of(new GrantRow(kind, privileges, database, table, withOption));
    }

    private Map<String, Set<String>> privileges() {
      Map<String, Set<String>> privileges = new HashMap<>();
      List<String> words = new ArrayList<>();
      Set<String> columns = new HashSet<>();
      while (true) {
        if (take("(")) {
          while (!take(")")) {
            columns.add(taken().text);
            take(",");
          }
          continue;
        }
        boolean isLast = take("ON");
        if (isLast || take(",")) {
          String name = String.join(" ", words).toUpperCase(Locale.ROOT);
          privileges.merge(name, Set.copyOf(columns), Reader::wider);
          words.clear();
          columns.clear();
          if (isLast) {
            return privileges;
          }
          continue;
        }
        words.add(taken().text);
      }
    }

    /** One that is granted on a table and on columns of it is there twice; none are all of them. */
    private static Set<String> wider(Set<String> columns, Set<String> others) {
      if (columns.isEmpty() || others.isEmpty()) {
        return Set.of();
      }
      Set<String> both = new HashSet<>(columns);
      both.addAll(others);
      return Set.copyOf(both);
    }

    /** A name, or "" for {@code *}. */
    private String name() {
      return take("*") ? "" : taken().text;
    }

    private boolean take(String word) {
      boolean isNext = next < tokens.size() && tokens.get(next).is(word);
      next += isNext ? 1 : 0;
      return isNext;
    }

    private Token taken() {
      if (next >= tokens.size()) {
        throw malformed();
      }
      return tokens.get(next++);
    }

    private IllegalArgumentException malformed() {
      return new IllegalArgumentException("not a row of SHOW GRANTS: " + row);
    }

    private static List<Token> tokens(String row) {
      List<Token> tokens = new ArrayList<>();
      int at = 0;
      while (at < row.length()) {
        char c = row.charAt(at);
        int end;
        if (Character.isWhitespace(c)) {
          at++;
          continue;
        } else if (c == '`' || c == '"' || c == '\'') {
          end = endOfQuoted(row, at);
          String quote = String.valueOf(c);
          tokens.add(new Token(row.substring(at + 1, end - 1).replace(quote + quote, quote), true));
        } else if (",().*@".indexOf(c) >= 0) {
          end = at + 1;
          tokens.add(new Token(String.valueOf(c), false));
        } else {
          end = at;
          while (end < row.length()
              && !Character.isWhitespace(row.charAt(end))
              && ",().*@`\"'".indexOf(row.charAt(end)) < 0) {
            end++;
          }
          tokens.add(new Token(row.substring(at, end), false));
        }
        at = end;
      }
      return tokens;
    }

    /** Behind the closing quote; a doubled one is part of the name, a backslash nothing special. */
    private static int endOfQuoted(String row, int start) {
      char quote = row.charAt(start);
      int at = start + 1;
      while (at < row.length()) {
        if (row.charAt(at) != quote) {
          at++;
        } else if (at + 1 < row.length() && row.charAt(at + 1) == quote) {
          at += 2;
        } else {
          return at + 1;
        }
      }
      throw new IllegalArgumentException("not a row of SHOW GRANTS: " + row);
    }
  }
}
