package org.mysqlmanager.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mysqlmanager.local.install.ProxyDistribution;

/** One ProxySQL. */
record ProxysqlProxy(
    String name, Path folder, NamedPorts ports, ProxyDistribution distribution, Passwords passwords)
    implements Proxy {
  /** ProxySQL 3 also speaks PostgreSQL's protocol; on ports that nobody uses. */
  static final String PGSQL = "pgsql";

  static final String PGSQL_ADMIN = "pgsql_admin";

  @Override
  public Path log() {
    return folder.resolve("stdout.log");
  }

  @Override
  public void prepare() {
    Map<String, String> values = new HashMap<>();
    ports.listening().forEach((use, port) -> values.put(use + "_port", String.valueOf(port)));
    values.put("host", Probe.LOOPBACK);
    values.put("data", folder.resolve("data").toString());
    values.put("local_admin_password", Quoted.inProxysql(passwords.of(Account.ROOT)));
    values.put("proxy_admin_user", Account.PROXY_ADMIN.user());
    values.put("proxy_admin_password", Quoted.inProxysql(passwords.of(Account.PROXY_ADMIN)));
    String configuration = Template.fill("proxysql/proxysql.cnf", values);
    Path file = folder.resolve("proxysql.cnf");
    try {
      // Its own database has precedence over the file: with other ports or passwords it must go.
      if (Files.exists(file) && !Files.readString(file).equals(configuration)) {
        Files.deleteIfExists(folder.resolve("data/proxysql.db"));
      }
      Files.createDirectories(folder.resolve("data"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    LocalFiles.write(file, configuration);
  }

  @Override
  public List<String> command() {
    List<String> command = new ArrayList<>(distribution.command());
    command.addAll(
        List.of(
            "--foreground",
            "--no-version-check",
            "-c",
            folder.resolve("proxysql.cnf").toString(),
            "-D",
            folder.resolve("data").toString()));
    return command;
  }

  @Override
  public boolean isReady() {
    return Probe.greets(listeningPort(ADMIN))
        && Probe.accepts(listeningPort(WRITER))
        && Probe.accepts(listeningPort(READER));
  }
}
