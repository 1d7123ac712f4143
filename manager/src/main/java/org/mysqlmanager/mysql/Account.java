package org.mysqlmanager.mysql;

/** A MySQL user and its password. The password is never printed. */
public record Account(String user, String password) {
  public Account {
    if (user.isEmpty() || user.codePointCount(0, user.length()) > 32) {
      throw new IllegalArgumentException(
          "MySQL user '" + user + "' is not valid: a user name has 1 to 32 characters");
    }
  }

  @Override
  public String toString() {
    return "Account[user=" + user + "]";
  }
}
