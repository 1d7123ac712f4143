package org.mysqlmanager.local.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import org.mysqlmanager.local.process.LocalException;

/**
 * Takes commands for the launcher from other terminals: HTTP on the loopback, for those who know
 * the token.
 */
final class ControlServer implements AutoCloseable {
  static final String TOKEN_HEADER = "X-Token";

  private final HttpServer server;
  private final String token;
  private final Handler handler;

  /** What is done with a command. */
  @FunctionalInterface
  interface Handler {
    /**
     * Carries out a command.
     *
     * @param words the command and what it is for
     * @return the answer for the user
     * @throws LocalException when it cannot be done; the message is the answer
     */
    String handle(List<String> words);
  }

  private ControlServer(HttpServer server, String token, Handler handler) {
    this.server = server;
    this.token = token;
    this.handler = handler;
  }

  static ControlServer start(String token, Handler handler) {
    try {
      HttpServer http =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
      ControlServer control = new ControlServer(http, token, handler);
      http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      http.createContext("/", control::answer);
      http.start();
      return control;
    } catch (IOException e) {
      throw new LocalException("cannot listen for commands on the loopback: " + e.getMessage(), e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String given = exchange.getRequestHeaders().getFirst(TOKEN_HEADER);
      if (given == null || !MessageDigest.isEqual(bytes(given), bytes(token))) {
        send(exchange, 403, "not allowed");
        return;
      }
      List<String> words =
          Arrays.stream(exchange.getRequestURI().getRawPath().substring(1).split("/", -1))
              .map(word -> URLDecoder.decode(word, StandardCharsets.UTF_8))
              .toList();
      try {
        send(exchange, 200, handler.handle(words));
      } catch (LocalException e) {
        send(exchange, 409, String.valueOf(e.getMessage()));
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    exchange.sendResponseHeaders(status, bytes(text).length == 0 ? -1 : bytes(text).length);
    exchange.getResponseBody().write(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
