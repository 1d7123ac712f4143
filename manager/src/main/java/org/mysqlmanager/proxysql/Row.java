package org.mysqlmanager.proxysql;

import java.util.Map;

/** One row of a result: columns by name, all of them texts; NULL is an empty one. */
record Row(Map<String, String> columns) {
  Row {
    columns = Map.copyOf(columns);
  }

  String text(String column) {
    return columns.getOrDefault(column, "");
  }

  /** 0 for what is no number. */
  int number(String column) {
    try {
      return Integer.parseInt(text(column));
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
