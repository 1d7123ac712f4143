package org.mysqlmanager.zk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionProbeTest {

  @Test
  void whatEndsEachConnectionAtOnceIsNotTakenForTlsAlone() throws Exception {
    try (ServerSocket closing = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var _ = Thread.ofVirtual().start(() -> closeEach(closing));
      String cause =
          ConnectionProbe.findCause(
                  "127.0.0.1:" + closing.getLocalPort(), Duration.ofSeconds(10), null)
              .orElse("");
      assertTrue(cause.contains("ends each connection without a word"), cause);
      assertTrue(cause.contains("maxClientCnxns") && cause.contains("zookeeper.tls"), cause);
    }
  }

  private static void closeEach(ServerSocket socket) {
    try {
      while (true) {
        socket.accept().close();
      }
    } catch (IOException e) {
      // the test has ended
    }
  }
}
