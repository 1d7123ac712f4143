package org.mysqlmanager.local.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc")
class SocketOwnersTest {
  @Test
  void whoHasASocketIsNamedAndEverybodyElseIsAClient() throws Exception {
    try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(port.getInetAddress(), port.getLocalPort())) {
      long ourselves = ProcessHandle.current().pid();
      assertEquals(Optional.of("manager-1"), owner(Map.of("manager-1", ourselves), socket));
      assertEquals(Optional.of(Links.CLIENT), owner(Map.of(), socket));
    }
  }

  /** Taken for a client's, its message would pass what is to stop it. */
  @Test
  void aComponentThatGivesUpWhileItIsLookedForIsNoClient() throws Exception {
    try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(port.getInetAddress(), port.getLocalPort())) {
      SocketOwners owners =
          new SocketOwners(() -> {
            close(socket); // after the table was read
            return Map.of();
          });
      assertEquals(Optional.empty(), owners.owner(socket.getLocalPort(), port.getLocalPort()));
    }
  }

  private static Optional<String> owner(Map<String, Long> pids, Socket socket) throws IOException {
    return new SocketOwners(() -> pids).owner(socket.getLocalPort(), socket.getPort());
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
