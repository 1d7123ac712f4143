package org.mysqlmanager.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.mysqlmanager.local.Account;
import org.mysqlmanager.local.LocalSystem;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.install.MysqlLocator;
import org.mysqlmanager.local.install.MysqlVersion;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;

/**
 * A new MySQL server of real processes on the loopback, set up as {@code deploy/mysql/my.cnf} says
 * except that it is writable. A copied data folder makes it cheap enough for a server for each
 * test: it takes about a second. It ends with the test's JVM, however that ends.
 *
 * <p>Where no MySQL is to be had, the test is skipped and says why.
 */
public final class TestingMySql implements AutoCloseable {
  private static final String NAME = "s1";

  /** The same on all servers: a clone takes over the accounts of its donor. */
  private static final String ROOT_PASSWORD = "root";

  /** What a client program may take with tens of megabytes on a busy machine. */
  public static final Duration CLIENT_DEADLINE = Duration.ofMinutes(2);

  /** A crash of the machine may lose transactions here, that of the server (kill -9) none. */
  private static final List<String> OPTIONS =
      List.of(
          "--super-read-only=OFF",
          "--innodb-flush-log-at-trx-commit=2",
          "--sync-binlog=0",
          "--skip-innodb-doublewrite");

  /** Looks for a MySQL, once, when the first server is wanted. */
  private static final class Search {
    static final Optional<MysqlDistribution> FOUND;
    static final String REFUSAL;

    static {
      Optional<MysqlDistribution> found = Optional.empty();
      String refusal = "";
      try {
        found =
            Optional.of(
                new MysqlLocator(CacheFolder.ofUser(), System.err::println)
                    .locate(Optional.empty()));
      } catch (LocalException e) {
        refusal = e.getMessage();
      }
      FOUND = found;
      REFUSAL = refusal;
    }
  }

  private final int serverId;
  private final LocalSystem system;

  private TestingMySql(int serverId, LocalSystem system) {
    this.serverId = serverId;
    this.system = system;
  }

  /** Starts a server, and returns when it answers. The options have precedence. */
  public static TestingMySql start(int serverId, String... options) {
    return answering(launch(serverId, options));
  }

  /** The same with MySQL 8.0; the test is skipped where that is not to be had. */
  public static TestingMySql startOlder(int serverId, String... options) {
    return answering(launchOlder(serverId, options));
  }

