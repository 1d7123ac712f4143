package org.mysqlmanager.mysql;

import com.mysql.cj.jdbc.Driver;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Endpoint;

/**
 * Opens connections to one server. Thread-safe.
 *
 * <p>What a hostile or broken server could abuse is off: it cannot ask for local files, and nothing
 * it sends is deserialised; a statement is one statement.
 */
final class Connections {
  static {
    // The driver's own thread would only wait for forgotten connections; ours are always closed.
    System.setProperty("com.mysql.cj.disableAbandonedConnectionCleanup", "true");
  }

  /** No limit: for a statement that lasts for hours. The socket's keep-alive finds a dead peer. */
  static final Duration UNLIMITED = Duration.ZERO;

  private final Endpoint endpoint;
  private final Optional<Endpoint> admin;
  private final Duration connectTimeout;
  private final TlsMode tls;
  private final Driver driver;
  private @Nullable FutureTask<InetAddress> resolving;

  /** Without an administrative interface. */
  Connections(Endpoint endpoint, Duration connectTimeout, TlsMode tls) {
    this(endpoint, Optional.empty(), connectTimeout, tls);
  }

  /**
   * @param admin the administrative interface, where an administrator is let in when all ordinary
   *     connections are used
   */
  Connections(Endpoint endpoint, Optional<Endpoint> admin, Duration connectTimeout, TlsMode tls) {
    this.endpoint = endpoint;
    this.admin = admin;
    this.connectTimeout = connectTimeout;
    this.tls = tls;
    try {
      this.driver = new Driver();
    } catch (SQLException e) {
      throw new IllegalStateException("MySQL Connector/J cannot be used", e);
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  TlsMode tls() {
    return tls;
  }

  /**
   * Connects and logs in.
   *
   * @param attributes connection attributes, seen in {@code
   *     performance_schema.session_connect_attrs}
   * @param lockWait how long a statement may wait for a metadata or global lock, in whole seconds
   * @param read the longest wait for bytes of an answer, or {@link #UNLIMITED}
   */
  Connection open(Account account, Map<String, String> attributes, Duration lockWait, Duration read)
      throws SQLException {
    return reach(account, attributes, lockWait, read).connection();
  }

  /**
   * @param detour the reason why the connection goes over the administrative interface, if it does
   */
  record Opened(Connection connection, Optional<String> detour) {}

  /** Like {@link #open}, and says which way was taken. */
  Opened reach(Account account, Map<String, String> attributes, Duration lockWait, Duration read)
      throws SQLException {
    resolve();
    try {
      return new Opened(connect(endpoint, account, attributes, lockWait, read), Optional.empty());
    } catch (SQLException refused) {
      if (admin.isEmpty() || !Diagnosis.isTooManyConnections(refused)) {
        throw refused;
      }
      try {
        return new Opened(
            connect(admin.get(), account, attributes, lockWait, read),
            Optional.of(
                "%s; looked at over admin_port %d"
                    .formatted(Diagnosis.tooMany(refused), admin.get().port())));
      } catch (SQLException alsoRefused) {
        throw new NoWayInException(refused, admin.get().port(), alsoRefused);
      }
    }
  }

  /** The server is out of connections, and its administrative interface is no way in either. */
  static final class NoWayInException extends SQLException {
    private static final long serialVersionUID = 1L;

    private final int adminPort;
    private final SQLException alsoRefused;

    NoWayInException(SQLException refused, int adminPort, SQLException alsoRefused) {
      super(refused.getMessage(), refused.getSQLState(), refused.getErrorCode(), refused);
      this.adminPort = adminPort;
      this.alsoRefused = alsoRefused;
    }

    int adminPort() {
      return adminPort;
    }

    SQLException alsoRefused() {
      return alsoRefused;
    }
  }

  private Connection connect(
      Endpoint to,
      Account account,
      Map<String, String> attributes,
      Duration lockWait,
      Duration read)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", account.user());
    properties.setProperty("password", account.password());
    properties.setProperty("sslMode", tls.name());
    // A server without TLS must be usable where TLS is only preferred. Nothing is lost by it: who
    // could hand out a key of his own could hand out a certificate of his own just as well.
    properties.setProperty(
        "allowPublicKeyRetrieval",
        String.valueOf(tls == TlsMode.DISABLED || tls == TlsMode.PREFERRED));
    properties.setProperty("connectTimeout", Long.toString(connectTimeout.toMillis()));
    properties.setProperty("socketTimeout", Long.toString(read.toMillis()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("allowLoadLocalInfile", "false");
    properties.setProperty("allowUrlInLocalInfile", "false");
    properties.setProperty("autoDeserialize", "false");
    properties.setProperty("allowMultiQueries", "false");
    properties.setProperty("useServerPrepStmts", "false");
    properties.setProperty("characterEncoding", "UTF-8");
    properties.setProperty("paranoid", "true");
    properties.setProperty("dnsSrv", "false");
    properties.setProperty(
        "sessionVariables", "lock_wait_timeout=" + Math.max(1, lockWait.toSeconds()));
    properties.setProperty(
        "connectionAttributes",
        attributes.entrySet().stream()
            .map(attribute -> attribute.getKey() + ":" + attribute.getValue())
            .collect(Collectors.joining(",", "program_name:mysql-manager,", "")));
    Connection connection = driver.connect("jdbc:mysql://" + to + "/", properties);
    if (connection == null) {
      throw new IllegalStateException("Connector/J does not take the address " + to);
    }
    return connection;
  }

  /**
   * Looks the host name up on a platform thread, which also fills the JVM's cache for the driver: a
   * look-up cannot be interrupted and would hold one of the few carriers of all virtual threads. At
   * most one is under way, however long it hangs.
   */
  private void resolve() throws SQLException {
    FutureTask<InetAddress> task;
    synchronized (this) {
      task = resolving;
      if (task == null || task.isDone()) {
        task = new FutureTask<>(() -> InetAddress.getByName(endpoint.host()));
        resolving = task;
        Thread.ofPlatform().daemon().name("resolve-" + endpoint.host()).start(task);
      }
    }
    try {
      task.get();
    } catch (ExecutionException e) {
      UnknownHostException unknown = new UnknownHostException(endpoint.host());
      unknown.initCause(e.getCause());
      throw new SQLException("unknown host", "08S01", unknown);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while looking up " + endpoint.host(), "08S01", e);
    }
  }

  /** Ends a connection without a word to the server, so that it cannot block. */
  static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException _) {
      // It is unusable already, which is all that was asked for.
    }
  }

  /** Takes leave of the server; if that fails, the connection is gone all the same. */
  static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException _) {
      abort(connection);
    }
  }
}
