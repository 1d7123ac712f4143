package org.mysqlmanager.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.local.process.LocalException;

/**
 * Empty data directories. To initialise one takes seconds, to copy one a tenth of a second: each
 * MySQL initialises once, into the cache. A template holds no account but root without a password
 * at the socket, and no identity (auto.cnf), so each copy becomes a server of its own with an empty
 * GTID set.
 */
record DataDirectoryTemplate(CacheFolder cache, MysqlDistribution mysql) {
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  /**
   * Makes {@code target} a new server's data directory.
   *
   * @throws LocalException when mysqld cannot initialise one
   */
  void copyTo(Path target) {
    // Another program at the same place is another template: its path and time are part of the
    // name.
    Path program = Path.of(mysql.mysqld().getLast());
    String identity =
        Integer.toHexString((mysql.mysqld() + "@" + program.toFile().lastModified()).hashCode());
    Path template =
        cache.getOrMake("datadir-%s-%s".formatted(mysql.version(), identity), this::initialize);
    Path unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
    CacheFolder.delete(unfinished);
    try {
      copy(template, unfinished);
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + target, e);
    }
  }

  private void initialize(Path target) {
    List<String> command = new ArrayList<>(mysql.mysqld());
    command.addAll(
        List.of(
            "--no-defaults",
            "--initialize-insecure",
            "--datadir=" + target,
            "--secure-file-priv=NULL",
            "--loose-mysqlx=OFF",
            "--loose-innodb-redo-log-capacity=32M"));
    if (MysqlDistribution.runsAsRoot()) {
      command.add("--user=root");
    }
    Command.Result result = Command.run(DEADLINE, target, Map.of(), command);
    if (!result.succeeded()) {
      throw new LocalException("mysqld could not initialise a data directory:\n" + result.tail());
    }
    try {
      Files.deleteIfExists(target.resolve("auto.cnf"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
