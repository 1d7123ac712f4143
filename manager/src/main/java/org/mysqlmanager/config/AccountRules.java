package org.mysqlmanager.config;

import java.nio.charset.StandardCharsets;
import org.mysqlmanager.model.Printable;

/**
 * What MySQL and ProxySQL cannot keep as a user or a password. Most of it they would take without
 * an error, and let nobody in afterwards, or somebody else.
 */
final class AccountRules {
  /**
   * Of {@code caching_sha2_password}; longer ones are refused by CREATE USER or when logging in.
   */
  private static final int LONGEST_PASSWORD = 256;

  /** {@code CHANGE REPLICATION SOURCE} refuses longer ones. */
  private static final int LONGEST_REPLICATION_PASSWORD = 32;

  /** The length of what {@code caching_sha2_password} makes of a password. */
  private static final int HASH_LENGTH = 70;

  private AccountRules() {}

  /** An account of MySQL's, configured under {@code credentials} as that. */
  static void requireMysqlAccount(String name, AccountSettings account) {
    account.user().ifPresent(user -> requireUser(name, user));
    String password = account.password().reveal();
    requireText(name, password);
    int bytes = bytes(password);
    if (bytes > LONGEST_PASSWORD) {
      throw new IllegalArgumentException(
          "%s.password has %d bytes: MySQL takes at most %d"
              .formatted(name, bytes, LONGEST_PASSWORD));
    }
  }

  /**
   * What replicas log in with is kept by MySQL in a column of three-byte UTF-8: other characters
   * become question marks there.
   */
  static void requireReplicationPassword(String name, AccountSettings account) {
    String password = account.password().reveal();
    int bytes = bytes(password);
    if (bytes > LONGEST_REPLICATION_PASSWORD) {
      throw new IllegalArgumentException(
          "%s.password has %s: MySQL's replication takes at most %d"
              .formatted(
                  name,
                  bytes == password.length()
                      ? bytes + " characters"
                      : bytes + " bytes (characters beyond ASCII take 2 or 3)",
                  LONGEST_REPLICATION_PASSWORD));
    }
    if (password.chars().anyMatch(c -> Character.isSurrogate((char) c))) {
      throw new IllegalArgumentException(
          "%s.password has an emoji or another character beyond U+FFFF: MySQL's replication cannot keep it; choose another password"
              .formatted(name));
    }
  }

  /** ProxySQL takes what looks like a hash for one, and then refuses the password itself. */
  static void requireNoHash(String name, Account account) {
    String password = account.password().reveal();
    if (password.startsWith("*")) {
      throw new IllegalArgumentException(
          "%s.password begins with '*': ProxySQL takes that for a password's hash; choose another password"
              .formatted(name));
    }
    if (password.startsWith("$A$0") && bytes(password) == HASH_LENGTH) {
      throw new IllegalArgumentException(
          "%s.password has the form of a password's hash ($A$0...), and ProxySQL takes it for one: choose another password"
              .formatted(name));
    }
  }

  /** Half a character, as YAML's {@code "\ud800"}, would be sent as a question mark. */
  static void requireText(String name, String password) {
    if (password.codePoints().anyMatch(AccountRules::isHalf)) {
      throw new IllegalArgumentException(
          "%s.password holds half of a character (a lone surrogate): give a text of whole characters"
              .formatted(name));
    }
  }

  /** MySQL's column for users has three-byte UTF-8, and loses blanks at the ends. */
  private static void requireUser(String name, String user) {
    if (!user.equals(user.strip())) {
      throw new IllegalArgumentException(
          "%s.user %s begins or ends with a blank, which MySQL would lose: leave it out"
              .formatted(name, "'" + user + "'"));
    }
    if (user.chars().anyMatch(c -> Character.isSurrogate((char) c))) {
      throw new IllegalArgumentException(
          "%s.user %s has an emoji or another character beyond U+FFFF, of which MySQL would make a question mark: choose another name"
              .formatted(name, Printable.quoted(user)));
    }
  }

  private static boolean isHalf(int character) {
    return character <= Character.MAX_VALUE && Character.isSurrogate((char) character);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
