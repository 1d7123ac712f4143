package org.mysqlmanager.local.install;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.local.process.OwnSession;

/**
 * Where a mysqld comes from: the one that the user named, else one on PATH, else Debian's packages
 * unpacked into the cache, else the old one from Maven Central.
 *
 * @param cache where unpacked ones are kept
 * @param progress told, a line at a time, what takes long
 */
public record MysqlLocator(CacheFolder cache, Consumer<String> progress) {
  private static final String DEBIAN_ENTRY = "mysql-debian-" + System.getProperty("os.arch");

  /**
   * Finds a mysqld, or unpacks one.
   *
   * @param named the one to use and no other; empty to take {@code MYSQLD} from the environment, or
   *     any
   * @throws LocalException when there is none; the message says why for each place
   */
  public MysqlDistribution locate(Optional<Path> named) {
    Optional<Path> chosen = named.or(() -> environment("MYSQLD"));
    if (chosen.isPresent()) {
      return named(chosen.get());
    }
    List<String> refusals = new ArrayList<>();
    return attempt(refusals, "PATH", this::onPath)
        .or(() -> attempt(refusals, "Debian's packages", this::fromDebian))
        .or(() ->
            attempt(
                refusals, "Maven Central", () -> new CentralMysql(cache, progress).distribution()))
        .orElseThrow(() ->
            new LocalException(
                "No MySQL server was found. Install one, or name one with --mysql PATH or MYSQLD.\n  "
                    + String.join("\n  ", refusals)));
  }

  /**
   * MySQL 8.0.31 from Maven Central: the version to be compatible with. It has no clone plugin.
   *
   * @throws LocalException when it cannot be had or does not run here
   */
  public MysqlDistribution older() {
    return new CentralMysql(cache, progress).distribution();
  }

  private static MysqlDistribution named(Path mysqld) {
    Path program = Files.isDirectory(mysqld) ? mysqld.resolve("bin/mysqld") : mysqld;
    if (!Files.isExecutable(program)) {
      throw new LocalException(
          "--mysql (or MYSQLD) must name a mysqld that can be run, or the folder it was installed to; \"%s\" is none"
              .formatted(mysqld));
    }
    Path absolute = program.toAbsolutePath().normalize();
    return MysqlDistribution.examine(
        List.of(absolute.toString()), client(absolute), absolute.toString());
  }

  private MysqlDistribution onPath() {
    Path mysqld =
        OwnSession.onPath("mysqld").orElseThrow(() -> new LocalException("there is no mysqld"));
    return MysqlDistribution.examine(List.of(mysqld.toString()), client(mysqld), mysqld.toString());
  }

  private MysqlDistribution fromDebian() {
    Path unpacked =
        cache.getOrMake(
            DEBIAN_ENTRY,
            target -> {
              progress.accept(
                  "MySQL: unpacking Debian's packages beside the system, once (70 MB, needs 500 MB of disk)");
              DebianArchive.ofThisMachine()
                  .unpack(
                      "sid",
                      List.of("mysql-server-core", "mysql-client-core"),
                      target,
                      line -> progress.accept("MySQL: " + line));
              debian(target); // only what runs gets its place in the cache
            });
    return debian(unpacked);
  }

  private static MysqlDistribution debian(Path unpacked) {
    return MysqlDistribution.examine(
        DebianArchive.command(unpacked, "usr/sbin/mysqld"),
        Optional.of(DebianArchive.command(unpacked, "usr/bin/mysql")),
        "Debian's packages");
  }

  private static Optional<List<String>> client(Path mysqld) {
    Path beside = mysqld.resolveSibling("mysql");
    return (Files.isExecutable(beside) ? Optional.of(beside) : OwnSession.onPath("mysql"))
        .map(client -> List.of(client.toString()));
  }

  private static Optional<Path> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank()).map(Path::of);
  }

  private Optional<MysqlDistribution> attempt(
      List<String> refusals, String place, Supplier<MysqlDistribution> source) {
    try {
      return Optional.of(source.get());
    } catch (LocalException e) {
      refusals.add(place + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
