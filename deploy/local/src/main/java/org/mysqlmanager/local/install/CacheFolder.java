package org.mysqlmanager.local.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A folder for what is costly to make: each entry is made once, beside its place, and moved there
 * when it is complete. So an entry that exists is whole, whenever a process was killed.
 *
 * @param root the folder; made when needed
 */
public record CacheFolder(Path root) {
  /** A file lock holds between processes only; threads of this one wait for each other here. */
  private static final ConcurrentHashMap<Path, ReentrantLock> IN_THIS_PROCESS =
      new ConcurrentHashMap<>();

  /** {@code $XDG_CACHE_HOME/mysql-manager}, as a rule {@code ~/.cache/mysql-manager}. */
  public static CacheFolder ofUser() {
    String xdg = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path base = xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
    return new CacheFolder(base.resolve("mysql-manager").toAbsolutePath());
  }

  /** The place of an entry, whether or not it is there. */
  public Path place(String name) {
    return root.resolve(name);
  }

  /**
   * The entry, made by {@code maker} in an empty folder if it is not there yet.
   *
   * @throws RuntimeException what {@code maker} throws; nothing is left of its work then
   */
  public Path getOrMake(String name, Consumer<Path> maker) {
    Path place = place(name);
    if (Files.isDirectory(place)) {
      return place;
    }
    ReentrantLock mutex = IN_THIS_PROCESS.computeIfAbsent(place, _ -> new ReentrantLock());
    mutex.lock();
    try {
      Files.createDirectories(root);
      try (FileChannel channel =
              FileChannel.open(
                  root.resolve(name + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock _ = channel.lock()) {
        if (!Files.isDirectory(place)) {
          Path unfinished = root.resolve(name + ".unfinished");
          delete(unfinished);
          Files.createDirectories(unfinished);
          try {
            maker.accept(unfinished);
            Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
          } finally {
            delete(unfinished);
          }
        }
      }
      return place;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + place, e);
    } finally {
      mutex.unlock();
    }
  }

  /** Deletes a folder with all that is in it; nothing when there is none. */
  public static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }
}
