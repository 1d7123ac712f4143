package org.mysqlmanager.local;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/**
 * The passwords of one local system, random unless chosen, kept in a file that only its owner may
 * read. Its text form holds none.
 */
public final class Passwords {
  /** Its name in the folder of the system. */
  static final String FILE = "passwords";

  /** MySQL refuses passwords of more than 32 characters for replication. */
  private static final int LENGTH = 24;

  private static final String CHARACTERS =
      "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  private final Map<Account, String> passwords = new EnumMap<>(Account.class);

  private Passwords() {}

  /**
   * Those of the system in that folder.
   *
   * @throws UncheckedIOException when they cannot be read
   */
  public static Passwords ofSystem(Path folder) {
    return loadOrCreate(folder.resolve(FILE), Map.of());
  }

  /**
   * The chosen passwords, and those in {@code file}; what is in neither is made up. All of them are
   * in the file then.
   */
  static Passwords loadOrCreate(Path file, Map<Account, String> chosen) {
    String before = read(file);
    Properties stored = new Properties();
    try {
      stored.load(new StringReader(before));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Passwords result = new Passwords();
    SecureRandom random = new SecureRandom();
    StringBuilder text =
        new StringBuilder("# Passwords of this local system. Not used anywhere else.\n");
    for (Account account : Account.values()) {
      String known = chosen.getOrDefault(account, stored.getProperty(account.key()));
      result.passwords.put(account, known != null ? known : random(random));
      text.append(account.key())
          .append('=')
          .append(Quoted.asProperty(result.of(account)))
          .append('\n');
    }
    if (!before.contentEquals(text)) {
      LocalFiles.write(file, text.toString());
    }
    return result;
  }

  /** The password of an account: letters and digits only, unless it was chosen. */
  public String of(Account account) {
    String password = passwords.get(account);
    if (password == null) {
      throw new IllegalStateException("no password for " + account);
    }
    return password;
  }

  @Override
  public String toString() {
    return "Passwords[" + passwords.keySet() + "]";
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String random(SecureRandom random) {
    return random
        .ints(LENGTH, 0, CHARACTERS.length())
        .mapToObj(CHARACTERS::charAt)
        .collect(StringBuilder::new, StringBuilder::append, StringBuilder::append)
        .toString();
  }
}
