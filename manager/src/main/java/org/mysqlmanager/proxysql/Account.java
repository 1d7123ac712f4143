package org.mysqlmanager.proxysql;

/** A user and its password, which is never printed. */
public record Account(String user, String password) {
  public Account {
    if (user.isBlank()) {
      throw new IllegalArgumentException("the user name of an account for ProxySQL is empty");
    }
    if (user.indexOf('\0') >= 0 || password.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "account '" + user.replace('\0', '?') + "': a user or password cannot hold a zero byte");
    }
  }

  @Override
  public String toString() {
    return "account '" + user + "'";
  }
}
