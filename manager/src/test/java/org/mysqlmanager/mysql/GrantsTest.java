package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.mysql.NeededPrivileges.Need;
import org.mysqlmanager.mysql.NeededPrivileges.Purpose;
import org.mysqlmanager.mysql.Privilege.Scope;

/** Rows as MySQL 8.0.31 and 9.7.4 print them. */
class GrantsTest {
  private static final Scope.Database APP = new Scope.Database("app", "app");
  private static final Scope.Database MY_APP = new Scope.Database("my_app", "my\\_app");
  private static final Scope.Table USER = new Scope.Table("mysql", "user");

  @Test
  void readsGlobalPrivilegesOfBothKinds() {
    Grants grants =
        of(
            "GRANT RELOAD, PROCESS, REPLICATION SLAVE ON *.* TO `mm`@`%`",
            "GRANT BACKUP_ADMIN,CLONE_ADMIN ON *.* TO `mm`@`%`");
    assertEquals(
        Set.of("RELOAD", "PROCESS", "REPLICATION SLAVE", "BACKUP_ADMIN", "CLONE_ADMIN"),
        grants.global());
    assertTrue(grants.include(global("REPLICATION SLAVE")));
    assertTrue(grants.include(global("CLONE_ADMIN")));
    assertFalse(grants.include(global("REPLICATION CLIENT")));
    assertFalse(grants.include(global("REPLICATION SLAVE").passedOn()));
    assertFalse(grants.include(Privilege.of("SELECT", APP)));
  }

  @Test
  void theOptionToGrantIsOneForAllStaticPrivilegesAndOneForEachDynamicOne() {
    Grants grants =
        of(
            "GRANT REPLICATION SLAVE ON *.* TO `mm`@`%` WITH GRANT OPTION",
            "GRANT CLONE_ADMIN ON *.* TO `mm`@`%`",
            "GRANT BACKUP_ADMIN ON *.* TO `mm`@`%` WITH GRANT OPTION",
            "GRANT SELECT ON `app`.* TO `mm`@`%`");
    assertTrue(grants.include(global("REPLICATION SLAVE").passedOn()));
    assertTrue(grants.include(global("BACKUP_ADMIN").passedOn()));
    assertFalse(grants.include(global("CLONE_ADMIN").passedOn()));
    assertTrue(grants.include(Privilege.of("SELECT", APP).passedOn()), "the static option is wide");
    Grants dynamicOnly =
        of(
            "GRANT USAGE ON *.* TO `mm`@`%`",
            "GRANT BACKUP_ADMIN ON *.* TO `mm`@`%` WITH GRANT OPTION",
            "GRANT SELECT ON `app`.* TO `mm`@`%`");
    assertFalse(dynamicOnly.include(Privilege.of("SELECT", APP).passedOn()));
    assertEquals(Set.of("BACKUP_ADMIN"), dynamicOnly.global());
    assertTrue(
        of(
                "GRANT USAGE ON *.* TO `mm`@`%` WITH GRANT OPTION",
                "GRANT SELECT ON `app`.* TO `mm`@`%`")
            .include(Privilege.of("SELECT", APP).passedOn()));
    assertTrue(
        of("GRANT SELECT ON `app`.* TO `mm`@`%` WITH GRANT OPTION")
            .include(Privilege.of("SELECT", APP).passedOn()));
  }

  @Test
  void allPrivilegesOnADatabaseAreAllButTheOption() {
    Grants grants = of("GRANT ALL PRIVILEGES ON `app`.* TO `mm`@`%`");
    assertTrue(grants.include(Privilege.of("TRIGGER", APP)));
    assertFalse(grants.include(Privilege.of("TRIGGER", APP).passedOn()));
    assertFalse(grants.include(Privilege.of("TRIGGER", MY_APP)));
    assertFalse(grants.include(global("RELOAD")));
  }

