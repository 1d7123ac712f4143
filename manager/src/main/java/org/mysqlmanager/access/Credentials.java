package org.mysqlmanager.access;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/** What a request's Authorization header holds. Printing it gives nothing away. */
sealed interface Credentials {
  /** Name and password (RFC 7617), in UTF-8. */
  record Basic(String user, String password) implements Credentials {
    @Override
    public String toString() {
      return "Basic[***]";
    }
  }

  /** A token (RFC 6750). */
  record Bearer(String token) implements Credentials {
    @Override
    public String toString() {
      return "Bearer[***]";
    }
  }

  /** Neither. */
  record Malformed() implements Credentials {}

  static Credentials parse(String header) {
    String[] parts = header.strip().split(" +", 2);
    if (parts.length < 2) {
      return new Malformed();
    }
    return switch (parts[0].toLowerCase(Locale.ROOT)) {
      case "basic" -> basic(parts[1]);
      case "bearer" -> new Bearer(parts[1]);
      default -> new Malformed();
    };
  }

  private static Credentials basic(String encoded) {
    try {
      String pair =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Base64.getDecoder().decode(encoded)))
              .toString();
      int colon = pair.indexOf(':');
      return colon < 0
          ? new Malformed()
          : new Basic(pair.substring(0, colon), pair.substring(colon + 1));
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return new Malformed();
    }
  }
}
