package org.mysqlmanager.proxysql;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.testing.TestingProgram;

/** A real proxysql on the loopback, with a data folder that outlives a restart. */
final class ProxySqlProcess implements AutoCloseable {
  /** No double quote: ProxySQL itself cannot read one from its configuration file. */
  static final Account ADMIN = new Account("manager", "sec'r et%");

  final int adminPort = TestingProgram.port();
  final int trafficPort = TestingProgram.port();
  private final TestingProgram program;

  ProxySqlProcess(Path folder) {
    Path configuration = folder.resolve("proxysql.cnf");
    try {
      Files.writeString(
          configuration,
          """
          datadir="%s"
          admin_variables=
          {
            admin_credentials="admin:admin;manager:sec'r et%%"
            mysql_ifaces="127.0.0.1:%d"
          }
          mysql_variables=
          {
            threads=2
            interfaces="127.0.0.1:%d"
          }
          """
              .formatted(folder, adminPort, trafficPort));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command = new ArrayList<>(proxysql().command());
    // One process: by default another one watches over the one that works, and is not frozen by us.
    command.addAll(List.of("--foreground", "--exit-on-error"));
    command.addAll(List.of("--no-version-check", "--idle-threads"));
    command.addAll(List.of("-D", folder.toString(), "-c", configuration.toString()));
    List<Integer> ports = List.of(adminPort, trafficPort);
    program = new TestingProgram("proxysql", command, folder, ports, ports);
  }

  /** No registry has a package of it, so it is there or the test is skipped and says so. */
  static ProxyDistribution proxysql() {
    return ProxyDistribution.onPath(ProxyDistribution.Kind.PROXYSQL)
        .orElseGet(() -> abort("no proxysql is on PATH"));
  }

  ProxySqlProcess start() {
    program.start();
    return this;
  }

  void restart() {
    program.restart();
  }

  void freeze() {
    program.pause();
  }

  void thaw() {
    program.resume();
  }

  @Override
  public void close() {
    program.close();
  }
}
