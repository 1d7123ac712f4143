package org.mysqlmanager.zk;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.zookeeper.client.ConnectStringParser;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, with a connection of its own, why none comes about that ZooKeeper's client tries again
 * and again: TLS where there is none, none where there is, certificates that do not fit. Stateless.
 */
final class ConnectionProbe {
  private static final String CHECK_OWN =
      "check zookeeper.tls.certificate_file and key_file, and that the ensemble trusts their CA";

  private static final String NAME_SECURE_PORT =
      "name the ensemble's secureClientPort in zookeeper.connect";

  /** The first byte of a TLS record that holds an alert. */
  private static final int TLS_ALERT = 0x15;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private final Duration patience;
  private final @Nullable TlsMaterial tls;

  private ConnectionProbe(Duration patience, @Nullable TlsMaterial tls) {
    this.patience = patience;
    this.tls = tls;
  }

  /**
   * Tries each server, until one shows what is wrong.
   *
   * @param patience for each of the few waits at one server; at most a second is used
   * @param tls how the client tries to connect; null for without TLS
   * @return a sentence; empty when nothing was found, as when nobody answers at all
   */
  static Optional<String> findCause(
      String connectString, Duration patience, @Nullable TlsMaterial tls) {
    Duration wait = patience.compareTo(LONGEST_WAIT) < 0 ? patience : LONGEST_WAIT;
    ConnectionProbe probe = new ConnectionProbe(wait, tls);
    for (InetSocketAddress server : new ConnectStringParser(connectString).getServerAddresses()) {
      Optional<String> cause = probe.ask(server);
      if (cause.isPresent()) {
        return cause;
      }
    }
    return Optional.empty();
  }

  private Optional<String> ask(InetSocketAddress server) {
    String name = server.getHostString() + ":" + server.getPort();
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
      socket.connect(
          new InetSocketAddress(server.getHostString(), server.getPort()),
          Math.toIntExact(patience.toMillis()));
      return tls == null ? askPlainly(socket, name) : handshake(tls, socket, server, name);
    } catch (SocketTimeoutException | ConnectException | UnknownHostException e) {
      return Optional.empty(); // it is away, which needs no explanation
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * One of ZooKeeper's four-letter words: answered in plain text, if only to refuse it. With the
   * line break it is long enough for a TLS server to see that it is none of its own.
   */
  private static Optional<String> askPlainly(Socket socket, String name) throws IOException {
    int first;
    try {
      socket.getOutputStream().write("srvr\n".getBytes(StandardCharsets.US_ASCII));
      first = socket.getInputStream().read();
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    } catch (SocketException e) {
      first = -1;
    }
    String remedy = "name the ensemble's clientPort in zookeeper.connect, or give zookeeper.tls";
    if (first < 0) {
      return Optional.of(silentEnd(name, remedy));
    }
    return first == TLS_ALERT
        ? Optional.of("%s does not talk without TLS: %s".formatted(name, remedy))
        : Optional.empty();
  }

  private Optional<String> handshake(
      TlsMaterial material, Socket plain, InetSocketAddress server, String name) {
    try (SSLSocket socket =
        (SSLSocket)
            material
                .context()
                .getSocketFactory()
                .createSocket(plain, server.getHostString(), server.getPort(), false)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      // With TLS 1.3 the server says what it thinks of our certificate only after the handshake.
      int first = socket.getInputStream().read();
      return first < 0
          ? Optional.of(
              "%s ends each connection after the TLS handshake: %s".formatted(name, CHECK_OWN))
          : Optional.empty();
    } catch (SocketTimeoutException e) {
      return Optional.empty(); // it waits for us to begin, as it should, or it is frozen
    } catch (SSLException e) {
      return Optional.of(words(name, server.getHostString(), e));
    } catch (EOFException | SocketException e) {
      return Optional.of(silentEnd(name, NAME_SECURE_PORT));
    } catch (IOException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.of("zookeeper.tls cannot be used: " + e.getMessage());
    }
  }

  /**
   * ZooKeeper's plain port does so with a handshake, which it takes for a request that is too long;
   * but also a server that has connections enough does, and a proxy that reaches no server.
   */
  private static String silentEnd(String name, String remedyForTls) {
    return "%s ends each connection without a word: TLS on one side only (%s), its limit of connections (maxClientCnxns), or nothing behind a proxy"
        .formatted(name, remedyForTls);
  }

  private static String words(String name, String host, SSLException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case CertificateExpiredException expired -> {
          return "the certificate of %s has expired (%s): renew it there"
              .formatted(name, expired.getMessage());
        }
        case CertificateNotYetValidException early -> {
          return "the certificate of %s is not valid yet (%s): check the clocks"
              .formatted(name, early.getMessage());
        }
        case CertPathValidatorException _ -> {} // one of the others is its cause, or follows below
        case CertificateException wrong when wrong.getCause() == null -> {
          return "the certificate of %s is not made out to %s (%s): name the server in zookeeper.connect as its certificate does"
              .formatted(name, host, wrong.getMessage());
        }
        default -> {}
      }
    }
    String message = String.valueOf(failure.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("unable to find valid certification path")
        || lower.contains("path validation failed")
        || lower.contains("path does not chain")) {
      return "the certificate of %s is not signed by any in zookeeper.tls.ca_file: give the CA of the ensemble (%s)"
          .formatted(name, message);
    }
    if (lower.contains("remote host terminated the handshake")) {
      return silentEnd(name, NAME_SECURE_PORT);
    }
    if (lower.contains("unsupported or unrecognized ssl message")) {
      return "%s does not talk TLS: %s".formatted(name, NAME_SECURE_PORT);
    }
    if (lower.contains("alert")) {
      return "%s refuses this program's TLS (%s): %s".formatted(name, message, CHECK_OWN);
    }
    return "TLS with %s fails: %s".formatted(name, message);
  }
}
