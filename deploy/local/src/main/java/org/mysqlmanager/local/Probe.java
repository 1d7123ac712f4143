package org.mysqlmanager.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Looks at whether something answers on a loopback port, each with a bound. */
final class Probe {
  static final String LOOPBACK = "127.0.0.1";
  private static final Duration DEADLINE = Duration.ofSeconds(1);

  private Probe() {}

  static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(address(port), (int) DEADLINE.toMillis());
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * What is answered to a word that is sent, until the other side closes; empty when nothing comes.
   */
  static String ask(int port, String word) {
    try (Socket socket = new Socket()) {
      socket.connect(address(port), (int) DEADLINE.toMillis());
      socket.setSoTimeout((int) DEADLINE.toMillis());
      socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException _) {
      return "";
    }
  }

  /**
   * Whether a MySQL server or proxy greets: a frozen one accepts connections but says nothing.
   *
   * <p>Not for frequent use on a server: a connection without a login counts as an aborted one.
   */
  static boolean greets(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(address(port), (int) DEADLINE.toMillis());
      socket.setSoTimeout((int) DEADLINE.toMillis());
      return socket.getInputStream().read() >= 0;
    } catch (IOException _) {
      return false;
    }
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
