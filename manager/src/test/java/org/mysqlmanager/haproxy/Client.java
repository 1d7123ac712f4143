package org.mysqlmanager.haproxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client of the proxy, who learns from the greeting which server it was sent to. */
final class Client implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader in;

  /** The name of the server, or null if the connection was closed without a greeting. */
  final String server;

  Client(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    server = readLine();
  }

  /** Whether the connection ends within the time that a cut session may take to be noticed. */
  boolean isCut() throws IOException {
    try {
      return readLine() == null;
    } catch (SocketTimeoutException _) {
      return false;
    }
  }

  boolean isOpen() throws IOException {
    socket.setSoTimeout(200);
    try {
      return readLine() != null;
    } catch (SocketTimeoutException _) {
      return true;
    }
  }

  private String readLine() throws IOException {
    try {
      return in.readLine();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException _) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
