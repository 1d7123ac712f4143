package org.mysqlmanager.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.MysqlDistribution;

/**
 * One MySQL server.
 *
 * @param options for mysqld's command line, where they have precedence over its configuration
 */
record MysqlServer(
    String name,
    Path folder,
    int serverId,
    NamedPorts ports,
    MysqlDistribution mysql,
    List<String> options,
    DataDirectoryTemplate template,
    Passwords passwords)
    implements Program {

  static final String MYSQL = "mysql";

  /** Longer paths do not fit into a socket's address. */
  private static final int LONGEST_SOCKET = 100;

  @Override
  public Path log() {
    return folder.resolve("mysqld.log");
  }

  /** Where others find it. */
  int port() {
    return ports.of(MYSQL);
  }

  /** Where it is found even when a relay's link is cut. */
  int listeningPort() {
    return ports.listening(MYSQL);
  }

  @Override
  public void prepare() {
    LocalFiles.write(folder.resolve("my.cnf"), configuration());
    Path data = folder.resolve("data");
    if (!Files.isDirectory(data)) {
      LocalFiles.write(initFile(), accounts());
      template.copyTo(data);
    }
  }

  @Override
  public List<String> command() {
    List<String> command = new ArrayList<>(mysql.mysqld());
    command.add("--defaults-file=" + folder.resolve("my.cnf"));
    command.add("--init-file=" + initFile());
    if (ports.areRelayed()) {
      // It still reports the port that others know.
      command.add("--port=" + listeningPort());
    }
    command.addAll(options);
    return command;
  }

  @Override
  public boolean restartsOnRequest() {
    return true;
  }

  @Override
  public boolean isReady() {
    if (!Probe.accepts(listeningPort())) {
      return false; // the driver's refusal is slower than this look
    }
    try (Connection connection =
        Jdbc.connect(
            listeningPort(),
            Account.ROOT.user(),
            passwords.of(Account.ROOT),
            "",
            Duration.ofSeconds(1))) {
      forgetAccounts();
      return connection.isValid(1);
    } catch (SQLException _) {
      return false;
    }
  }

  /** What mysqld executes at each start: the accounts at the first, nothing from then on. */
  private Path initFile() {
    return folder.resolve("init.sql");
  }

  private void forgetAccounts() {
    try {
      if (Files.size(initFile()) > 0) {
        LocalFiles.write(initFile(), "");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Statements of the first start, which can be repeated: it may be a second try. They leave no
   * trace in the binary log: a new server has executed nothing.
   */
  private String accounts() {
    String password = Quoted.inSql(passwords.of(Account.ROOT));
    return """
    SET SESSION sql_log_bin = 0;
    CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '%1$s';
    ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '%1$s';
    GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
    ALTER USER 'root'@'localhost' IDENTIFIED BY '%1$s';
    """
            .formatted(password)
        + Template.fill(
            "mysql/manager-account.sql",
            Map.of(
                "MANAGER_USER",
                Account.MANAGER.user(),
                "MANAGER_PASSWORD",
                Quoted.inSql(passwords.of(Account.MANAGER)),
                "APPLICATION_DATABASE",
                LocalSystem.DATABASE));
  }

  private String configuration() {
    Path socket = folder.resolve("mysqld.sock");
    return Template.fill(
        "mysql/my.cnf",
        Map.of(
            "server_id",
            String.valueOf(serverId),
            "host",
            Probe.LOOPBACK,
            "port",
            String.valueOf(port()),
            "datadir",
            folder.resolve("data").toString(),
            "socket",
            socket.toString().length() <= LONGEST_SOCKET ? socket.toString() : "",
            "clone_plugin",
            mysql.clonePlugin()
                ? "plugin_load_add = mysql_clone.so"
                : "# (this MySQL has no clone plugin)",
            "user",
            MysqlDistribution.runsAsRoot() ? "user = root" : ""));
  }

  /** Forgets all data: the next start is a new server's first. For a server that is not running. */
  void wipe() {
    CacheFolder.delete(folder.resolve("data"));
  }
}
