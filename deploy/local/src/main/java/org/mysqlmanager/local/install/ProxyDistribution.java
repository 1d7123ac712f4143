package org.mysqlmanager.local.install;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.local.process.OwnSession;

/**
 * A proxy that can be run.
 *
 * @param command how it is started, to be followed by its options
 */
public record ProxyDistribution(Kind kind, List<String> command, String origin) {

  /** The proxies that the manager knows. */
  public enum Kind {
    PROXYSQL,
    HAPROXY;

    /** The name in options and configurations. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ProxyDistribution {
    command = List.copyOf(command);
  }

  /**
   * Finds a proxy: of the given kind, or whichever is there with ProxySQL first. HAProxy is
   * unpacked from Debian's packages when there is none.
   *
   * @throws LocalException when there is none and none can be had
   */
  public static ProxyDistribution locate(
      Optional<Kind> wanted, CacheFolder cache, Consumer<String> progress) {
    Optional<ProxyDistribution> found =
        wanted
            .map(ProxyDistribution::onPath)
            .orElseGet(() -> onPath(Kind.PROXYSQL).or(() -> onPath(Kind.HAPROXY)));
    if (found.isPresent()) {
      return found.get();
    }
    if (wanted.equals(Optional.of(Kind.PROXYSQL))) {
      throw new LocalException(
          "No proxysql is on PATH, and no package registry has one. Install it as https://proxysql.com/documentation says, or use"
              + " --proxy haproxy.");
    }
    return unpackHaproxy(cache, progress);
  }

  /** The one on PATH, if there is one. */
  public static Optional<ProxyDistribution> onPath(Kind kind) {
    return OwnSession.onPath(kind.key())
        .map(path -> new ProxyDistribution(kind, List.of(path.toString()), path.toString()));
  }

  private static ProxyDistribution unpackHaproxy(CacheFolder cache, Consumer<String> progress) {
    try {
      Path unpacked =
          cache.getOrMake(
              "haproxy-debian-" + System.getProperty("os.arch"),
              target -> {
                progress.accept(
                    "HAProxy: unpacking Debian's package beside the system, once (20 MB)");
                DebianArchive archive = DebianArchive.ofThisMachine();
                archive.unpack(
                    archive.codename(),
                    List.of("haproxy"),
                    target,
                    line -> progress.accept("HAProxy: " + line));
              });
      return new ProxyDistribution(
          Kind.HAPROXY, DebianArchive.command(unpacked, "usr/sbin/haproxy"), "Debian's package");
    } catch (LocalException e) {
      throw new LocalException(
          "No proxy was found. Install haproxy or proxysql. " + e.getMessage(), e);
    }
  }
}
