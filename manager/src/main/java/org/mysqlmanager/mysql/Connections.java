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
import java.util.Set;
import java.util.stream.Collectors;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.net.TlsRefused;

/**
 * Opens connections to one server. Thread-safe.
 *
 * <p>What a hostile or broken server could abuse is off: it cannot ask for local files (nothing it
 * sends is deserialised: this driver cannot any more); a statement is one statement; no key for a
 * password is taken from it where TLS is asked for. Nor do the server's defaults decide what a
 * literal means: each session sets its own SQL mode and character set, which the driver asks for
 * before it quotes anything.
 */
final class Connections {
  static {
    // The driver's own thread would only wait for forgotten connections; ours are always closed.
    System.setProperty("com.mysql.cj.disableAbandonedConnectionCleanup", "true");
  }

  /** What helps against a server without TLS. */
  static final String ENABLE_TLS =
      "enable it there (ssl_cert and ssl_key, and a tls_version that is not empty), or set tls.mode of the cluster to disabled";

  /** No limit: for a statement that lasts for hours. The socket's keep-alive finds a dead peer. */
  static final Duration UNLIMITED = Duration.ZERO;

  /**
   * Whatever the server's global {@code sql_mode} ({@code NO_BACKSLASH_ESCAPES}, {@code
   * ANSI_QUOTES}), its {@code init_connect} or, before MySQL 9, {@code
   * skip_character_set_client_handshake} say.
   */
  private static final String SESSION =
      "sql_mode='STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',character_set_client=utf8mb4,"
          + "character_set_connection=utf8mb4,character_set_results=utf8mb4";

  private final Endpoint endpoint;
  private final Optional<Endpoint> admin;
  private final Duration connectTimeout;
  private final MySqlTls tls;
  private final Driver driver;
  private final HostAddresses addresses;

  /** The {@code server_uuid} that the last look has seen, if there was one. */
  private volatile Optional<String> lookedAt = Optional.empty();

  /** Without an administrative interface. */
  Connections(Endpoint endpoint, Duration connectTimeout, MySqlTls tls) {
    this(endpoint, Optional.empty(), connectTimeout, tls);
  }

  /**
   * @param admin the administrative interface, where an administrator is let in when all ordinary
   *     connections are used
   */
  Connections(Endpoint endpoint, Optional<Endpoint> admin, Duration connectTimeout, MySqlTls tls) {
    this.endpoint = endpoint;
    this.admin = admin;
    this.connectTimeout = connectTimeout;
    this.tls = tls;
    this.addresses = new HostAddresses(endpoint.host(), InetAddress::getAllByName);
    try {
      this.driver = new Driver();
    } catch (SQLException e) {
      throw new IllegalStateException("MySQL Connector/J cannot be used", e);
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  MySqlTls tls() {
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
   * @param at what the server's host name stood for
   */
  record Opened(Connection connection, Optional<String> detour, Set<InetAddress> at) {}

  /**
   * Whether the server's name stands for other addresses by now: a connection that was opened then
   * may lead to another server. It does not wait for the name service, so its answer may be late.
   */
  boolean haveMoved(Set<InetAddress> at) {
    return addresses.haveReplaced(at);
  }

  /** The {@code server_uuid} of the server that a look has come to. */
  void hasLookedAt(String uuid) {
    lookedAt = Optional.of(uuid);
  }

  /**
   * Refuses a connection that is about to change a server if the last look was at another one: the
   * address behind a name may be out of date, and a different server's by now.
   */
  void requireLookedAt(Connection connection) throws SQLException {
    Optional<String> expected = lookedAt;
    if (expected.isEmpty()) {
      return;
    }
    String uuid = String.valueOf(Statements.value(connection, "SELECT @@server_uuid"));
    if (!expected.get().equals(uuid)) {
      throw new SQLException(
          "its server_uuid is %s, and it was %s in the last look: nothing is changed before another look"
              .formatted(uuid, expected.get()),
          "HY000");
    }
  }

  /** Like {@link #open}, and says which way was taken. */
  Opened reach(Account account, Map<String, String> attributes, Duration lockWait, Duration read)
      throws SQLException {
    Set<InetAddress> at = resolve();
    try {
      return new Opened(
          connect(endpoint, account, attributes, lockWait, read), Optional.empty(), at);
    } catch (SQLException refused) {
      if (admin.isEmpty() || !Diagnosis.isTooManyConnections(refused)) {
        throw refused;
      }
      try {
        return new Opened(
            connect(admin.get(), account, attributes, lockWait, read),
            Optional.of(
                "%s; looked at over admin_port %d"
                    .formatted(Diagnosis.tooMany(refused), admin.get().port())),
            at);
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
    TlsSocketFactory.configure(properties, tls);
    // A server without TLS must be usable where TLS is only preferred. Nothing is lost by it: who
    // could hand out a key of his own could take TLS out of the server's greeting just as well.
    properties.setProperty("allowPublicKeyRetrieval", String.valueOf(!tls.mode().isMandatory()));
    properties.setProperty("connectTimeout", Long.toString(connectTimeout.toMillis()));
    properties.setProperty("socketTimeout", Long.toString(read.toMillis()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("allowLoadLocalInfile", "false");
    properties.setProperty("allowLoadLocalInfileInPath", "");
    properties.setProperty("allowUrlInLocalInfile", "false");
    properties.setProperty("allowMultiQueries", "false");
    properties.setProperty("useServerPrepStmts", "false");
    properties.setProperty("characterEncoding", "UTF-8");
    properties.setProperty("paranoid", "true");
    properties.setProperty("dnsSrv", "false");
    properties.setProperty(
        "sessionVariables", SESSION + ",lock_wait_timeout=" + Math.max(1, lockWait.toSeconds()));
    properties.setProperty(
        "connectionAttributes",
        attributes.entrySet().stream()
            .map(attribute -> attribute.getKey() + ":" + attribute.getValue())
            .collect(Collectors.joining(",", "program_name:mysql-manager,", "")));
    try {
      // An endpoint's host has no character that means anything in a URL.
      Connection connection = driver.connect("jdbc:mysql://" + to + "/", properties);
      if (connection == null) {
        throw new IllegalStateException("Connector/J does not take the address " + to);
      }
      return connection;
    } catch (SQLException e) {
      throw withoutTls(e) ? notOffered(e) : e;
    }
  }

  /** The driver has only these words for it. */
  private boolean withoutTls(SQLException error) {
    return tls.mode().isMandatory()
        && Diagnosis.numberOf(error) == 0
        && String.valueOf(error.getMessage()).contains("SSL Connection required");
  }

  private SQLException notOffered(SQLException error) {
    SQLException named =
        new SQLException(
            error.getMessage(), "08001", TlsRefused.notOffered(tls.mode(), ENABLE_TLS));
    named.addSuppressed(error);
    return named;
  }

  /** Looks the host name up, for the driver. */
  private Set<InetAddress> resolve() throws SQLException {
    try {
      return addresses.await();
    } catch (UnknownHostException e) {
      throw new SQLException("unknown host", "08S01", e);
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
