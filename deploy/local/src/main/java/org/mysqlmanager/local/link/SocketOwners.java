package org.mysqlmanager.local.link;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds out which component has opened a connection. Thread-safe. */
final class SocketOwners {
  private final Supplier<Map<String, Long>> pids;
  private @Nullable SocketTable lastTable;
  private long lastRead;

  /** Looks at these only: the process of each component that runs now, by the component's name. */
  SocketOwners(Supplier<Map<String, Long>> pids) {
    this.pids = pids;
  }

  /**
   * The name of the component whose socket is bound to {@code local} and connected to {@code
   * remote}; {@link Links#CLIENT} when it is not one of them. Empty when nobody has it any more.
   */
  Optional<String> owner(int local, int remote) throws IOException {
    OptionalLong inode = tableSince(System.nanoTime()).inode(local, remote);
    if (inode.isEmpty()) {
      // The kernel walks the table while it changes, so that a reader can miss a line.
      inode = tableSince(System.nanoTime()).inode(local, remote);
    }
    if (inode.isEmpty()) {
      return Optional.empty();
    }
    String socket = "socket:[" + inode.getAsLong() + "]";
    Map<String, Long> running = pids.get();
    long ourselves = ProcessHandle.current().pid();
    if (!running.containsValue(ourselves) && has(ourselves, socket)) {
      return Optional.of(Links.CLIENT); // tests are the most frequent clients
    }
    for (Map.Entry<String, Long> component : running.entrySet()) {
      if (has(component.getValue(), socket)) {
        return Optional.of(component.getKey());
      }
    }
    // A program may leave the work to a process of its own. To look for that costs a walk through
    // all processes for each component.
    for (Map.Entry<String, Long> component : running.entrySet()) {
      boolean found =
          ProcessHandle.of(component.getValue()).stream()
              .flatMap(ProcessHandle::descendants)
              .anyMatch(descendant -> has(descendant.pid(), socket));
      if (found) {
        return Optional.of(component.getKey());
      }
    }
    // Somebody may have given up while this was looked for; then nobody knows who it was.
    return tableSince(System.nanoTime()).inode(local, remote).equals(inode)
        ? Optional.of(Links.CLIENT)
        : Optional.empty();
  }

  /** Connections that come together are looked up in the same table: it costs milliseconds. */
  private synchronized SocketTable tableSince(long arrival) throws IOException {
    SocketTable table = lastTable;
    if (table == null || lastRead - arrival < 0) {
      lastRead = System.nanoTime();
      table = SocketTable.read();
      lastTable = table;
    }
    return table;
  }

  private static boolean has(long pid, String socket) {
    try (DirectoryStream<Path> descriptors =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors) {
        if (isLinkTo(descriptor, socket)) {
          return true;
        }
      }
    } catch (IOException _) {
      // It has ended.
    }
    return false;
  }

  private static boolean isLinkTo(Path descriptor, String target) {
    try {
      return Files.readSymbolicLink(descriptor).toString().equals(target);
    } catch (IOException _) {
      return false; // closed meanwhile
    }
  }
}
