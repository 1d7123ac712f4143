package org.mysqlmanager.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.access.AccessLimits;
import org.mysqlmanager.testing.RawHttp;

class ConnectionGuardTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server, 1, 1);
  private final AtomicLong nanos = new AtomicLong();
  private final List<Socket> sockets = new ArrayList<>();
  private ConnectionGuard guard;

  @BeforeEach
  void start() throws Exception {
    connector.setHost("127.0.0.1");
    guard =
        new ConnectionGuard(
            new AccessLimits(1, 1, 1, 10, 3), LONGEST, connector.getScheduler(), nanos::get);
    connector.addBean(guard, true);
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            callback.succeeded();
            return true;
          }
        });
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.stop();
  }

  @Test
  void whatOneAddressOpensTooMuchIsClosedAtOnceAndTheRestAnswers() throws Exception {
    List<Socket> first = List.of(open(), open(), open());
    await().atMost(PATIENCE).until(() -> guard.count() == 3);
    Socket tooMuch = open();
    assertTrue(isClosed(tooMuch));
    for (Socket socket : first) {
      assertTrue(answer(socket).startsWith("HTTP/1.1 200"));
    }
    first.getFirst().close();
    await().atMost(PATIENCE).until(() -> guard.count() == 2);
    assertTrue(answer(open()).startsWith("HTTP/1.1 200"));
  }

  @Test
  void aRequestThatTricklesInIsCutOffAndOneThatComesNowAndThenIsNot() throws Exception {
    Socket trickling = open();
    Socket regular = open();
    send(trickling, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    await().atMost(PATIENCE).until(() -> guard.count() == 2);
    for (int i = 0; i < 3; i++) {
      send(trickling, "x");
      assertTrue(answer(regular).startsWith("HTTP/1.1 200"));
      nanos.addAndGet(LONGEST.toNanos() / 2);
      guard.closeThoseThatTrickle();
    }
    assertTrue(isClosed(trickling));
    assertTrue(answer(regular).startsWith("HTTP/1.1 200"));
    await().atMost(PATIENCE).until(() -> guard.count() == 1);
  }

  @Test
  void nothingIsRememberedOfConnectionsThatHaveEnded() throws Exception {
    for (int i = 0; i < 10; i++) {
      Socket socket = open();
      assertTrue(answer(socket).startsWith("HTTP/1.1 200"));
      socket.close();
      await().atMost(PATIENCE).until(() -> guard.count() == 0);
    }
    assertEquals(0, guard.count());
  }

  private Socket open() throws IOException {
    Socket socket = RawHttp.connect(LOOPBACK, connector.getLocalPort());
    sockets.add(socket);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** The beginning of the answer to a request. */
  private static String answer(Socket socket) throws IOException {
    send(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    byte[] bytes = new byte[1024];
    int length = socket.getInputStream().read(bytes);
    return new String(bytes, 0, Math.max(0, length), StandardCharsets.US_ASCII);
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true; // reset
    }
  }
}