  @Test
  void anUnderscoreOfAPatternIsAnyCharacterUnlessItIsQuoted() {
    Privilege wanted = Privilege.of("SELECT", MY_APP);
    assertTrue(of("GRANT SELECT ON `my\\_app`.* TO `mm`@`%`").include(wanted));
    assertTrue(of("GRANT SELECT ON `my_app`.* TO `mm`@`%`").include(wanted));
    assertTrue(of("GRANT SELECT ON `my%`.* TO `mm`@`%`").include(wanted));
    assertTrue(of("GRANT SELECT ON `MY\\_APP`.* TO `mm`@`%`").include(wanted));
    assertFalse(of("GRANT SELECT ON `my\\%`.* TO `mm`@`%`").include(wanted));
    assertFalse(of("GRANT SELECT ON `m.*`.* TO `mm`@`%`").include(wanted));
    assertTrue(
        of("GRANT SELECT ON `my_app`.* TO `mm`@`%`")
            .include(Privilege.of("SELECT", new Scope.Database("myxapp", "myxapp"))));
    assertFalse(
        of("GRANT SELECT ON `my%`.* TO `mm`@`%`", "GRANT INSERT ON `my\\_app`.* TO `mm`@`%`")
            .include(wanted),
        "the row for just this database is the one that counts");
  }

  @Test
  void withPartialRevokesNamesAreNoPatterns() {
    Privilege wanted = Privilege.of("SELECT", new Scope.Database("my_app", "my_app"));
    assertTrue(partly("GRANT SELECT ON `my_app`.* TO `mm`@`%`").include(wanted));
    assertFalse(partly("GRANT SELECT ON `my\\_app`.* TO `mm`@`%`").include(wanted));
    assertFalse(partly("GRANT SELECT ON `my%`.* TO `mm`@`%`").include(wanted));
  }

  @Test
  void aPartialRevokeTakesOneDatabaseOut() {
    Grants grants =
        partly(
            "GRANT SELECT, INSERT ON *.* TO `mm`@`%`",
            "GRANT CLONE_ADMIN ON *.* TO `mm`@`%`", "REVOKE SELECT ON `mysql`.* FROM `mm`@`%`");
    assertTrue(grants.include(Privilege.of("SELECT", APP)));
    assertFalse(grants.include(Privilege.of("SELECT", USER)));
    assertTrue(grants.include(Privilege.of("INSERT", USER)));
    assertTrue(grants.include(global("SHOW VIEW")), "SELECT shows which tables there are");
  }

  @Test
  void aTableOrColumnsOfItAreEnough() {
    Privilege wanted = Privilege.of("SELECT", USER).onColumns(List.of("User", "Host"));
    assertTrue(
        of("GRANT SELECT (`Host`, `Select_priv`, `User`) ON `mysql`.`user` TO `mm`@`%`")
            .include(wanted));
    assertFalse(
        of("GRANT SELECT (`Host`), INSERT (`User`) ON `mysql`.`user` TO `mm`@`%`").include(wanted));
    assertFalse(
        of("GRANT SELECT (`Host`, `User`) ON `mysql`.`user` TO `mm`@`%`")
            .include(Privilege.of("SELECT", USER)));
    assertTrue(of("GRANT SELECT ON `mysql`.`user` TO `mm`@`%`").include(wanted));
    assertTrue(
        of("GRANT SELECT, SELECT (`User`), INSERT (`Host`) ON `mysql`.`user` TO `mm`@`%`")
            .include(wanted));
    assertTrue(of("GRANT SELECT ON `mysql`.* TO `mm`@`%`").include(wanted));
    assertTrue(of("GRANT SELECT ON *.* TO `mm`@`%`").include(wanted));
    assertFalse(of("GRANT SELECT ON `mysql`.`db` TO `mm`@`%`").include(wanted));
  }

