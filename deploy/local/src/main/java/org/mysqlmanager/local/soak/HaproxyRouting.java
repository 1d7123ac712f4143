package org.mysqlmanager.local.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks HAProxy's Runtime API for the servers of the writers' backend that are up and not in
 * maintenance.
 *
 * @param adminPort of the Runtime API
 * @param serversByPort the names of servers by the ports that the proxy knows
 */
record HaproxyRouting(int adminPort, Map<String, String> serversByPort) implements Routing {
  private static final int PATIENCE_MILLIS = 1_000;
  private static final String RUNNING = "2";

  /** HAProxy 3 remembers in this bit of a server that is ready now that it was added disabled. */
  private static final int ADDED_DISABLED = 4;

  HaproxyRouting {
    serversByPort = Map.copyOf(serversByPort);
  }

  @Override
  public Optional<Set<String>> writers() {
    List<String> lines = ask("show servers state mysql_writer\n").lines().toList();
    if (lines.size() < 2 || !lines.get(1).startsWith("# ")) {
      return Optional.empty();
    }
    List<String> columns = Arrays.asList(lines.get(1).substring(2).split(" ", -1));
    Set<String> writers = new HashSet<>();
    for (String line : lines.subList(2, lines.size())) {
      String[] fields = line.split(" ", -1);
      if (fields.length >= columns.size() - 1
          && fields[columns.indexOf("srv_op_state")].equals(RUNNING)
          && isReady(fields[columns.indexOf("srv_admin_state")])) {
        String port = fields[columns.indexOf("srv_port")];
        writers.add(serversByPort.getOrDefault(port, "port " + port));
      }
    }
    return Optional.of(writers);
  }

  private static boolean isReady(String administrative) {
    return (Integer.parseInt(administrative) & ~ADDED_DISABLED) == 0;
  }

  private String ask(String command) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), adminPort), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException _) {
      return "";
    }
  }

  @Override
  public void close() {
    // Each question has a connection of its own.
  }
}
