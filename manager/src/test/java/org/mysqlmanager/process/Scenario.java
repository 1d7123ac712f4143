package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.local.LocalSystem;
import org.mysqlmanager.local.LocalSystemBuilder;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.install.MysqlLocator;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.process.LocalException;

/** A system of real processes for one test. */
@Timeout(300)
abstract class Scenario extends Questions {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private MysqlDistribution mysql;

  @BeforeEach
  void findMysql() {
    try {
      mysql = new MysqlLocator(CacheFolder.ofUser(), System.err::println).locate(Optional.empty());
    } catch (LocalException e) {
      abort("no MySQL to be had here: " + e.getMessage());
    }
  }

  @AfterEach
  void endSystem() {
    if (system != null) {
      system.close();
    }
  }

  /** Two servers, HAProxy, one ZooKeeper, one manager, checked every second; nothing runs yet. */
  final void prepare(Consumer<LocalSystemBuilder> changes) {
    LocalSystemBuilder builder =
        LocalSystem.builder(folder)
            .mysql(mysql)
            .servers(2)
            .zookeepers(1)
            .managers(1)
            .proxies(haproxy())
            .checkInterval(Duration.ofSeconds(1));
    changes.accept(builder);
    system = builder.build();
  }

  /** The same, started and bootstrapped. */
  final void run(Consumer<LocalSystemBuilder> changes) {
    prepare(changes);
    system.startAll();
    awaitPhase("running");
  }

  static ProxyDistribution haproxy() {
    return ProxyDistribution.locate(
        Optional.of(ProxyDistribution.Kind.HAPROXY), CacheFolder.ofUser(), System.err::println);
  }

  /** ProxySQL, or the test is skipped and says so. */
  static ProxyDistribution proxysql() {
    return ProxyDistribution.onPath(ProxyDistribution.Kind.PROXYSQL)
        .orElseGet(() -> abort("skipped: no proxysql on PATH"));
  }
}
