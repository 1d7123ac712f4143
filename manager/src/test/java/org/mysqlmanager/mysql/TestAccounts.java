package org.mysqlmanager.mysql;

/** Accounts whose passwords hold what is special in SQL, in JDBC URLs and in formats. */
final class TestAccounts {
  static final Account MANAGER = new Account("mm_manager", "m'a\"n\\ager; -- %s");

  /** 32 bytes, the most that replication takes: the last character has two. */
  static final Account REPLICATION =
      new Account("mm_repl'ication", "a'b\"c\\d;e%f%sg-- h`i&j=k#l?mü");

  static final Account MONITOR = new Account("mm_monitor", "mon\\'itor\\");
  static final Account APPLICATION =
      new Account("app", "'; DROP DATABASE app; -- \\' 🐬 ünïcode \" % and long, very long");
  static final MySqlAccounts ALL = new MySqlAccounts(MANAGER, REPLICATION, MONITOR, APPLICATION);

  private TestAccounts() {}

  static MySqlAccounts withManager(Account manager) {
    return new MySqlAccounts(manager, REPLICATION, MONITOR, APPLICATION);
  }
}
