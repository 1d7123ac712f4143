package org.mysqlmanager.local.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import org.mysqlmanager.local.LocalFiles;

/**
 * What the launcher of a running system leaves for other terminals to find it. That there is a file
 * says nothing: whether the launcher lives is told by the lock that it holds, which the operating
 * system takes away with its death.
 *
 * @param pid the launcher's process
 * @param port where it takes commands
 * @param token without which it takes none; the file can be read by its owner only
 * @param state how far it is
 * @param managers the managers' addresses, comma-separated; also read by the script mm
 */
record LauncherFile(long pid, int port, String token, State state, String managers) {

  /** How far a launcher is. */
  enum State {
    STARTING,
    READY
  }

  void write(Path folder) {
    LocalFiles.write(
        folder.resolve("launcher"),
        "pid=%d%nport=%d%ntoken=%s%nstate=%s%nmanagers=%s%n"
            .formatted(pid, port, token, state, managers));
  }

  /** The launcher that runs now, if one does. What a dead one has left is cleared away. */
  static Optional<LauncherFile> ofRunning(Path folder) {
    if (!Files.exists(folder.resolve("launcher"))) {
      return Optional.empty();
    }
    Optional<Lock> unlocked = Lock.tryLock(folder);
    if (unlocked.isPresent()) {
      try (Lock _ = unlocked.get()) {
        Files.deleteIfExists(folder.resolve("launcher"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return Optional.empty();
    }
    Properties values = new Properties();
    try (Reader in = Files.newBufferedReader(folder.resolve("launcher"))) {
      values.load(in);
    } catch (IOException _) {
      return Optional.empty(); // it has ended just now
    }
    return Optional.of(
        new LauncherFile(
            Long.parseLong(values.getProperty("pid", "0")),
            Integer.parseInt(values.getProperty("port", "0")),
            values.getProperty("token", ""),
            State.valueOf(values.getProperty("state", State.STARTING.name())),
            values.getProperty("managers", "")));
  }

  /** Held by a launcher as long as it lives. */
  record Lock(FileChannel channel, FileLock lock) implements AutoCloseable {

    /** The lock, unless another launcher has it. */
    static Optional<Lock> tryLock(Path folder) {
      try {
        Files.createDirectories(folder);
        FileChannel channel =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
          FileLock lock = channel.tryLock();
          if (lock != null) {
            return Optional.of(new Lock(channel, lock));
          }
        } catch (OverlappingFileLockException _) {
          // Held within this process.
        }
        channel.close();
        return Optional.empty();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot lock " + folder, e);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
