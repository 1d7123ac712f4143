package org.mysqlmanager.local.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Loopback ports for programs that are about to be started. A port that was handed out stays
 * occupied by this JVM until the program that wants it starts, so that no outgoing connection takes
 * it in between.
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
  }

  private boolean hold(int port) {
    if (port < 1 || port > 65_535 || isTaken(port) || !handedOut.add(port)) {
      return false;
    }
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
      return false;
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
