package org.mysqlmanager.mysql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.mysql.Privilege.Scope;

/**
 * What the manager's account must be able to do on a server: the same as {@code
 * deploy/mysql/manager-account.sql} grants, without what the cluster's configuration does not ask
 * for. All of these privileges are known to MySQL from 8.0.22 on.
 *
 * <p>Why each is needed stands there, and {@code AccountIT} proves it.
 */
final class NeededPrivileges {
  /** All that can be granted on a database, without EVENT and the option to grant it to others. */
  static final List<String> APPLICATION =
      List.of(
          "SELECT",
          "INSERT",
          "UPDATE",
          "DELETE",
          "CREATE",
          "DROP",
          "REFERENCES",
          "INDEX",
          "ALTER",
          "CREATE TEMPORARY TABLES",
          "LOCK TABLES",
          "EXECUTE",
          "CREATE VIEW",
          "SHOW VIEW",
          "CREATE ROUTINE",
          "ALTER ROUTINE",
          "TRIGGER");

  /**
   * Of {@code mysql.user}: who there is, and all privileges that have a column. Passwords' hashes
   * are in another.
   */
  static final List<String> USER_COLUMNS =
      List.of(
          "User",
          "Host",
          "Select_priv",
          "Insert_priv",
          "Update_priv",
          "Delete_priv",
          "Create_priv",
          "Drop_priv",
          "Reload_priv",
          "Shutdown_priv",
          "Process_priv",
          "File_priv",
          "Grant_priv",
          "References_priv",
          "Index_priv",
          "Alter_priv",
          "Show_db_priv",
          "Super_priv",
          "Create_tmp_table_priv",
          "Lock_tables_priv",
          "Execute_priv",
          "Repl_slave_priv",
          "Repl_client_priv",
          "Create_view_priv",
          "Show_view_priv",
          "Create_routine_priv",
          "Alter_routine_priv",
          "Create_user_priv",
          "Event_priv",
          "Trigger_priv",
          "Create_tablespace_priv",
          "Create_role_priv",
          "Drop_role_priv");

  /** Of the schema {@code mysql}: the other places where an account's privileges are. */
  static final List<String> PRIVILEGE_TABLES =
      List.of("db", "tables_priv", "procs_priv", "proxies_priv", "global_grants", "role_edges");

  /** What a group of privileges is for, in words that follow "needs to". */
  enum Purpose {
    LOOK("look at it"),
    PROMOTE("open, close and promote it"),
    END_CLIENTS("end clients' sessions"),
    BRING_BACK("bring it back"),
    ADMIN_PORT("use admin_port"),
    SET_UP("set up accounts"),
    EVENT("set up the event"),
    PROBE("probe writes");

    private final String words;

    Purpose(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** One of them, and what for. */
  record Need(Purpose purpose, Privilege privilege) {}

  private final List<Need> needs = new ArrayList<>();

  private NeededPrivileges() {}

  /**
   * @param probesWrites whether {@code write_probe} is on
   * @param hasClone whether the server has the clone plugin, so that it need not be installed
   * @param partialRevokes {@code @@partial_revokes}: names of databases are no patterns then
   */
  static List<Need> of(
      SetupSpec setup,
      boolean adminPort,
      boolean probesWrites,
      boolean hasClone,
      boolean partialRevokes) {
    NeededPrivileges needed = new NeededPrivileges();
    needed.global(Purpose.LOOK, "REPLICATION CLIENT", "SHOW VIEW");
    needed.add(Purpose.LOOK, fixed("performance_schema"), "SELECT");
    needed.global(Purpose.PROMOTE, "SYSTEM_VARIABLES_ADMIN", "REPLICATION_SLAVE_ADMIN", "RELOAD");
    needed.global(Purpose.END_CLIENTS, "PROCESS", "CONNECTION_ADMIN");
    needed.global(Purpose.BRING_BACK, "REPLICATION SLAVE", "CLONE_ADMIN");
    if (!hasClone) {
      needed.add(Purpose.BRING_BACK, new Scope.Table("mysql", "plugin"), "INSERT");
    }
    if (adminPort) {
      needed.global(Purpose.ADMIN_PORT, "SERVICE_CONNECTION_ADMIN");
    }
    needed.accounts(setup, partialRevokes);
    Scope own = fixed(Setup.SCHEMA);
    if (setup.flushBinaryLogsEvent()) {
      needed.add(Purpose.EVENT, own, "CREATE", "EVENT");
    }
    if (probesWrites) {
      needed.add(Purpose.PROBE, own, "CREATE", "SELECT", "INSERT", "UPDATE");
    }
    return List.copyOf(needed.needs);
  }

  private void accounts(SetupSpec setup, boolean partialRevokes) {
    if (setup.replicationUser()) {
      addToPassOn(Scope.GLOBAL, List.of("REPLICATION SLAVE", "BACKUP_ADMIN"));
    }
    if (setup.monitorUser()) {
      addToPassOn(Scope.GLOBAL, List.of("REPLICATION CLIENT"));
    }
    Optional<String> database = setup.applicationDatabase();
    if (database.isPresent()) {
      Scope application = database(database.get(), partialRevokes);
      if (setup.applicationUser()) {
        addToPassOn(application, APPLICATION);
      } else {
        add(Purpose.SET_UP, application, "CREATE");
      }
    }
    if (setup.replicationUser() || setup.monitorUser() || setup.applicationUser()) {
      global(Purpose.SET_UP, "CREATE USER");
      needs.add(
          new Need(
              Purpose.SET_UP,
              Privilege.of("SELECT", new Scope.Table("mysql", "user")).onColumns(USER_COLUMNS)));
      for (String table : PRIVILEGE_TABLES) {
        add(Purpose.SET_UP, new Scope.Table("mysql", table), "SELECT");
      }
    }
  }

  private void global(Purpose purpose, String... names) {
    add(purpose, Scope.GLOBAL, names);
  }

  private void add(Purpose purpose, Scope scope, String... names) {
    for (String name : names) {
      needs.add(new Need(purpose, Privilege.of(name, scope)));
    }
  }

  private void addToPassOn(Scope scope, Collection<String> names) {
    names.forEach(
        name -> needs.add(new Need(Purpose.SET_UP, Privilege.of(name, scope).passedOn())));
  }

  /** As it stands in the shipped file, for servers with and without {@code partial_revokes}. */
  private static Scope.Database fixed(String name) {
    return new Scope.Database(name, name);
  }

  private static Scope.Database database(String name, boolean partialRevokes) {
    return new Scope.Database(name, Setup.pattern(name, partialRevokes));
  }

  /** The names of those that are for the whole server. */
  static Set<String> globalNames(Collection<Need> needs) {
    return Set.copyOf(
        needs.stream()
            .filter(need -> need.privilege().scope() instanceof Scope.Global)
            .map(need -> need.privilege().name())
            .distinct()
            .toList());
  }
}
