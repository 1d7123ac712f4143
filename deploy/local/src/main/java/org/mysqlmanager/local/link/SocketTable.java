package org.mysqlmanager.local.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * The kernel's table of TCP sockets, as {@code /proc/net/tcp} and {@code tcp6} had it at one
 * moment. JVMs talk over IPv6 sockets to IPv4 addresses, so that both files count.
 *
 * @param lines without the headings
 * @see <a href="https://docs.kernel.org/networking/proc_net_tcp.html">proc_net_tcp</a>
 */
record SocketTable(List<String> lines) {
  private static final List<Path> FILES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int INODE = 9;

  SocketTable {
    lines = List.copyOf(lines);
  }

  /** Reads it. Some milliseconds. */
  static SocketTable read() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file : FILES) {
      try {
        text.append(Files.readString(file, StandardCharsets.US_ASCII));
      } catch (NoSuchFileException _) {
        // A kernel without IPv6.
      }
    }
    return of(text.toString());
  }

  static SocketTable of(String text) {
    return new SocketTable(text.lines().filter(line -> line.contains(":")).toList());
  }

  /**
   * The inode of the socket that is bound to {@code local} and connected to {@code remote}. Empty
   * when there is none, or no process has it any more.
   */
  OptionalLong inode(int local, int remote) {
    String wanted = ":%04X ".formatted(local);
    for (String line : lines) {
      if (line.contains(wanted)) {
        String[] fields = fields(line);
        if (port(fields[LOCAL]) == local
            && port(fields[REMOTE]) == remote
            && !fields[INODE].equals("0")) {
          return OptionalLong.of(Long.parseLong(fields[INODE]));
        }
      }
    }
    return OptionalLong.empty();
  }

  private static String[] fields(String line) {
    return line.strip().split("\\s+", -1);
  }

  private static int port(String address) {
    return Integer.parseInt(address, address.lastIndexOf(':') + 1, address.length(), 16);
  }
}
