package org.mysqlmanager.local.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.local.process.Ports;

@Timeout(60)
class LinksTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String ME = "me";
  private static final String ECHO = "echo";

  private final Ports ports = new Ports();
  private final Links links =
      new Links(() -> Set.of(ME, ECHO), () -> Map.of(ME, ProcessHandle.current().pid()));
  private ServerSocket echo;
  private int port;

  @BeforeEach
  void open() throws IOException {
    // One that no outgoing connection gets while nobody listens there.
    int listening = ports.free();
    ports.release(listening);
    echo = new ServerSocket(listening, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> serve(echo));
    port = ports.free();
    links.relay(
        ECHO, port, echo.getLocalPort(), Links.Opening.WHEN_LISTENING, UnaryOperator.identity());
    links.open();
    assertTrue(Await.until(SOON, this::accepts));
  }

  @AfterEach
  void close() throws IOException {
    links.close();
    ports.close();
    echo.close();
  }

  @Test
  void whatIsNotCutPassesUnchangedAndEndsInAnOrderlyWay() throws IOException {
    try (Socket socket = connect()) {
      assertEquals("hello", exchange(socket, "hello"));
      socket.shutdownOutput();
      assertEquals(-1, socket.getInputStream().read(), "the end is passed on, and answered");
    }
  }

  @Test
  void aComponentThatDoesNotListenRefusesConnectionsUntilItDoesAgain() throws IOException {
    int listening = echo.getLocalPort();
    echo.close();
    // The port of a virtual thread that accepts is closed a moment later.
    assertTrue(
        Await.until(
            SOON,
            () -> {
              links.ended(ECHO);
              return !accepts();
            }));

    echo = new ServerSocket(listening, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> serve(echo));
    assertTrue(Await.until(SOON, this::accepts));
  }

  @Test
  void aBlackHoleSwallowsNothingAndGivesItBackWhenItIsHealed() throws IOException {
    try (Socket socket = connect()) {
      assertEquals("a", exchange(socket, "a"));
      links.cut(ME, ECHO, Cut.BLACK_HOLE);
      assertThrows(SocketTimeoutException.class, () -> exchange(socket, "late"));
      try (Socket another = connect()) {
        assertThrows(SocketTimeoutException.class, () -> exchange(another, "new"));
      }
      links.heal(ME, ECHO);
      assertEquals("late", read(socket, 4));
      assertEquals("b", exchange(socket, "b"));
    }
  }

  @Test
  void aBlackHoleInOneDirectionLetsTheOtherPass() throws IOException {
    try (Socket socket = connect()) {
      assertEquals("a", exchange(socket, "a"));
      links.cut(ECHO, ME, Cut.BLACK_HOLE);
      try (Hold arrived = links.holdAnswer(ME, ECHO, "request")) {
        assertThrows(SocketTimeoutException.class, () -> exchange(socket, "request"));
        assertTrue(arrived.awaitHeld(SOON), "there is an answer, so the request was there");
      }
    }
  }

  @Test
  void aCutIsBetweenTwoAndNobodyElse() throws IOException {
    links.cutBoth(Links.CLIENT, ECHO, Cut.REFUSE);
    try (Socket socket = connect()) {
      assertEquals("mine", exchange(socket, "mine"));
    }
    links.cut(ECHO, ME, Cut.REFUSE);
    try (Socket socket = connect()) {
      assertEquals("mine", exchange(socket, "mine"), "only what the other opens is refused");
    }
  }

  @Test
  void refusingEndsOldConnectionsAndNewOnes() throws IOException {
    try (Socket socket = connect()) {
      assertEquals("a", exchange(socket, "a"));
      links.cut(ME, ECHO, Cut.REFUSE);
      assertThrows(SocketException.class, () -> read(socket, 1));
    }
    assertThrows(
        SocketException.class,
        () -> {
          try (Socket socket = connect()) {
            exchange(socket, "b");
          }
        });
    links.healAll();
    try (Socket socket = connect()) {
      assertEquals("c", exchange(socket, "c"));
    }
  }

  @Test
  void slowLinksDelayEachPiece() throws IOException {
    try (Socket socket = connect()) {
      links.slow(ME, ECHO, Duration.ofMillis(150));
      links.slow(ECHO, ME, Duration.ofMillis(150));
      long begin = System.nanoTime();
      assertEquals("a", exchange(socket, "a"));
      assertTrue(System.nanoTime() - begin >= Duration.ofMillis(300).toNanos());
    }
  }

  @Test
  void aHeldMessageArrivesWhenItIsReleasedAndNoRepetitionBeforeIt() throws IOException {
    try (Socket socket = connect();
        Socket second = connect();
        Hold hold = links.hold(ME, ECHO, "STOP REPLICA")) {
      assertEquals("START REPLICA", exchange(socket, "START REPLICA"));
      assertFalse(hold.isHeld());
      // The text comes in two pieces, of which the first is not known to begin it.
      socket.getOutputStream().write(bytes("; ST"));
      assertEquals("; ST", read(socket, 4));
      assertThrows(SocketTimeoutException.class, () -> exchange(socket, "OP REPLICA"));
      assertTrue(hold.awaitHeld(SOON));
      assertThrows(SocketTimeoutException.class, () -> exchange(second, "STOP REPLICA"));
      hold.release();
      assertEquals("OP REPLICA", read(socket, 10));
      assertEquals("STOP REPLICA", read(second, 12));
      assertEquals("STOP REPLICA", exchange(socket, "STOP REPLICA"), "nothing is held any more");
    }
  }

  @Test
  void aDroppedMessageNeverArrives() throws IOException {
    try (Socket socket = connect();
        Socket other = connect()) {
      Hold hold = links.hold(ME, ECHO, "x");
      socket.getOutputStream().write('x');
      assertTrue(hold.awaitHeld(SOON));
      hold.drop();
      assertThrows(SocketException.class, () -> read(socket, 1));
      assertEquals("x", exchange(other, "x"));
    }
  }

  @Test
  void namesAreChecked() {
    LocalException refusal =
        assertThrows(LocalException.class, () -> links.cut("nobody", ECHO, Cut.REFUSE));
    assertTrue(refusal.getMessage().contains("nobody"), refusal.getMessage());
    assertThrows(LocalException.class, () -> links.hold(ME, ECHO, ""));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(1_000);
    return socket;
  }

  private boolean accepts() {
    try (Socket _ = connect()) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static String exchange(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(bytes(text));
    return read(socket, text.length());
  }

  private static String read(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void serve(ServerSocket server) {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> echo(socket));
      }
    } catch (IOException _) {
      // The test is over.
    }
  }

  private static void echo(Socket socket) {
    try (socket;
        InputStream in = socket.getInputStream()) {
      in.transferTo(socket.getOutputStream());
    } catch (IOException _) {
      // The link was cut.
    }
  }
}
