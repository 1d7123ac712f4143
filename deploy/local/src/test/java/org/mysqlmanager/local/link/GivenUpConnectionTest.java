package org.mysqlmanager.local.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.Ports;

/** Connections that their owner has closed before the relay could find out whose they were. */
@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "relays read /proc")
class GivenUpConnectionTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String MANAGER = "manager";
  private static final String PROXY = "proxy";

  private final Ports ports = new Ports();
  private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
  private final Links links = new Links(() -> Set.of(MANAGER, PROXY), this::pids);
  private final CompletableFuture<Boolean> lookedUp = new CompletableFuture<>();
  private volatile @Nullable CompletableFuture<Socket> givenUp;
  private ServerSocket proxy;
  private int port;

  @BeforeEach
  void open() throws IOException {
    int listening = ports.free();
    ports.release(listening);
    proxy = new ServerSocket(listening, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::receive);
    port = ports.free();
    links.relay(PROXY, port, listening, Links.Opening.WHEN_LISTENING, UnaryOperator.identity());
    links.open();
    assertTrue(Await.until(SOON, this::accepts));
  }

  @AfterEach
  void close() throws IOException {
    links.close();
    ports.close();
    proxy.close();
  }

  @Test
  void whatWasSentBeforeTheEndArrives() throws Exception {
    sendAndGiveUp("call me back");
    assertEquals("call me back", arrived.poll(SOON.toSeconds(), TimeUnit.SECONDS));
  }

  @Test
  void itDoesNotArriveWhereItMayBeWhatMustBeStopped() throws Exception {
    try (Hold _ = links.hold(MANAGER, PROXY, "command")) {
      sendAndGiveUp("a command");
      assertTrue(Await.until(SOON, () -> lookedUp.isDone()));
      send("a question");
      assertEquals("a question", arrived.poll(SOON.toSeconds(), TimeUnit.SECONDS));
    }
  }

  /** Asked for while a relay finds out who has opened a connection. */
  private Map<String, Long> pids() {
    CompletableFuture<Socket> one = givenUp;
    if (one != null && !lookedUp.isDone()) {
      closeQuietly(one.join());
      lookedUp.complete(true);
    }
    return Map.of();
  }

  private void sendAndGiveUp(String text) throws IOException {
    CompletableFuture<Socket> sent = new CompletableFuture<>();
    givenUp = sent;
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    sent.complete(socket);
  }

  private void send(String text) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  private void receive() {
    try {
      while (true) {
        try (Socket client = proxy.accept()) {
          String text = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          if (!text.isEmpty()) {
            arrived.add(text);
          }
        }
      }
    } catch (IOException _) {
      // The end of the test.
    }
  }

  private boolean accepts() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
