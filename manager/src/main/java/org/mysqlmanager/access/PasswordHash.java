package org.mysqlmanager.access;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.InvalidKeySpecException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as it may stand in a configuration: its PBKDF2-HMAC-SHA256 with salt. The text form is
 * {@code pbkdf2-sha256:ITERATIONS:SALT:HASH}, the last two in unpadded URL-safe Base64: nothing in
 * it means anything to a shell, to Compose, or to the configuration's {@code ${…}}.
 */
public final class PasswordHash {
  /** What OWASP's password storage cheat sheet asks of PBKDF2-HMAC-SHA256 (2023). */
  public static final int USUAL_ITERATIONS = 600_000;

  /** Fewer protect nothing; more would take a processor for long at each attempt to log in. */
  private static final int LEAST_ITERATIONS = 10_000;

  private static final int MOST_ITERATIONS = 10_000_000;
  private static final String KIND = "pbkdf2-sha256";
  private static final String ALGORITHM = "PBKDF2WithHmacSHA256";
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int BITS_PER_BYTE = 8;
  private static final Pattern TEXT =
      Pattern.compile(KIND + ":([0-9]{1,9}):([A-Za-z0-9_-]{11,86}):([A-Za-z0-9_-]{43})");

  /**
   * Stands where there is no password: PBKDF2 has none for an empty one, but the time must pass.
   */
  private static final char[] NOTHING = {'\0'};

  private final int iterations;
  private final byte[] salt;
  private final byte[] hash;

  private PasswordHash(int iterations, byte[] salt, byte[] hash) {
    this.iterations = iterations;
    this.salt = salt;
    this.hash = hash;
  }

  /** Hashes a password with a new salt. The characters are left as they are. */
  public static PasswordHash of(char[] password, int iterations, SecureRandom random) {
    if (password.length == 0) {
      throw new IllegalArgumentException("the password is empty");
    }
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new PasswordHash(iterations, salt, derive(password, salt, iterations));
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException with a sentence that does not hold the text
   */
  public static PasswordHash parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "is not of the form %s:ITERATIONS:SALT:HASH: make one with ./mm hash-password"
              .formatted(KIND));
    }
    int iterations = Integer.parseInt(parts.group(1));
    if (iterations < LEAST_ITERATIONS || iterations > MOST_ITERATIONS) {
      throw new IllegalArgumentException(
          "has %d iterations: %d to %d are possible"
              .formatted(iterations, LEAST_ITERATIONS, MOST_ITERATIONS));
    }
    try {
      Base64.Decoder decoder = Base64.getUrlDecoder();
      return new PasswordHash(
          iterations, decoder.decode(parts.group(2)), decoder.decode(parts.group(3)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "holds malformed Base64: make a new one with ./mm hash-password", e);
    }
  }

  /** Whether that is the password; takes as long whether it is or not. */
  boolean matches(char[] password) {
    return MessageDigest.isEqual(hash, derive(password, salt, iterations)) && password.length > 0;
  }

  int iterations() {
    return iterations;
  }

  /** Takes as long as looking at a password with that many iterations does; 0 takes no time. */
  static void spend(char[] password, int iterations) {
    if (iterations > 0) {
      derive(password, new byte[SALT_BYTES], iterations);
    }
  }

  /** The text form, for the configuration. */
  public String print() {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return "%s:%d:%s:%s"
        .formatted(KIND, iterations, encoder.encodeToString(salt), encoder.encodeToString(hash));
  }

  /** Without the hash: it may be guessed at. */
  @Override
  public String toString() {
    return "PasswordHash[" + iterations + " iterations]";
  }

  private static byte[] derive(char[] password, byte[] salt, int iterations) {
    PBEKeySpec spec =
        new PBEKeySpec(
            password.length == 0 ? NOTHING : password,
            salt,
            iterations,
            HASH_BYTES * BITS_PER_BYTE);
    try {
      return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
    } catch (InvalidKeySpecException e) {
      throw new IllegalStateException("a password could not be hashed", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + ALGORITHM, e);
    } finally {
      spec.clearPassword();
    }
  }
}
