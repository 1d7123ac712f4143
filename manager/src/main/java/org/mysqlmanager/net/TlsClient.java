package org.mysqlmanager.net;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.mysqlmanager.model.TlsMode;

/**
 * Encrypts connections that are there already, and makes sure who is at the other end as far as the
 * mode asks for it. The same for MySQL and for both kinds of proxies, so that a mode means the same
 * everywhere: TLS 1.2 or later; {@code required} checks nothing, an expired certificate neither;
 * {@code verify_identity} compares host names as HTTPS does, IP addresses with the certificate's IP
 * addresses.
 *
 * <p>The file of authorities is read again when it has changed, so a certificate can be replaced
 * while managers run. Thread-safe.
 */
public final class TlsClient {
  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  /** One for each setting in use, so that connections share what was read, and TLS sessions. */
  private static final Map<Setting, TlsClient> CLIENTS = new ConcurrentHashMap<>();

  private record Setting(TlsMode mode, Optional<String> caFile) {}

  private final TlsMode mode;
  private final TrustedAuthorities authorities;

  private TlsClient(Setting setting) {
    this.mode = setting.mode();
    this.authorities =
        mode.isVerifying()
            ? TrustedAuthorities.of(setting.caFile())
            : TrustedAuthorities.anyWhatever();
  }

  /**
   * The client for that mode.
   *
   * @param caFile PEM file of the authorities that are trusted; empty: those that the JVM trusts
   */
  public static TlsClient of(TlsMode mode, Optional<String> caFile) {
    return CLIENTS.computeIfAbsent(new Setting(mode, caFile), TlsClient::new);
  }

  /** The mode that was asked for. */
  public TlsMode mode() {
    return mode;
  }

  /**
   * A socket over that one, with which it is closed. Nothing has been sent yet.
   *
   * @param host as it is named in the configuration: what the certificate must be for
   * @throws TlsRefused if the file of authorities is of no use
   */
  public SSLSocket over(Socket plain, String host, int port) throws IOException {
    SSLSocket socket =
        (SSLSocket) authorities.context().getSocketFactory().createSocket(plain, host, port, true);
    List<String> supported = Arrays.asList(socket.getSupportedProtocols());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(PROTOCOLS.stream().filter(supported::contains).toArray(String[]::new));
    if (mode == TlsMode.VERIFY_IDENTITY) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    socket.setSSLParameters(parameters);
    return socket;
  }

  /**
   * The same, and agrees on everything with the other end before the deadline, however slowly that
   * sends. The time-out for reading is as before then.
   *
   * @throws TlsRefused if there is no agreement
   * @throws SocketTimeoutException when the time is up
   */
  public SSLSocket handshake(Socket plain, String host, int port, Deadline deadline)
      throws IOException {
    int readMillis = plain.getSoTimeout();
    // A time-out is for one read, and there are several of them.
    Thread guard = Thread.ofVirtual().name("tls-" + host).start(() -> closeAt(deadline, plain));
    try {
      SSLSocket socket = over(plain, host, port);
      socket.setSoTimeout(deadline.remainingMillis());
      socket.startHandshake();
      socket.setSoTimeout(readMillis);
      return socket;
    } catch (IOException e) {
      if (deadline.hasPassed()) {
        SocketTimeoutException late = new SocketTimeoutException("no agreement on TLS in time");
        late.initCause(e);
        throw late;
      }
      throw refusal(e);
    } finally {
      guard.interrupt();
    }
  }

  /** That error in words for people if it is about TLS; itself otherwise. */
  public IOException refusal(IOException error) {
    return TlsRefused.of(error, mode).<IOException>map(refused -> refused).orElse(error);
  }

  private static void closeAt(Deadline deadline, Socket socket) {
    try {
      Thread.sleep(deadline.remaining());
      socket.close();
    } catch (InterruptedException _) {
      // In time. The thread ends here.
      Thread.currentThread().interrupt();
    } catch (IOException _) {
      // It is of no use any more either way.
    }
  }
}
