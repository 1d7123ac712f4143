package org.mysqlmanager.local.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Owns one port that a component is known under. The port is open only while there is a process
 * behind it, so that a component that is down refuses connections at once.
 */
final class Relay {
  private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(5);
  private static final int LOOK_MILLIS = 500;
  private static final int BACKLOG = 100;

  private final Links links;
  private final String component;
  private final int advertised;
  private final int listening;
  private final Links.Opening opening;
  private final UnaryOperator<byte[]> firstWords;
  private @Nullable ServerSocket port;
  private boolean finished;

  Relay(
      Links links,
      String component,
      int advertised,
      int listening,
      Links.Opening opening,
      UnaryOperator<byte[]> firstWords) {
    this.links = links;
    this.component = component;
    this.advertised = advertised;
    this.listening = listening;
    this.opening = opening;
    this.firstWords = firstWords;
  }

  String component() {
    return component;
  }

  /** Accepts connections once it is time. When the port cannot be had, it stays shut. */
  synchronized void openIfDue() {
    if (port != null || finished || !isDue()) {
      return;
    }
    try {
      ServerSocket opened = new ServerSocket();
      try {
        opened.setReuseAddress(true); // it stays reserved for us by a socket that does not listen
        opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), advertised), BACKLOG);
      } catch (IOException e) {
        opened.close();
        throw e;
      }
      port = opened;
      Thread.ofPlatform()
          .daemon()
          .name("relay-%s-%d".formatted(component, advertised))
          .start(() -> accept(opened));
    } catch (IOException _) {
      port = null;
    }
  }

  private synchronized void shut(ServerSocket opened) {
    if (opened.equals(port)) {
      shut();
    }
  }

  private boolean isDue() {
    return switch (opening) {
      case WHEN_LISTENING -> isListening();
      case WHEN_RUNNING -> links.isRunning(component);
    };
  }

  private boolean isListening() {
    try (Socket look = new Socket()) {
      look.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listening), LOOK_MILLIS);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** Refuses connections for good. */
  synchronized void finish() {
    finished = true;
    shut();
  }

  /** Refuses connections until the process listens. */
  synchronized void shut() {
    ServerSocket open = port;
    port = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException _) {
        // It accepts nothing all the same.
      }
    }
  }

  private void accept(ServerSocket opened) {
    try {
      while (true) {
        Socket near = opened.accept();
        Thread.ofVirtual().name("link-" + component).start(() -> serve(near));
      }
    } catch (IOException _) {
      shut(opened); // or it was shut
    }
  }

  private void serve(Socket near) {
    try {
      Optional<String> owner = links.owners().owner(near.getPort(), advertised);
      if (owner.isEmpty() && links.isAnyToBeStopped(component)) {
        near.close(); // whose it was is not known any more: it may be what must not arrive
        return;
      }
      // What was sent before the end arrives, as it does without a relay: members of a ZooKeeper
      // ensemble ask to be called back like this.
      Direction direction = new Direction(owner.orElse(Links.CLIENT), component);
      if (links.isRefused(direction)) {
        RelayedConnection.reset(near);
        return;
      }
      boolean atOnce = links.awaitBothWays(direction);
      if (!atOnce && links.owners().owner(near.getPort(), advertised).isEmpty()) {
        near.close(); // given up meanwhile: the other side never hears of it
        return;
      }
      connect(direction, near);
    } catch (IOException _) {
      RelayedConnection.reset(near);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      RelayedConnection.reset(near);
    }
  }

  private void connect(Direction direction, Socket near) {
    Socket far = new Socket();
    try {
      far.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), listening),
          (int) CONNECT_DEADLINE.toMillis());
    } catch (IOException _) {
      if (!isDue()) {
        shut();
      }
      RelayedConnection.reset(far);
      RelayedConnection.reset(near);
      return;
    }
    RelayedConnection connection = new RelayedConnection(links, direction, near, far, firstWords);
    if (links.add(connection)) {
      connection.run();
    } else {
      connection.reset();
    }
  }
}
