package org.mysqlmanager.containers;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** The accounts of a system in containers, by the names that the shipped configuration has. */
enum Account {
  /** Everything on a MySQL server: for the tests' own questions. */
  ROOT("root"),
  MANAGER("mm_manager"),
  REPLICATION("mm_replication"),
  MONITOR("mm_monitor"),
  APPLICATION("app"),
  PROXY_ADMIN("mm_admin"),
  ZOOKEEPER("mysql-manager"),
  /** Of the managers' HTTP interfaces: may read. */
  VIEWER("viewer"),
  /** Of the managers' HTTP interfaces: may do what there is. */
  OPERATOR("operator");

  /** What managers are told. */
  static final List<Account> OF_MANAGERS =
      Arrays.stream(values()).filter(account -> account != ROOT).toList();

  private final String user;

  /** New in each run, and at most 32 characters, as replication asks. */
  private final String password = UUID.randomUUID().toString().substring(4, 36);

  Account(String user) {
    this.user = user;
  }

  String user() {
    return user;
  }

  String password() {
    return password;
  }

  /** The file it is in, in the folder for secrets. */
  String file() {
    return name().toLowerCase(Locale.ROOT) + "_password";
  }

  /** The variable that names the file. */
  String variable() {
    return name() + "_PASSWORD_FILE";
  }
}
