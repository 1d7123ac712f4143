package org.mysqlmanager.net;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialerTest {
  private static final InetAddress SILENT = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress LISTENING = InetAddress.ofLiteral("127.0.0.1");

  @Test
  void anAddressThatDoesNotAnswerLeavesTimeForTheNext() throws Exception {
    List<Socket> queued = new ArrayList<>();
    try (ServerSocket listening = new ServerSocket(0, 50, LISTENING);
        ServerSocket full = new ServerSocket(listening.getLocalPort(), 1, SILENT)) {
      fill(full, queued);
      Dialer dialer = new Dialer(new AddressBook(_ -> new InetAddress[] {SILENT, LISTENING}));
      Deadline deadline = Deadline.after(Duration.ofSeconds(10));

      try (Socket socket = dialer.connect("p1", listening.getLocalPort(), "p1", deadline)) {
        assertTrue(socket.isConnected());
        assertFalse(deadline.hasPassed());
      }
    } finally {
      for (Socket each : queued) {
        each.close();
      }
    }
  }

  /** Nobody accepts there, and when the queue is full the system answers nobody any more. */
  private static void fill(ServerSocket server, List<Socket> queued) throws IOException {
    while (queued.size() < 100) {
      Socket next = new Socket();
      queued.add(next);
      try {
        next.connect(new InetSocketAddress(SILENT, server.getLocalPort()), 500);
      } catch (SocketTimeoutException _) {
        return;
      }
    }
    throw new IOException("the queue of connections has no end");
  }
}
