package org.mysqlmanager.zk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with a secret, in a folder of its own that only this user may enter, in the folder for
 * temporary files, until it is closed. What processes left there that were killed is removed when
 * the next one is made. Used by one thread at a time.
 */
final class PrivateFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PrivateFile.class);

  private static final String FOLDER_PREFIX = "zookeeper-client-";
  private static final Pattern FOLDER = Pattern.compile(FOLDER_PREFIX + "([0-9]+)-[0-9]+");
  private static final String NAME = "client.pem";
  private static final String UNFINISHED_PREFIX = "unfinished-";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /** Folders of this process. */
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final Path file;
  private final UserPrincipal owner;

  private PrivateFile(Path folder, UserPrincipal owner) {
    this.folder = folder;
    this.file = folder.resolve(NAME);
    this.owner = owner;
  }

  /**
   * In a new folder; the file is not written yet.
   *
   * @param temporary the folder for temporary files
   */
  static synchronized PrivateFile create(Path temporary) throws IOException {
    Path folder =
        Files.createTempDirectory(
            temporary.toAbsolutePath(),
            FOLDER_PREFIX + ProcessHandle.current().pid() + "-",
            PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    IN_USE.add(folder);
    PrivateFile created = new PrivateFile(folder, Files.getOwner(folder));
    // In the reverse of this order when the process ends in order.
    folder.toFile().deleteOnExit();
    created.file.toFile().deleteOnExit();
    removeLeftOver(temporary.toAbsolutePath(), created.owner);
    return created;
  }

  Path path() {
    return file;
  }

  /**
   * Writes the file if it does not hold this already, also when it was removed with its folder, as
   * is done with old temporary files. Whoever reads it meanwhile sees the old or the new one.
   *
   * @return whether it was written
   */
  boolean ensureHolds(String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    try {
      if (Arrays.equals(wanted, Files.readAllBytes(file))) {
        return false;
      }
    } catch (NoSuchFileException e) {
      LOG.debug("{} is to be written", file);
    }
    ensureFolder();
    Path unfinished = Files.createTempFile(folder, UNFINISHED_PREFIX, "");
    try {
      Files.write(unfinished, wanted);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
    return true;
  }

  /** Deletes the file and its folder. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(folder);
    IN_USE.remove(folder);
  }

  /**
   * Anybody may make a folder of this name when ours is gone: nothing is written into such a one.
   */
  private void ensureFolder() throws IOException {
    if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } else if (!isOwnFolder(folder, owner)) {
      throw new IOException(folder + " is not this user's folder any more");
    }
  }

  private static boolean isOwnFolder(Path path, UserPrincipal owner) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return found.isDirectory()
        && found.owner().equals(owner)
        && found.permissions().equals(OWNER_ONLY);
  }

  private static void removeLeftOver(Path temporary, UserPrincipal owner) {
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(temporary, FOLDER_PREFIX + "*-*")) {
      for (Path each : folders) {
        Matcher name = FOLDER.matcher(String.valueOf(each.getFileName()));
        if (name.matches()
            && !IN_USE.contains(each)
            && hasEnded(name.group(1))
            && isOwnFolder(each, owner)) {
          remove(each);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.debug("What earlier processes left in {} was not removed", temporary, e);
    }
  }

  /** Our own number was that of a process before us, as in a container that is started again. */
  private static boolean hasEnded(String processId) {
    try {
      long id = Long.parseLong(processId);
      return id == ProcessHandle.current().pid() || ProcessHandle.of(id).isEmpty();
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Only what such a folder can hold; with anything else in it, it stays. */
  private static void remove(Path folder) {
    try (DirectoryStream<Path> unfinished =
        Files.newDirectoryStream(folder, UNFINISHED_PREFIX + "*")) {
      for (Path each : unfinished) {
        Files.delete(each);
      }
      Files.deleteIfExists(folder.resolve(NAME));
      Files.delete(folder);
      LOG.info("{} of a process that was killed is removed", folder);
    } catch (IOException | DirectoryIteratorException e) {
      LOG.debug("{} was not removed", folder, e);
    }
  }
}
