package org.mysqlmanager.local.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void noPortIsHandedOutTwice() {
    try (Ports ports = new Ports()) {
      Set<Integer> seen = new HashSet<>();
      for (int i = 0; i < 200; i++) {
        assertTrue(seen.add(ports.free()));
      }
    }
  }

  @Test
  void portThatIsTakenGivesWayToTheNext() throws Exception {
    try (Ports ports = new Ports();
        ServerSocket taken = listen(0)) {
      assertTrue(Ports.isTaken(taken.getLocalPort()));
      int port = ports.preferably(taken.getLocalPort());
      assertNotEquals(taken.getLocalPort(), port);
      assertTrue(port > taken.getLocalPort() && port < taken.getLocalPort() + 50);
    }
  }

  @Test
  void portIsTheSameAgainWhileItIsFree() throws Exception {
    int port;
    try (Ports ports = new Ports()) {
      port = ports.free();
    }
    try (Ports ports = new Ports()) {
      assertEquals(port, ports.againOrFree(port));
    }
    try (Ports ports = new Ports();
        ServerSocket _ = listen(port)) {
      assertNotEquals(port, ports.againOrFree(port));
    }
  }

  @Test
  void heldPortRefusesConnectionsAndCanBeUsedOnceReleased() throws Exception {
    try (Ports ports = new Ports()) {
      int port = ports.free();
      assertThrows(
          IOException.class, () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
      ports.release(port);
      try (ServerSocket listening = listen(port)) {
        assertEquals(port, listening.getLocalPort());
        assertFalse(ports.free() == port);
      }
    }
  }

  @Test
  void aReleasedPortIsNobodyElsesUntilItsPortsAreClosed() {
    try (Ports others = new Ports()) {
      int port;
      try (Ports mine = new Ports()) {
        port = mine.free();
        mine.release(port);
        assertNotEquals(port, others.againOrFree(port));
      }
      assertEquals(port, others.againOrFree(port));
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }
}
