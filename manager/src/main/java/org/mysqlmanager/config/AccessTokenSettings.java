package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.access.Role;
import org.mysqlmanager.access.Token;
import org.mysqlmanager.access.TokenHash;

/**
 * One of {@code access.tokens} as it stands in the file.
 *
 * @param token empty if hash and file are blank: the entry is left out then
 */
record AccessTokenSettings(Optional<Token> token, Optional<SecretSetting> secret) {
  @JsonCreator
  static AccessTokenSettings of(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("role") @Nullable Role role,
      @JsonProperty("token_hash") @Nullable String tokenHash,
      @JsonProperty("token_file") @Nullable String tokenFile) {
    String checkedName = AccessNames.checked(name);
    Role checkedRole = AccessNames.required(role);
    if (tokenHash == null && tokenFile == null) {
      throw new IllegalArgumentException(
          "token_hash is missing: give token_hash (./mm make-token makes one) or token_file");
    }
    Optional<SecretSetting> given =
        SecretSetting.ifGiven("token_hash", tokenHash, "token_file", tokenFile);
    return new AccessTokenSettings(
        given.map(secret -> new Token(checkedName, checkedRole, hash(secret))), given);
  }

  private static TokenHash hash(SecretSetting given) {
    String secret = given.secret().reveal();
    boolean isInFile = given.file().isPresent();
    try {
      return isInFile ? TokenHash.of(secret) : TokenHash.parse(secret);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          (isInFile ? "token_file: the token " : "token_hash ") + e.getMessage(), e);
    }
  }
}