  private static TestingMySql answering(TestingMySql server) {
    try {
      server.awaitAnswer();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Starts a server without waiting, so that several can start at once. */
  public static TestingMySql launch(int serverId, String... options) {
    return launch(distribution(), serverId, options);
  }

  /** The same with MySQL 8.0; the test is skipped, and says so, where there is none. */
  public static TestingMySql launchOlder(int serverId, String... options) {
    MysqlDistribution older;
    try {
      older = new MysqlLocator(CacheFolder.ofUser(), System.err::println).older();
    } catch (LocalException e) {
      return abort("no MySQL 8.0 to be had here: " + e.getMessage());
    }
    return launch(older, serverId, options);
  }

  private static TestingMySql launch(MysqlDistribution mysql, int serverId, String... options) {
    List<String> all = new ArrayList<>(OPTIONS);
    all.add("--server-id=" + serverId);
    all.addAll(List.of(options));
    try {
      LocalSystem system =
          LocalSystem.builder(Files.createTempDirectory("mysql-it-"))
              .zookeepers(0)
              .servers(1)
              .mysql(withoutClonePlugin(mysql))
              .serverOptions(all)
              .password(Account.ROOT, ROOT_PASSWORD)
              .build();
      system.launch(NAME);
      return new TestingMySql(serverId, system);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Not loaded at the start, that is: a test may install it, or see the manager do so. */
  private static MysqlDistribution withoutClonePlugin(MysqlDistribution mysql) {
    return new MysqlDistribution(
        mysql.mysqld(), mysql.client(), mysql.version(), false, mysql.origin());
  }

  private static MysqlDistribution distribution() {
    return Search.FOUND.orElseGet(() -> abort("no MySQL to be had here: " + Search.REFUSAL));
  }

  /** Skips the test where MySQL comes without the clone plugin. */
  public static void assumeClonePlugin() {
    if (!distribution().clonePlugin()) {
      abort("this MySQL comes without the clone plugin: " + distribution().origin());
    }
  }

  public int serverId() {
    return serverId;
  }

  public Endpoint endpoint() {
    return new Endpoint(system.host(), system.port(NAME));
  }

  /** Whether it is that version of MySQL or a later one. */
  public boolean isAtLeast(int major, int minor) {
    return distribution().version().compareTo(new MysqlVersion(major, minor, 0)) >= 0;
  }

  // --- Talking to it

  /** A connection of root's, without TLS: the driver looks at certificates' dates in every mode. */
  public Connection connect() throws SQLException {
    return connect(Account.ROOT.user(), ROOT_PASSWORD, "DISABLED");
  }

  /** A connection, with TLS if the server has it, whose answers are waited for a minute. */
  public Connection connect(String user, String password) throws SQLException {
    return connect(user, password, "PREFERRED");
  }

  private Connection connect(String user, String password, String sslMode) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslMode", sslMode);
    properties.setProperty("allowPublicKeyRetrieval", "true");
    properties.setProperty("connectTimeout", "5000");
    properties.setProperty("socketTimeout", "60000");
    return DriverManager.getConnection("jdbc:mysql://" + endpoint() + "/", properties);
  }

  /** Executes statements as root, all in one session. */
  public void sql(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first column of all rows, as root. */
  public List<String> query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getString(1));
      }
      return rows;
    }
  }

  /** The first column of the first row, as root; NULL is "null". */
  public String value(String sql) throws SQLException {
    return String.valueOf(query(sql).getFirst());
  }

  public GtidSet executed() throws SQLException {
    return GtidSet.parse(value("SELECT @@GLOBAL.gtid_executed"));
  }

  /**
   * A client program that comes with the server, such as {@code mysqlbinlog}, to be followed by its
   * options. Skips the test where there is none.
   */
  public static List<String> client(String program) {
    return distribution()
        .client()
        .map(mysql -> {
          List<String> command = new ArrayList<>(mysql);
          command.add(Path.of(command.removeLast()).resolveSibling(program).toString());
          return command;
        })
        .filter(command -> Files.isExecutable(Path.of(command.getLast())))
        .orElseGet(() -> abort("there is no " + program + " beside " + distribution().origin()));
  }

  /** Gives a file of SQL to the client program {@code mysql}, which executes it as root. */
  public Command.Result feed(Path sql) {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "exec \"$@\" <\"$0\"", sql.toString()));
    command.addAll(client("mysql"));
    command.addAll(
        List.of(
            "--no-defaults",
            "--user=" + Account.ROOT.user(),
            "--protocol=TCP",
            "--host=" + endpoint().host(),
            "--port=" + endpoint().port(),
            "--max-allowed-packet=64M",
            "--binary-mode"));
    return Command.run(
        CLIENT_DEADLINE, system.folder(), Map.of("MYSQL_PWD", ROOT_PASSWORD), command);
  }

  // --- Its process

  /** Freezes it: its connections stay, and nothing is answered. */
  public void pause() {
    system.pause(NAME);
  }

  public void resume() {
    system.resume(NAME);
  }

  /** {@code kill -9} */
  public void kill() {
    system.kill(NAME);
  }

  /** Starts it after a kill, and returns when it answers. */
  public void startAgain() {
    system.start(NAME);
  }

  public void awaitAnswer() {
    system.awaitReady(NAME);
  }

  @Override
  public void close() {
    system.close();
    CacheFolder.delete(system.folder());
  }
}
