package org.mysqlmanager.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Files of a local system. They may hold passwords, so that only their owner may read any of them.
 */
public final class LocalFiles {
  private LocalFiles() {}

  /** Writes a file at once or not at all, making its folder. */
  public static void write(Path file, String text) {
    write(file, text, "rw-------");
  }

  /** Writes a file that can be run. */
  public static void writeExecutable(Path file, String text) {
    write(file, text, "rwx------");
  }

  private static void write(Path file, String text, String permissions) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      Path temporary =
          Files.createTempFile(
              folder, file.getFileName().toString(), ".new"); // made with mode 0600
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(permissions));
      Files.writeString(temporary, text);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
