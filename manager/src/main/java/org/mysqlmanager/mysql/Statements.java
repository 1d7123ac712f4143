package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.mysql.Dialect.UnsupportedServerException;

/**
 * Statements with values in place of {@code ?}. The driver puts the values in as literals (it knows
 * the session's quoting rules), which MySQL also takes where it allows no parameters of its own,
 * such as in {@code CREATE USER}. It asks for the SQL mode once, when it connects; see {@link
 * Connections}.
 */
final class Statements {
  private Statements() {}

  /** Makes something of the current row. */
  interface Row<T extends @Nullable Object> {
    T read(ResultSet row) throws SQLException;
  }

  static void execute(Connection connection, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values)) {
      statement.execute();
    }
  }

  /** Executes a statement that changes rows, and says how many it changed. */
  static int update(Connection connection, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  static <T> List<T> query(Connection connection, Row<T> row, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values);
        ResultSet result = statement.executeQuery()) {
      List<T> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(row.read(result));
      }
      return rows;
    }
  }

  /** The first column of the only row, or null. */
  static @Nullable String value(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values);
        ResultSet result = statement.executeQuery()) {
      return result.next() ? result.getString(1) : null;
    }
  }

  /** Reads a GTID set, which whatever answers may have made up. */
  static GtidSet gtids(@Nullable String text) throws UnsupportedServerException {
    try {
      return GtidSet.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedServerException(
          "gives a GTID set that is none (%s): is it a MySQL server?".formatted(e.getMessage()));
    }
  }

  /** The first column of the only row: a truth value. */
  static boolean isTrue(Connection connection, String sql, Object... values) throws SQLException {
    return "1".equals(value(connection, sql, values));
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < values.length; i++) {
        switch (values[i]) {
          case Integer number -> statement.setInt(i + 1, number);
          case Long number -> statement.setLong(i + 1, number);
          case Object text -> statement.setString(i + 1, text.toString());
        }
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }
}