  @Test
  void rowsForRolesRoutinesAndProxiesAreNoPrivilegesHere() {
    Grants grants =
        of(
            "GRANT USAGE ON *.* TO `w`@`%`",
            "GRANT `r1`@`%`,`ON`@`%` TO `w`@`%`",
            "GRANT EXECUTE ON FUNCTION `sys`.`format_path` TO `w`@`%`",
            "GRANT ALTER ROUTINE ON PROCEDURE `app`.`p` TO `w`@`%` WITH GRANT OPTION",
            "GRANT PROXY ON ``@`` TO `w`@`%` WITH GRANT OPTION");
    assertEquals(Set.of(), grants.global());
    assertFalse(grants.include(Privilege.of("EXECUTE", APP)));
    assertFalse(grants.include(Privilege.of("EXECUTE", new Scope.Database("sys", "sys"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GRANT SELECT ON `app`.* TO `o'd\"d \\``name``\\`@`10.0.%` WITH GRANT OPTION",
        "GRANT SELECT ON `app`.* TO `a ON *.* TO b`@`%` WITH GRANT OPTION",
        "GRANT SELECT ON \"app\".* TO \"o'd\"\"d `name`\"@\"%\" WITH GRANT OPTION",
        "GRANT SELECT ON app.* TO w@`%` WITH GRANT OPTION",
        "GRANT SELECT ON `app`.* TO 'w'@'%' WITH GRANT OPTION"
      })
  void namesAreReadInAnyQuoting(String row) {
    Grants grants = of(row);
    assertTrue(grants.include(Privilege.of("SELECT", APP).passedOn()));
    assertFalse(grants.include(global("SELECT")));
  }

  @Test
  void superStandsForWhatReplacedIt() {
    Grants grants = of("GRANT SUPER ON *.* TO `mm`@`%`");
    assertTrue(grants.include(global("SYSTEM_VARIABLES_ADMIN")));
    assertTrue(grants.include(global("CONNECTION_ADMIN")));
    assertFalse(grants.include(global("CLONE_ADMIN")));
    assertFalse(grants.include(global("RELOAD")));
  }

  @Test
  void whatIsNoRowIsRefused() {
    for (String row : List.of("", "SELECT", "GRANT", "GRANT SELECT ON", "GRANT SELECT ON `app")) {
      if (row.equals("GRANT")) {
        continue; // no ON: taken for a role
      }
      assertThrows(IllegalArgumentException.class, () -> of(row), row);
    }
  }

  @Test
  void onlyWhatTheConfigurationAsksForIsNeeded() {
    SetupSpec nothing = new SetupSpec(false, false, false, Optional.empty(), false);
    List<Need> least = NeededPrivileges.of(nothing, false, false, true, false);
    assertEquals(
        Set.of(Purpose.LOOK, Purpose.PROMOTE, Purpose.END_CLIENTS, Purpose.BRING_BACK),
        Set.copyOf(least.stream().map(Need::purpose).distinct().toList()));
    assertTrue(least.stream().noneMatch(need -> need.privilege().toPassOn()));
    List<Need> most = NeededPrivileges.of(SetupSpec.ALL, true, true, false, false);
    assertEquals(
        Set.of(Purpose.values()), Set.copyOf(most.stream().map(Need::purpose).distinct().toList()));
    SetupSpec databaseOnly = new SetupSpec(false, false, false, Optional.of("my_app"), false);
    assertTrue(
        NeededPrivileges.of(databaseOnly, false, false, true, false)
            .contains(new Need(Purpose.SET_UP, Privilege.of("CREATE", MY_APP))));
  }

  @Test
  void theSentenceIsTheRemedy() {
    SetupSpec setup = new SetupSpec(true, false, false, Optional.of("my_app"), false);
    Grants grants =
        of(
            "GRANT PROCESS, SHOW VIEW, CREATE USER, REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO `mm`@`%`",
            "GRANT CLONE_ADMIN,CONNECTION_ADMIN,SYSTEM_VARIABLES_ADMIN,REPLICATION_SLAVE_ADMIN ON *.* TO `mm`@`%`",
            "GRANT SELECT ON `performance_schema`.* TO `mm`@`%`",
            "GRANT SELECT ON `mysql`.* TO `mm`@`%`");
    List<Need> missing =
        NeededPrivileges.of(setup, false, false, true, false).stream()
            .filter(need -> !grants.include(need.privilege()))
            .toList();
    assertEquals(
        "s1 (h:3306): the manager's account lacks what it needs to open, close and promote it and set up accounts: run there, as an administrator, SET SESSION sql_log_bin = 0; GRANT RELOAD ON *.* TO `o``d@d`@`10.%`; GRANT REPLICATION SLAVE, BACKUP_ADMIN ON *.* TO `o``d@d`@`10.%` WITH GRANT OPTION; GRANT CREATE ON `my\\_app`.* TO `o``d@d`@`10.%`;",
        OwnPrivileges.sentence("s1 (h:3306)", missing, "o`d@d@10.%"));
  }

  private static Privilege global(String name) {
    return Privilege.of(name, Scope.GLOBAL);
  }

  private static Grants of(String... rows) {
    return Grants.parse(List.of(rows), false);
  }

  private static Grants partly(String... rows) {
    return Grants.parse(List.of(rows), true);
  }
}
