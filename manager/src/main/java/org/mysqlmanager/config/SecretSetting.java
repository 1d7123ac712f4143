package org.mysqlmanager.config;

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
 * A secret that is given either in the configuration or in a file of its own. A setting that is
 * blank, as one from an environment variable that is not set, counts as left out.
 *
 * @param file where it was read from, if from a file
 * @param fileSetting the name of the setting that named the file
 */
record SecretSetting(Secret secret, Optional<Path> file, String fileSetting) {
  private static final int LONGEST_FILE_BYTES = 4096;

  /** Container engines put secrets there, for the one container and readable by all users in it. */
  private static final Path CONTAINER_SECRETS = Path.of("/run/secrets");

  /**
   * The secret that must be there.
   *
   * @param name the setting that holds it
   * @param fileName the setting that names its file
   * @throws IllegalArgumentException if neither or both are given, or the file is not as it should
   *     be; the sentence names the settings and never holds the secret
   */
  static SecretSetting required(
      String name, @Nullable String inline, String fileName, @Nullable String file) {
    return ifGiven(name, inline, fileName, file)
        .orElseThrow(() -> new IllegalArgumentException(missing(name, inline, fileName, file)));
  }

  /**
   * The secret, if one of the two settings is given.
   *
   * @throws IllegalArgumentException as {@link #required} does, but not if neither is given
   */
  static Optional<SecretSetting> ifGiven(
      String name, @Nullable String inline, String fileName, @Nullable String file) {
    boolean isInline = inline != null && !inline.isBlank();
    boolean isInFile = file != null && !file.isBlank();
    if (isInline && isInFile) {
      throw new IllegalArgumentException(
          "%s and %s are both given: leave one of them out".formatted(name, fileName));
    }
    if (!isInline && !isInFile) {
      return Optional.empty();
    }
    Optional<Path> path = isInFile ? Optional.of(pathOf(fileName, file)) : Optional.empty();
    String secret = path.isPresent() ? read(fileName, path.get()) : inline;
    if (secret == null || secret.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          path.map(given ->
                  "%s holds a control character, or more than one line: write the secret into it as a single line of text"
                      .formatted(shown(fileName, given.toString())))
              .orElse(
                  name + " holds a control character or a line break: give a single line of text"));
    }
    return Optional.of(new SecretSetting(Secret.of(secret), path, fileName));
  }

  /** A sentence if others on this machine can read the file. */
  Optional<String> warning(String where) {
    return file.filter(path -> !path.toAbsolutePath().normalize().startsWith(CONTAINER_SECRETS))
        .filter(SecretSetting::isWorldReadable)
        .map(path ->
            "%s.%s %s can be read by every user of this machine: chmod o-r %s"
                .formatted(where, fileSetting, path, path));
  }

  private static String missing(
      String name, @Nullable String inline, String fileName, @Nullable String file) {
    if (inline != null && file != null) {
      return "%s and %s are both empty: give one of them".formatted(name, fileName);
    }
    if (inline != null) {
      return "%s is empty: give it, or %s".formatted(name, fileName);
    }
    return file != null
        ? "%s is empty: give the path of a file, or %s".formatted(fileName, name)
        : "%s is missing: give %s or %s".formatted(name, name, fileName);
  }

  private static Path pathOf(String fileName, @Nullable String text) {
    try {
      return Path.of(text == null ? "" : text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "%s is not a valid path: %s"
              .formatted(shown(fileName, String.valueOf(text)), e.getReason()),
          e);
    }
  }

  /** The setting and its value; not one that may be the secret itself, put there by mistake. */
  private static String shown(String fileName, String path) {
    return path.contains("/")
        ? fileName + " " + path
        : "the file that %s names (not shown: it has no '/', and may be the secret itself)"
            .formatted(fileName);
  }

  private static String read(String fileName, Path path) {
    String setting = shown(fileName, path.toString());
    try {
      if (Files.isDirectory(path)) {
        throw new IllegalArgumentException(
            "%s is a directory: give a file that holds nothing but the secret".formatted(setting));
      }
      if (Files.size(path) > LONGEST_FILE_BYTES) {
        throw new IllegalArgumentException(
            "%s has more than %d bytes: it shall hold the secret and nothing else"
                .formatted(setting, LONGEST_FILE_BYTES));
      }
      String text = Files.readString(path);
      String secret =
          text.endsWith("\r\n")
              ? text.substring(0, text.length() - 2)
              : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
      if (secret.isBlank()) {
        throw new IllegalArgumentException(
            "%s is empty: write the secret into it".formatted(setting));
      }
      return secret;
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "%s does not exist: create it, or correct the path (it is taken from %s)"
              .formatted(setting, Path.of("").toAbsolutePath()),
          e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("%s is not UTF-8 text".formatted(setting), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s cannot be read (%s): make it readable for the user that runs the manager"
              .formatted(setting, e.getClass().getSimpleName()),
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
