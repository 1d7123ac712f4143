package org.mysqlmanager.mysql;

import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Printable;
import org.mysqlmanager.mysql.Dialect.UnsupportedServerException;
import org.mysqlmanager.net.TlsRefused;
import org.mysqlmanager.observe.ServerObservation.Cause;

/**
 * What an error of the driver or the server means.
 *
 * @param sentence one sentence for people: the server, its address, what failed, what to do
 * @see <a href="https://dev.mysql.com/doc/mysql-errors/9.7/en/server-error-reference.html">error
 *     numbers</a>
 */
record Diagnosis(Cause cause, String sentence) {
  static final int NO_SUCH_THREAD = 1094;
  static final int NOT_OWNER_OF_THREAD = 1095;
  static final int NO_SUCH_TABLE = 1146;
  static final int LOCK_WAIT_TIMEOUT = 1205;
  private static final int TOO_MANY = 1040;
  private static final int TOO_MANY_OF_USER = 1203;
  private static final int LIMIT_OF_ACCOUNT = 1226;
  private static final int PARSE_ERROR = 1064;
  private static final int TOO_LONG = 1470;
  private static final int NOT_IN_CHARACTER_SET = 1300;
  private static final int WRONG_STRING = 1366;
  private static final int NOT_CONVERTIBLE = 3854;
  private static final int INSECURE_TRANSPORT = 3159;

  /**
   * @param server as in {@code s1 (127.0.0.1:3306)}
   * @param account which account was used
   * @param setting where its password is configured
   */
  static Diagnosis of(SQLException error, String server, Account account, String setting) {
    Cause cause = causeOf(error);
    String sentence =
        switch (cause) {
          case CONNECTION_FAILED ->
              "%s cannot be connected to: %s; check that mysqld runs there and that the address is right"
                  .formatted(server, deepestMessage(error));
          case TIMED_OUT -> "%s does not answer in time".formatted(server);
          case UNKNOWN_HOST ->
              "%s cannot be found: its host name does not resolve; check the server's host in the configuration, and DNS"
                  .formatted(server);
          case NOT_READY -> "%s is starting or shutting down: %s".formatted(server, message(error));
          case ACCESS_DENIED -> accessDenied(error, server, account, setting);
          case TOO_MANY_CONNECTIONS -> noConnection(error, server, account);
          case TLS_FAILED -> tlsFailed(error, server);
          case UNSUPPORTED ->
              error instanceof UnsupportedServerException
                  ? server + " " + error.getMessage()
                  : "%s answers with an error: %s".formatted(server, message(error));
        };
    return new Diagnosis(cause, sentence);
  }

  static Diagnosis timedOut(String server, Duration limit) {
    return new Diagnosis(
        Cause.TIMED_OUT, "%s does not answer within %d ms".formatted(server, limit.toMillis()));
  }

  /** Whether the connection is lost, so that nobody knows what became of the last statement. */
  static boolean isLinkLost(SQLException error) {
    if (numberOf(error) != 0) {
      // 1053: the server goes down; 1317 and 3169: the statement or session was killed.
      return switch (numberOf(error)) {
        case 1053, 1077, 1079, 1159, 1160, 1161, 1317, 3169, 4031 -> true;
        default -> false;
      };
    }
    String state = error.getSQLState();
    return state == null || state.startsWith("08") || find(error, SocketException.class) != null;
  }

