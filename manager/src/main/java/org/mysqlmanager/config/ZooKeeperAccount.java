package org.mysqlmanager.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a manager authenticates with at ZooKeeper.
 *
 * @param previousPassword while the password is being changed, the one before: accepted and let in,
 *     too
 */
public record ZooKeeperAccount(String user, Secret password, Optional<Secret> previousPassword) {
  static final String USUAL_USER = "mysql-manager";

  private static final int LONGEST_USER = 64;

  /** ZooKeeper joins user and password with a colon; its command line splits at commas. */
  private static final Pattern USER =
      Pattern.compile("[\\x21-\\x7e&&[^:,]]{1," + LONGEST_USER + "}");

  /** Each server of the ensemble decodes the password with the character set of its own JVM. */
  private static final Pattern PASSWORD = Pattern.compile("[\\x20-\\x7e]+");

  public ZooKeeperAccount {
    if (!USER.matcher(user).matches()) {
      throw new IllegalArgumentException(
          "user '%s' is not valid: use 1 to %d ASCII characters without ':', ',' and spaces"
              .formatted(user.replaceAll("\\p{Cntrl}", "?"), LONGEST_USER));
    }
    requireAscii("password", password);
    previousPassword.ifPresent(secret -> requireAscii("previous_password", secret));
  }

  /** The passwords to authenticate with, the current one first. */
  public List<Secret> passwords() {
    return Stream.concat(Stream.of(password), previousPassword.stream()).toList();
  }

  private static void requireAscii(String setting, Secret secret) {
    if (!PASSWORD.matcher(secret.reveal()).matches()) {
      throw new IllegalArgumentException(
          "%s holds characters other than ASCII's: ZooKeeper's servers may read those differently, each by its locale"
              .formatted(setting));
    }
  }
}
