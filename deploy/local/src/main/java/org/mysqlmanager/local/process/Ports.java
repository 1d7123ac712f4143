package org.mysqlmanager.local.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Loopback ports for programs that are about to be started. A port that was handed out stays
 * occupied by this JVM until the program that wants it starts, so that no outgoing connection takes
 * it in between, and is this JVM's until these ports are closed, so that no other system on this
 * machine gets it in the moment between.
 *
 * <p>Free ports are taken from below the range from which systems give ports to outgoing
 * connections: a connection could otherwise get the port of a program that is down for a moment.
 */
public final class Ports implements AutoCloseable {
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 500;

  private final Map<Integer, Socket> held = new HashMap<>();
  private final Set<Integer> handedOut = new HashSet<>();
  private final Map<Integer, FileLock> reserved = new HashMap<>();

  /**
   * A file of this user's, of which each byte stands for a port. A lock ends with its JVM. It is
   * opened once: closing a file gives up all of a process's locks on it.
   */
  private static final class Reservations {
    static final FileChannel FILE = open();

    private static FileChannel open() {
      Path file =
          Path.of(
              System.getProperty("java.io.tmpdir"),
              "mysql-manager-ports-" + System.getProperty("user.name"));
      try {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      } catch (IOException e) {
        throw new LocalException("%s cannot be written: remove it".formatted(file), e);
      }
    }
  }

  /** The preferred port, or the next free one of the 50 after it, or any free one. */
  public synchronized int preferably(int preferred) {
    for (int port = preferred; port < preferred + 50; port++) {
      if (hold(port)) {
        return port;
      }
    }
    return free();
  }

  /** Exactly this port if it is free, else any. */
  public synchronized int againOrFree(int port) {
    return hold(port) ? port : free();
  }

  /**
   * Any free port.
   *
   * @throws LocalException when none is found
   */
  public synchronized int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (hold(port)) {
        return port;
      }
    }
    throw new LocalException("no free port found between " + LOWEST + " and " + HIGHEST);
  }

  /** Lets go of a port so that its program can listen on it. It is not handed out a second time. */
  public synchronized void release(int port) {
    Socket socket = held.remove(port);
    if (socket != null) {
      closeQuietly(socket);
    }
  }

  /** Whether something listens on the loopback port, or nothing could. */
  public static boolean isTaken(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  @Override
  public synchronized void close() {
    held.values().forEach(Ports::closeQuietly);
    held.clear();
    reserved.values().forEach(Ports::giveUp);
    reserved.clear();
  }

  private boolean hold(int port) {
    if (port < 1 || port > 65_535 || handedOut.contains(port) || !reserve(port)) {
      return false;
    }
    if (isTaken(port)) {
      giveUp(reserved.remove(port));
      return false;
    }
    handedOut.add(port);
    try {
      // Bound but not listening: whoever connects is refused, as with a program that is down. A
      // listening socket
      // would look like a program that hangs.
      Socket socket = new Socket();
      try {
        socket.setReuseAddress(true); // past connections in TIME_WAIT do not matter
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (IOException e) {
        closeQuietly(socket);
        throw e;
      }
      held.put(port, socket);
      return true;
    } catch (IOException _) {
      handedOut.remove(port);
      giveUp(reserved.remove(port));
      return false;
    }
  }

  private boolean reserve(int port) {
    try {
      FileLock lock = Reservations.FILE.tryLock(port, 1, false);
      if (lock == null) {
        return false;
      }
      reserved.put(port, lock);
      return true;
    } catch (OverlappingFileLockException _) {
      return false; // another system's of this JVM
    } catch (IOException e) {
      throw new LocalException("ports cannot be reserved", e);
    }
  }

  private static void giveUp(@Nullable FileLock lock) {
    if (lock != null) {
      try {
        lock.release();
      } catch (IOException _) {
        // Then it ends with this JVM.
      }
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It was never connected.
    }
  }
}
