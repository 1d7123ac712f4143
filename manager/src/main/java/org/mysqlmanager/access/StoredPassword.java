package org.mysqlmanager.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What a password is compared with. Printing it gives nothing away. */
public sealed interface StoredPassword {
  /** The password itself is not known. */
  record Hashed(PasswordHash hash) implements StoredPassword {}

  /** The password itself, from a file. */
  final class Plain implements StoredPassword {
    private final byte[] password;

    public Plain(String password) {
      this.password = password.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "Plain[***]";
    }
  }

  /** Whether that is the password; takes as long whether it is or not. */
  default boolean matches(char[] presented) {
    return switch (this) {
      case Hashed hashed -> hashed.hash().matches(presented);
      case Plain plain ->
          presented.length > 0
              && MessageDigest.isEqual(
                  plain.password, new String(presented).getBytes(StandardCharsets.UTF_8));
    };
  }

  /** Of PBKDF2, at each comparison: that is how long it takes. */
  default int iterations() {
    return switch (this) {
      case Hashed hashed -> hashed.hash().iterations();
      case Plain _ -> 0;
    };
  }
}
