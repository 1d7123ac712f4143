package org.mysqlmanager.mysql;

import org.mysqlmanager.model.Printable;

/**
 * A MySQL user and its password. The password is never printed.
 *
 * <p>MySQL keeps a name in a column of three-byte UTF-8, padded with blanks: an emoji becomes a
 * question mark in it and blanks at the ends are lost, without an error. The account that comes of
 * it is another one than was asked for, perhaps somebody else's.
 */
public record Account(String user, String password) {
  private static final int LONGEST_USER = 32;

  public Account {
    if (user.isEmpty()
        || user.length() > LONGEST_USER
        || !user.equals(user.strip())
        || user.chars()
            .anyMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))) {
      throw new IllegalArgumentException(
          "MySQL user %s is not valid: a user name has 1 to %d characters, no blank at its ends, no control character and no emoji"
              .formatted(Printable.quoted(user), LONGEST_USER));
    }
  }

  @Override
  public String toString() {
    return "Account[user=" + user + "]";
  }
}
