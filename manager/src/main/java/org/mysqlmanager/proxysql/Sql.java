package org.mysqlmanager.proxysql;

import java.util.Collection;
import java.util.stream.Collectors;

/** Literals for SQLite, whose only special character between single quotes is the quote itself. */
final class Sql {
  private Sql() {}

  /**
   * @throws IllegalArgumentException for a zero byte, which ends a statement
   */
  static String quote(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a zero byte cannot be part of a statement");
    }
    return "'" + text.replace("'", "''") + "'";
  }

  /** {@code ('a','b')}; an empty list matches nothing. */
  static String list(Collection<String> texts) {
    return texts.stream().map(Sql::quote).collect(Collectors.joining(",", "(", ")"));
  }
}
