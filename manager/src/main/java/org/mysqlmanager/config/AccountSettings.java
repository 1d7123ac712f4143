package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One account as it stands in the file: a user (each account has a usual name) and a password,
 * given there or in a file of its own.
 *
 * @param passwordFile where the password was read from, if from a file
 */
record AccountSettings(Optional<String> user, Secret password, Optional<Path> passwordFile) {
  private static final int LONGEST_FILE_BYTES = 4096;

  /** MySQL's own limit. */
  private static final int LONGEST_USER = 32;

  @JsonCreator
  static AccountSettings of(
      @JsonProperty("user") @Nullable String user,
      @JsonProperty("password") @Nullable String password,
      @JsonProperty("password_file") @Nullable String passwordFile) {
    boolean isInline = password != null && !password.isEmpty();
    boolean isInFile = passwordFile != null && !passwordFile.isEmpty();
    if (isInline && isInFile) {
      throw new IllegalArgumentException(
          "password and password_file are both given: leave one of them out");
    }
    if (!isInline && !isInFile) {
      throw new IllegalArgumentException(
          password != null
              ? "password is empty: give a password, or password_file"
              : passwordFile != null
                  ? "password_file is empty: give the path of a file that holds the password"
                  : "password is missing: give password or password_file");
    }
    Optional<Path> path = isInFile ? Optional.of(pathOf(passwordFile)) : Optional.empty();
    String secret = path.isPresent() ? read(path.get()) : password;
    if (secret == null || secret.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "password holds a control character or a line break: give a single line of text");
    }
    return new AccountSettings(
        Optional.ofNullable(user).filter(name -> !name.isEmpty()).map(AccountSettings::checkedUser),
        Secret.of(secret),
        path);
  }

  Account account(String usualUser) {
    return new Account(user.orElse(usualUser), password);
  }

  /** A sentence if others on this machine can read the password's file. */
  Optional<String> warning(String where) {
    return passwordFile
        .filter(AccountSettings::isWorldReadable)
        .map(path ->
            "%s.password_file %s can be read by every user of this machine: chmod o-r %s"
                .formatted(where, path, path));
  }

  private static String checkedUser(String user) {
    if (user.length() > LONGEST_USER || user.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "user '%s' is not valid: MySQL allows at most %d characters"
              .formatted(user.replaceAll("\\p{Cntrl}", "?"), LONGEST_USER));
    }
    return user;
  }

  private static Path pathOf(@Nullable String text) {
    try {
      return Path.of(text == null ? "" : text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "password_file '" + text + "' is not a valid path: " + e.getReason(), e);
    }
  }

  private static String read(Path path) {
    try {
      if (Files.isDirectory(path)) {
        throw new IllegalArgumentException(
            "password_file " + path + " is a directory: give a file that holds the password");
      }
      if (Files.size(path) > LONGEST_FILE_BYTES) {
        throw new IllegalArgumentException(
            "password_file %s has more than %d bytes: it shall hold the password and nothing else"
                .formatted(path, LONGEST_FILE_BYTES));
      }
      String text = Files.readString(path);
      String secret =
          text.endsWith("\r\n")
              ? text.substring(0, text.length() - 2)
              : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
      if (secret.isEmpty()) {
        throw new IllegalArgumentException(
            "password_file " + path + " is empty: write the password into it");
      }
      return secret;
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "password_file %s does not exist: create it, or correct the path (it is taken from %s)"
              .formatted(path, Path.of("").toAbsolutePath()),
          e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("password_file " + path + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "password_file %s cannot be read (%s): make it readable for the user that runs the manager"
              .formatted(path, e.getClass().getSimpleName()),
          e);
    }
  }

  private static boolean isWorldReadable(Path path) {
    try {
      return Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false; // no such permissions here: nothing to warn of
    }
  }
}
