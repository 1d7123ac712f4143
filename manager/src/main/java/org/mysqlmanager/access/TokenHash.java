package org.mysqlmanager.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A bearer token as it may stand in a configuration: {@code sha256:} and 64 hexadecimal digits.
 *
 * <p>One round of SHA-256 without salt is enough here, unlike for a password: a token is 256 random
 * bits, which nobody can go through, however fast a guess is, and for which no table can be made in
 * advance. That is why {@link #of} refuses what is short enough to have been thought up.
 */
public final class TokenHash {
  /** At 6 bits a character more than the 128 that no search exhausts. */
  private static final int SHORTEST_TOKEN = 32;

  private static final int RANDOM_BYTES = 32;
  private static final String KIND = "sha256:";
  private static final Pattern TEXT = Pattern.compile(KIND + "[0-9a-fA-F]{64}");

  /** What RFC 6750 allows in a token. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private final byte[] hash;

  private TokenHash(byte[] hash) {
    this.hash = hash;
  }

  /** A new token, from 256 random bits. */
  public static String newToken(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return "mm_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether a text has only characters that a bearer token may have. */
  public static boolean canBeSent(String token) {
    return TOKEN.matcher(token).matches();
  }

  /**
   * The hash of a token.
   *
   * @throws IllegalArgumentException if no such token can be sent, or it can be guessed; the
   *     sentence does not hold the token
   */
  public static TokenHash of(String token) {
    if (!canBeSent(token)) {
      throw new IllegalArgumentException(
          "holds a character that no bearer token may have: make one with ./mm make-token");
    }
    if (token.length() < SHORTEST_TOKEN) {
      throw new IllegalArgumentException(
          "has %d characters, at least %d are needed: make one with ./mm make-token"
              .formatted(token.length(), SHORTEST_TOKEN));
    }
    return new TokenHash(sha256(token));
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException with a sentence that does not hold the text
   */
  public static TokenHash parse(String text) {
    if (!TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "is not of the form %s and 64 hexadecimal digits: make one with ./mm make-token"
              .formatted(KIND));
    }
    return new TokenHash(
        HexFormat.of().parseHex(text.substring(KIND.length()).toLowerCase(Locale.ROOT)));
  }

  /** Whether that is the token; takes as long whether it is or not. */
  boolean matches(String token) {
    return MessageDigest.isEqual(hash, sha256(token));
  }

  /** The text form, for the configuration. */
  public String print() {
    return KIND + HexFormat.of().formatHex(hash);
  }

  @Override
  public String toString() {
    return "TokenHash[]";
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