  /** MySQL's error number; 0 if it is not from the server. */
  static int numberOf(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql && sql.getErrorCode() != 0) {
        return sql.getErrorCode();
      }
    }
    return 0;
  }

  /**
   * What MySQL says, fit to be shown: the errors that quote a part of the statement (and with it
   * perhaps a password) are put in other words.
   */
  static String message(SQLException error) {
    int number = numberOf(error);
    if (number == 0) {
      return deepestMessage(error);
    }
    String text =
        switch (number) {
          case PARSE_ERROR -> "the server does not understand the statement";
          case TOO_LONG -> "a value is too long";
          case NOT_IN_CHARACTER_SET, NOT_CONVERTIBLE, WRONG_STRING ->
              "a value has a character that the server cannot take";
          default -> Printable.line(error.getMessage());
        };
    return "MySQL error " + number + ": " + text;
  }

  /** Whether the account may not do what it was about to do. */
  static boolean isMissingPrivilege(SQLException error) {
    return switch (numberOf(error)) {
      case 1044, 1142, 1143, 1227, 1370 -> true;
      default -> false;
    };
  }

  /** Whether the administrative interface may let in who is refused like that. */
  static boolean isTooManyConnections(SQLException error) {
    return causeOf(error) == Cause.TOO_MANY_CONNECTIONS;
  }

  /** Which limit on connections was met, in words. */
  static String tooMany(SQLException error) {
    return switch (numberOf(error)) {
      case TOO_MANY_OF_USER -> "all connections of this user are used (max_user_connections)";
      case LIMIT_OF_ACCOUNT -> "this account is at one of its limits (" + message(error) + ")";
      default -> "all connections are used";
    };
  }

  private static String noConnection(SQLException error, String server, Account account) {
    String remedy =
        switch (numberOf(error)) {
          case TOO_MANY_OF_USER -> "raise max_user_connections";
          case LIMIT_OF_ACCOUNT -> "lift the account's limits with ALTER USER … WITH";
          default -> "raise max_connections or end idle clients";
        };
    String refusal =
        "%s has no connection left for user '%s': %s".formatted(server, account.user(), remedy);
    return error instanceof Connections.NoWayInException both
        ? "%s; nor is admin_port %d a way in: %s (%s)"
            .formatted(
                refusal,
                both.adminPort(),
                adminRefusal(both.alsoRefused(), account),
                message(error))
        : "%s%s (%s)"
            .formatted(
                refusal,
                // MySQL applies an account's own limits there, too.
                numberOf(error) == LIMIT_OF_ACCOUNT ? "" : ", or set the server's admin_port",
                message(error));
  }

  private static String adminRefusal(SQLException error, Account account) {
    return switch (causeOf(error)) {
      case CONNECTION_FAILED ->
          deepestMessage(error) + "; check the server's admin_address and admin_port";
      case TIMED_OUT -> "no answer in time";
      case ACCESS_DENIED ->
          "grant SERVICE_CONNECTION_ADMIN to user '%s' (%s)"
              .formatted(account.user(), message(error));
      case UNKNOWN_HOST, NOT_READY, TOO_MANY_CONNECTIONS, TLS_FAILED, UNSUPPORTED -> message(error);
    };
  }

  static Cause causeOf(SQLException error) {
    return switch (numberOf(error)) {
      case TOO_MANY, TOO_MANY_OF_USER, LIMIT_OF_ACCOUNT -> Cause.TOO_MANY_CONNECTIONS;
      case 1044, 1045, 1129, 1130, 1142, 1143, 1227, 1370, 1524, 1698, 1820, 1862, 3118, 3955 ->
          Cause.ACCESS_DENIED;
      case INSECURE_TRANSPORT -> Cause.TLS_FAILED;
      case 1053, 1077, 1079, 3032, 3168 -> Cause.NOT_READY;
      case 1159, 1161 -> Cause.TIMED_OUT;
      case 1158, 1160, 1317, 3169, 4031 -> Cause.CONNECTION_FAILED;
      case 0 -> causeOfLocal(error);
      default -> Cause.UNSUPPORTED;
    };
  }

  private static Cause causeOfLocal(SQLException error) {
    if (error instanceof UnsupportedServerException) {
      return Cause.UNSUPPORTED;
    }
    if (find(error, UnknownHostException.class) != null) {
      return Cause.UNKNOWN_HOST;
    }
    if (find(error, SocketTimeoutException.class) != null) {
      return Cause.TIMED_OUT;
    }
    if (find(error, TlsRefused.class) != null) {
      return Cause.TLS_FAILED;
    }
    // A connection that breaks during the TLS handshake is no trouble with certificates.
    if (find(error, SocketException.class) != null || find(error, EOFException.class) != null) {
      return Cause.CONNECTION_FAILED;
    }
    String text = deepestMessage(error);
    if (find(error, SSLException.class) != null
        || text.contains("SSL Connection required")
        || text.contains("Public Key Retrieval")) {
      return Cause.TLS_FAILED;
    }
    return isLinkLost(error) ? Cause.CONNECTION_FAILED : Cause.UNSUPPORTED;
  }

  private static String tlsFailed(SQLException error, String server) {
    TlsRefused refused = find(error, TlsRefused.class);
    if (refused != null) {
      return "%s: %s".formatted(server, refused.getMessage());
    }
    return numberOf(error) == INSECURE_TRANSPORT
        ? "%s lets nobody in without TLS (require_secure_transport), and the cluster's tls.mode is disabled: set it to required (%s)"
            .formatted(server, message(error))
        : "%s: no TLS connection: %s; check the server's certificate and the cluster's tls.mode"
            .formatted(server, deepestMessage(error));
  }

  private static String accessDenied(
      SQLException error, String server, Account account, String setting) {
    return switch (numberOf(error)) {
      case 1045, 1524, 1698 ->
          // MySQL says the same of an account that REQUIREs what this connection has not.
          "%s refuses user '%s': check %s, and whether the account requires TLS or a client certificate"
              .formatted(server, account.user(), setting);
      case 1820, 1862 ->
          "%s refuses user '%s': its password has expired; set a new one and change %s"
              .formatted(server, account.user(), setting);
      case 3118, 3955 ->
          "%s refuses user '%s': the account is locked; unlock it with ALTER USER … ACCOUNT UNLOCK"
              .formatted(server, account.user());
      case 1129 ->
          "%s refuses this host after too many broken connections: run TRUNCATE TABLE performance_schema.host_cache there"
              .formatted(server);
      case 1130 ->
          "%s does not allow user '%s' to connect from this host: create the account for host '%%'"
              .formatted(server, account.user());
      default ->
          error instanceof Look.MissingPrivilegeException
              ? String.valueOf(error.getMessage())
              : "%s: user '%s' lacks a privilege: %s"
                  .formatted(server, account.user(), message(error));
    };
  }

  private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
    }
    return null;
  }

  /** The driver's own messages run over several lines; the innermost says what happened. */
  private static String deepestMessage(Throwable error) {
    String text = error.getClass().getSimpleName();
    for (Throwable t = error; t != null; t = t.getCause()) {
      String message = t.getMessage();
      if (message != null && !message.isBlank()) {
        text = Printable.line(message).replaceAll("\\.$", "");
      }
    }
    return text;
  }
}
