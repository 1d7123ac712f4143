package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Printable;

/**
 * One account as it stands in the file: a user (each account has a usual name) and a password,
 * given there or in a file of its own.
 */
record AccountSettings(Optional<String> user, SecretSetting passwordSetting) {
  /** MySQL's own limit. */
  private static final int LONGEST_USER = 32;

  @JsonCreator
  static AccountSettings of(
      @JsonProperty("user") @Nullable String user,
      @JsonProperty("password") @Nullable String password,
      @JsonProperty("password_file") @Nullable String passwordFile) {
    return new AccountSettings(
        Optional.ofNullable(user).filter(name -> !name.isEmpty()).map(AccountSettings::checkedUser),
        SecretSetting.required("password", password, "password_file", passwordFile));
  }

  Secret password() {
    return passwordSetting.secret();
  }

  Account account(String usualUser) {
    return new Account(user.orElse(usualUser), password());
  }

  /** A sentence if others on this machine can read the password's file. */
  Optional<String> warning(String where) {
    return passwordSetting.warning(where);
  }

  private static String checkedUser(String user) {
    if (user.length() > LONGEST_USER || user.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "user %s is not valid: MySQL allows at most %d characters, and no line breaks or other control characters"
              .formatted(Printable.quoted(user), LONGEST_USER));
    }
    return user;
  }
}
