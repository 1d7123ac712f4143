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
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ProxyConnectionFactory;
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

  @Test
  void whereAllPlacesAreTakenANewcomerGetsTheIdlestOfWhoeverHasMost() throws Exception {
    ServerConnector proxied =
        new ServerConnector(
            server, 1, 1, new ProxyConnectionFactory(), new HttpConnectionFactory());
    proxied.setHost("127.0.0.1");
    guard =
        new ConnectionGuard(
            new AccessLimits(1, 1, 1, 4, 3), LONGEST, proxied.getScheduler(), nanos::get);
    proxied.addBean(guard, true);
    server.addConnector(proxied);
    proxied.start();
    List<Socket> most = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      most.add(openAs(proxied, "192.0.2.1"));
      int opened = i;
      await().atMost(PATIENCE).until(() -> guard.count() == opened);
      nanos.incrementAndGet();
    }
    Socket other = openAs(proxied, "192.0.2.2");
    await().atMost(PATIENCE).until(() -> guard.count() == 4);
    assertTrue(answer(most.getFirst()).startsWith("HTTP/1.1 200"));
    nanos.incrementAndGet();
    guard.closeThoseThatTrickle(); // sees that the first has just asked

    assertTrue(answer(openAs(proxied, "192.0.2.3")).startsWith("HTTP/1.1 200"));
    assertTrue(isClosed(most.get(1)));
    assertTrue(isClosed(openAs(proxied, "192.0.2.1"))); // it has most, still
    assertTrue(answer(openAs(proxied, "192.0.2.4")).startsWith("HTTP/1.1 200"));
    assertTrue(isClosed(most.get(2)));
    assertTrue(isClosed(openAs(proxied, "192.0.2.5"))); // all four have one
    for (Socket socket : List.of(most.getFirst(), other)) {
      assertTrue(answer(socket).startsWith("HTTP/1.1 200"));
    }
    assertEquals(4, guard.count());
  }

  private Socket open() throws IOException {
    return open(connector);
  }

  private Socket open(ServerConnector to) throws IOException {
    Socket socket = RawHttp.connect(LOOPBACK, to.getLocalPort());
    sockets.add(socket);
    return socket;
  }

  /** As a proxy opens one for a client with that address. */
  private Socket openAs(ServerConnector to, String address) throws IOException {
    Socket socket = open(to);
    send(socket, "PROXY TCP4 %s 127.0.0.1 4711 80\r\n".formatted(address));
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
