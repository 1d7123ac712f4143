package org.mysqlmanager.proxysql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.proxysql.Statements.Halted;

/**
 * What a ProxySQL needs besides servers: the account of its monitor and the users whose clients it
 * lets in. Only those two variables and those users are ever written; everything else is the
 * operator's.
 */
final class Setup {
  private static final String MONITOR_USER = "mysql-monitor_username";
  private static final String MONITOR_PASSWORD = "mysql-monitor_password";
  static final List<String> OUR_VARIABLES = List.of(MONITOR_USER, MONITOR_PASSWORD);

  /** What {@code LOAD MYSQL USER … TO RUNTIME} takes as a name. */
  private static final Pattern LOADABLE_ALONE = Pattern.compile("[A-Za-z0-9_+-]+");

  private final Account monitor;
  private final List<Account> applicationUsers;
  private final int defaultHostgroup;

  Setup(Account monitor, List<Account> applicationUsers, int defaultHostgroup) {
    this.monitor = monitor;
    this.applicationUsers = List.copyOf(applicationUsers);
    this.defaultHostgroup = defaultHostgroup;
  }

  /** What is as it should be, in the running ProxySQL and on its disk. */
  record State(
      boolean variablesInForce,
      boolean variablesOnDisk,
      List<Account> usersNotInForce,
      List<Account> usersNotOnDisk) {
    boolean isInForce() {
      return variablesInForce && usersNotInForce.isEmpty();
    }

    boolean isOnDisk() {
      return variablesOnDisk && usersNotOnDisk.isEmpty();
    }
  }

  State look(AdminSession session, Deadline deadline) throws AdminFailure {
    return new State(
        areVariablesRight(session.run(variables("runtime_global_variables"), deadline)),
        areVariablesRight(session.run(variables("disk.global_variables"), deadline)),
        usersMissingFrom(session.run(users("runtime_mysql_users"), deadline)),
        usersMissingFrom(session.run(users("disk.mysql_users"), deadline)));
  }

  void apply(State state, Statements statements) throws AdminFailure, Halted {
    for (Account user : state.usersNotInForce()) {
      putInForce(user, statements);
    }
    for (Account user : state.usersNotOnDisk()) {
      putIntoTable("disk", user, statements);
    }
    if (!state.variablesInForce()) {
      StashedEdits edits = StashedEdits.ofVariables(statements);
      edits.putAside();
      putVariablesInto("main", statements);
      statements.change("LOAD MYSQL VARIABLES TO RUNTIME");
      edits.restore();
    }
    if (!state.variablesOnDisk()) {
      putVariablesInto("disk", statements);
    }
  }

  private void putInForce(Account user, Statements statements) throws AdminFailure, Halted {
    putIntoTable("main", user, statements);
    if (LOADABLE_ALONE.matcher(user.user()).matches()) {
      statements.change("LOAD MYSQL USER " + user.user() + " TO RUNTIME");
      return;
    }
    List<Row> unfinished = statements.read(unfinishedUserEdits());
    if (!unfinished.isEmpty()) {
      throw new AdminFailure(
          "user '%s' can only be loaded together with all others, and the edit of user '%s' in mysql_users is not finished: LOAD or revert it"
              .formatted(user.user(), unfinished.getFirst().text("username")),
          AdminFailure.Statement.NOT_CARRIED_OUT);
    }
    statements.change("LOAD MYSQL USERS TO RUNTIME");
  }

  /**
   * Our columns only: the rest of a row that exists is the operator's. A user can have two rows,
   * one for clients and one for servers, which together are all that is needed; the tables' keys
   * admit no third.
   */
  private void putIntoTable(String schema, Account user, Statements statements)
      throws AdminFailure, Halted {
    String name = Sql.quote(user.user());
    String password = Sql.quote(user.password());
    statements.change(
        "UPDATE %s.mysql_users SET password=%s, active=1, default_hostgroup=%d WHERE username=%s"
            .formatted(schema, password, defaultHostgroup, name));
    statements.change(
        "UPDATE %1$s.mysql_users SET frontend=1, backend=1 WHERE username=%2$s AND (SELECT count(*) FROM %1$s.mysql_users WHERE username=%2$s)=1"
            .formatted(schema, name));
    statements.change(
        "INSERT OR IGNORE INTO %s.mysql_users(username,password,default_hostgroup,transaction_persistent,comment) VALUES (%s,%s,%d,1,'by MySQL Manager')"
            .formatted(schema, name, password, defaultHostgroup));
  }

  private void putVariablesInto(String schema, Statements statements) throws AdminFailure, Halted {
    String format =
        "INSERT OR REPLACE INTO %s.global_variables(variable_name,variable_value) VALUES (%s,%s)";
    statements.change(format.formatted(schema, Sql.quote(MONITOR_USER), Sql.quote(monitor.user())));
    statements.change(
        format.formatted(schema, Sql.quote(MONITOR_PASSWORD), Sql.quote(monitor.password())));
  }

  private static String variables(String table) {
    return "SELECT variable_name, variable_value FROM %s WHERE variable_name IN %s"
        .formatted(table, Sql.list(OUR_VARIABLES));
  }

  private boolean areVariablesRight(List<Row> rows) {
    return hasValue(rows, MONITOR_USER, monitor.user())
        && hasValue(rows, MONITOR_PASSWORD, monitor.password());
  }

  private static boolean hasValue(List<Row> rows, String variable, String value) {
    return rows.stream()
        .anyMatch(row ->
            row.text("variable_name").equals(variable) && row.text("variable_value").equals(value));
  }

  private String users(String table) {
    return "SELECT username, password, active, default_hostgroup, frontend, backend FROM %s WHERE username IN %s"
        .formatted(table, Sql.list(applicationUsers.stream().map(Account::user).toList()));
  }

  /** A user is there for clients (frontend) and for servers (backend), in one row or two. */
  private List<Account> usersMissingFrom(List<Row> rows) {
    List<Account> missing = new ArrayList<>();
    for (Account user : applicationUsers) {
      List<Row> right = rows.stream().filter(row -> isRight(row, user)).toList();
      if (right.stream().noneMatch(row -> row.number("frontend") == 1)
          || right.stream().noneMatch(row -> row.number("backend") == 1)) {
        missing.add(user);
      }
    }
    return missing;
  }

  /** Older versions with {@code admin-hash_passwords} show the password's hash at runtime. */
  private boolean isRight(Row row, Account user) {
    String password = row.text("password");
    return row.text("username").equals(user.user())
        && (password.equals(user.password())
            || password.equals(Authentication.nativeHash(user.password())))
        && row.number("active") == 1
        && row.number("default_hostgroup") == defaultHostgroup;
  }

  private String unfinishedUserEdits() {
    String ours = Sql.list(applicationUsers.stream().map(Account::user).toList());
    String columns = "username, password, active, default_hostgroup";
    String memory =
        "SELECT %s FROM main.mysql_users WHERE active=1 AND username NOT IN %s"
            .formatted(columns, ours);
    String runtime =
        "SELECT %s FROM runtime_mysql_users WHERE username NOT IN %s".formatted(columns, ours);
    return "SELECT username FROM (%s EXCEPT %s) UNION SELECT username FROM (%s EXCEPT %s) LIMIT 1"
        .formatted(memory, runtime, runtime, memory);
  }
}
