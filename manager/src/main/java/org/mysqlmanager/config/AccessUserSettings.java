package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.access.PasswordHash;
import org.mysqlmanager.access.Role;
import org.mysqlmanager.access.StoredPassword;
import org.mysqlmanager.access.User;

/**
 * One of {@code access.users} as it stands in the file.
 *
 * @param user empty if hash and file are blank, as from environment variables that are not set: the
 *     entry is left out then
 */
record AccessUserSettings(Optional<User> user, Optional<SecretSetting> password) {
  @JsonCreator
  static AccessUserSettings of(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("role") @Nullable Role role,
      @JsonProperty("password_hash") @Nullable String passwordHash,
      @JsonProperty("password_file") @Nullable String passwordFile) {
    String checkedName = AccessNames.checked(name);
    Role checkedRole = AccessNames.required(role);
    if (passwordHash == null && passwordFile == null) {
      throw new IllegalArgumentException(
          "password_hash is missing: give password_hash (./mm hash-password makes one) or password_file");
    }
    Optional<SecretSetting> given =
        SecretSetting.ifGiven("password_hash", passwordHash, "password_file", passwordFile);
    return new AccessUserSettings(
        given.map(password -> new User(checkedName, checkedRole, stored(password))), given);
  }

  private static StoredPassword stored(SecretSetting given) {
    String secret = given.secret().reveal();
    if (given.file().isPresent()) {
      return new StoredPassword.Plain(secret);
    }
    try {
      return new StoredPassword.Hashed(PasswordHash.parse(secret));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("password_hash " + e.getMessage(), e);
    }
  }
}
