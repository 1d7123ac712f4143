package org.mysqlmanager.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** HTTP as it is on the wire: also what a well-behaved client would not send. */
public final class RawHttp {
  private static final int PATIENCE_MILLIS = 60_000;

  private RawHttp() {}

  /** An answer; header names are in lower case. */
  public record Answer(int status, List<String> headers, String body) {
    public List<String> header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ": ";
      return headers.stream()
          .filter(line -> line.startsWith(start))
          .map(line -> line.substring(start.length()))
          .toList();
    }
  }

  public static Socket connect(InetAddress address, int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Sends a request with those header lines; Host and Connection are added. */
  public static Answer ask(InetAddress address, int port, String request, String... headers)
      throws IOException {
    StringBuilder text = new StringBuilder(request).append(" HTTP/1.1\r\n");
    text.append("Host: %s:%d\r\nConnection: close\r\n".formatted(address.getHostAddress(), port));
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return send(address, port, text.append("\r\n").toString());
  }

  /** Sends that and reads until the other side closes. */
  public static Answer send(InetAddress address, int port, String text) throws IOException {
    try (Socket socket = connect(address, port)) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  public static String basic(String user, String password) {
    return "Authorization: Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private static Answer parse(String text) {
    if (text.isEmpty()) {
      return new Answer(0, List.of(), "");
    }
    int end = text.indexOf("\r\n\r\n");
    List<String> lines = text.substring(0, end).lines().toList();
    List<String> headers =
        lines.stream()
            .skip(1)
            .map(line -> {
              int colon = line.indexOf(':');
              return line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon);
            })
            .toList();
    return new Answer(
        Integer.parseInt(lines.getFirst().split(" ", -1)[1]), headers, text.substring(end + 4));
  }
}
