package org.mysqlmanager.local.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HaproxyRoutingTest {
  private static final String COLUMNS =
      "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_port\n";

  @Test
  void onlyAServerThatIsUpAndNotInMaintenanceIsAWriter() throws Exception {
    // The second as HAProxy 3 shows a server that was added at run time; the third is in
    // maintenance, the fourth down.
    assertEquals(
        Optional.of(Set.of("s1", "s2")),
        writers(
            COLUMNS
                + "4 mysql_writer 1 s1 127.0.0.1 2 0 1 3301\n"
                + "4 mysql_writer 2 s2 127.0.0.1 2 4 1 3302\n"
                + "4 mysql_writer 3 s3 127.0.0.1 2 5 1 3303\n"
                + "4 mysql_writer 4 s4 127.0.0.1 0 0 1 3304\n\n"));
  }

  @Test
  void whatIsNoAnswerSaysNothing() throws Exception {
    assertEquals(Optional.empty(), writers(""));
    assertEquals(Optional.empty(), writers("Can't find backend.\n"));
  }

  private static Optional<Set<String>> writers(String answer) throws Exception {
    try (ServerSocket haproxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server = Thread.ofVirtual().start(() -> answerOnce(haproxy, answer));
      Optional<Set<String>> writers =
          new HaproxyRouting(
                  haproxy.getLocalPort(),
                  Map.of("3301", "s1", "3302", "s2", "3303", "s3", "3304", "s4"))
              .writers();
      server.join();
      return writers;
    }
  }

  private static void answerOnce(ServerSocket haproxy, String answer) {
    try (Socket client = haproxy.accept()) {
      StringBuilder command = new StringBuilder();
      for (int c = client.getInputStream().read(); c != '\n' && c >= 0; ) {
        command.append((char) c);
        c = client.getInputStream().read();
      }
      if (command.toString().equals("show servers state mysql_writer")) {
        client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
