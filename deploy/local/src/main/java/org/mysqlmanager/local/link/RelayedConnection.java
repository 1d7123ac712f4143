package org.mysqlmanager.local.link;

import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.function.UnaryOperator;

/** One connection through a relay: a socket at each side, a flow in each direction. */
final class RelayedConnection {
  private final Links links;
  private final Direction opened;
  private final Socket near;
  private final Socket far;
  private final Flow forth;
  private final Flow back;
  private volatile boolean reset;

  /**
   * A connection that nothing flows through yet.
   *
   * @param opened who has opened it, and to whom
   * @param near the socket to who has opened it
   * @param far the socket to the component
   */
  RelayedConnection(
      Links links, Direction opened, Socket near, Socket far, UnaryOperator<byte[]> firstWords) {
    this.links = links;
    this.opened = opened;
    this.near = near;
    this.far = far;
    this.forth = new Flow(links, this, opened, near, far, firstWords);
    this.back = new Flow(links, this, opened.opposite(), far, near, UnaryOperator.identity());
  }

  Direction opened() {
    return opened;
  }

  Flow opposite(Flow flow) {
    return flow == forth ? back : forth;
  }

  boolean isReset() {
    return reset;
  }

  boolean isStoppedBy(Hold hold) {
    return forth.stoppedBy().filter(hold::equals).isPresent()
        || back.stoppedBy().filter(hold::equals).isPresent();
  }

  void letGo(Hold hold) {
    forth.letGo(hold);
    back.letGo(hold);
  }

  /** Passes on in both directions until both have ended. */
  void run() {
    try {
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      Thread answers = Thread.ofVirtual().name("link-back").start(back::run);
      forth.run();
      answers.join();
    } catch (IOException _) {
      reset();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      reset();
    } finally {
      close(near);
      close(far);
      links.remove(this);
    }
  }

  /** Ends it for both sides, as a firewall or a dead process does. */
  void reset() {
    reset = true;
    reset(near);
    reset(far);
  }

  /** Closes with an RST. */
  static void reset(Socket socket) {
    try {
      socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException | UnsupportedOperationException _) {
      // It is closed already.
    }
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // Nothing more can be done to it.
    }
  }
}
