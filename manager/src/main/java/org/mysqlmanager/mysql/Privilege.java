package org.mysqlmanager.mysql;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A privilege, or several at once on the same object, as in a {@code GRANT}.
 *
 * @param name MySQL's word, such as {@code RELOAD} or {@code SYSTEM_VARIABLES_ADMIN}
 * @param columns those of a table that it is limited to; all if empty
 * @param toPassOn whether the account must be able to grant it to others
 */
record Privilege(String name, Scope scope, Set<String> columns, boolean toPassOn) {
  Privilege {
    columns = Set.copyOf(columns);
  }

  static Privilege of(String name, Scope scope) {
    return new Privilege(name, scope, Set.of(), false);
  }

  Privilege passedOn() {
    return new Privilege(name, scope, columns, true);
  }

  Privilege onColumns(Collection<String> only) {
    return new Privilege(name, scope, Set.copyOf(only), toPassOn);
  }

  /**
   * Whether it is one of those that servers and plugins register under names of their own, which
   * carry an option to grant them each. The others share one such option for each object.
   *
   * @see <a
   *     href="https://dev.mysql.com/doc/refman/9.7/en/privileges-provided.html#static-dynamic-privileges">Static
   *     and dynamic privileges</a>
   */
  boolean isDynamic() {
    return isDynamic(name);
  }

  static boolean isDynamic(String name) {
    return name.indexOf('_') >= 0;
  }

  /** As it stands in a GRANT between the words GRANT and ON. */
  String text() {
    return columns.isEmpty()
        ? name
        : new TreeSet<>(columns).stream().collect(Collectors.joining(", ", name + " (", ")"));
  }

  /** What a privilege is for. */
  sealed interface Scope {
    Scope GLOBAL = new Global();

    /** As it stands in a GRANT after ON. */
    String text();

    /** The whole server: {@code *.*}. */
    record Global() implements Scope {
      @Override
      public String text() {
        return "*.*";
      }
    }

    /**
     * All tables of a database.
     *
     * @param pattern the name as a GRANT writes it, with {@code \_} for an underscore, unless the
     *     server has {@code partial_revokes}
     */
    record Database(String name, String pattern) implements Scope {
      @Override
      public String text() {
        return quoted(pattern) + ".*";
      }
    }

    /** One table. */
    record Table(String database, String name) implements Scope {
      @Override
      public String text() {
        return quoted(database) + "." + quoted(name);
      }
    }

    private static String quoted(String identifier) {
      return "`" + identifier.replace("`", "``") + "`";
    }
  }
}
