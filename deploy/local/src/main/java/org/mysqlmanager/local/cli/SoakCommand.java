package org.mysqlmanager.local.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.install.MysqlLocator;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.soak.Soak;
import org.mysqlmanager.local.soak.SoakReport;
import org.mysqlmanager.local.soak.SoakSettings;

/** {@code ./mm local soak}. */
final class SoakCommand {
  private final Path folder;
  private final Request.Soak request;
  private final PrintStream out;

  SoakCommand(Path folder, Request.Soak request, PrintStream out) {
    this.folder = folder;
    this.request = request;
    this.out = out;
  }

  /** Returns the exit status: 0 without a violation, else 1. */
  int run() {
    CacheFolder cache = CacheFolder.ofUser();
    MysqlDistribution mysql = new MysqlLocator(cache, this::print).locate(request.mysql());
    ProxyDistribution proxy = ProxyDistribution.locate(request.proxy(), cache, this::print);
    Path own = request.folder().orElse(folder.resolve("soak-" + request.seed()));
    print(
        "MySQL %s (%s), %s (%s); everything is in %s"
            .formatted(mysql.version(), mysql.origin(), proxy.kind().key(), proxy.origin(), own));
    Soak soak =
        new Soak(
            new SoakSettings(
                request.seed(),
                request.duration(),
                request.servers(),
                request.checkInterval(),
                mysql,
                List.of(proxy),
                jarCopy(own),
                own),
            this::print);
    Thread hook = Thread.ofPlatform().unstarted(soak::stop);
    Runtime.getRuntime().addShutdownHook(hook);
    SoakReport report = soak.run(text -> print(text));
    return report.isClean() ? 0 : 1;
  }

  /** A build while it runs would pull the jar from under the managers. */
  private Path jarCopy(Path own) {
    try {
      Files.createDirectories(own);
      Path copy = own.resolve("mysql-manager.jar");
      Files.deleteIfExists(copy);
      Files.copy(folder.resolve("lib/mysql-manager.jar"), copy);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException("the manager's jar cannot be copied", e);
    }
  }

  private void print(String line) {
    out.println(line);
    out.flush();
  }
}
