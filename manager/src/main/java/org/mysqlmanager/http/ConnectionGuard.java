package org.mysqlmanager.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.access.AccessLimits;
import org.mysqlmanager.access.Address;

/**
 * Bounds the connections to one port, altogether and per remote address, by closing what is too
 * much at once. Where all places are taken, a newcomer gets one from the address that has most, if
 * that has at least two more: no few clients can keep the others out, nor a probe. A connection
 * that trickles in, byte by byte, so that it is never idle, is closed when it has been without a
 * whole request for too long; a silent one falls to Jetty's idle time-out. Waiting connections hold
 * no thread; this bounds memory and descriptors.
 *
 * <p>To be added to the connector as a bean. Thread-safe.
 */
public final class ConnectionGuard extends AbstractLifeCycle implements Connection.Listener {
  private static final InetAddress UNKNOWN = InetAddress.ofLiteral("0.0.0.0");
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  /** How far a connection was when it was last seen to move on. */
  private record Progress(InetAddress address, long requests, long sinceNanos) {}

  private final AccessLimits limits;
  private final Duration longestWithoutRequest;
  private final Scheduler scheduler;
  private final LongSupplier nanos;
  private final Map<Connection, Progress> connections = new ConcurrentHashMap<>();
  private final Map<InetAddress, Integer> countByAddress = new HashMap<>();
  private volatile Scheduler.@Nullable Task nextLook;

  /**
   * @param longestWithoutRequest longer than Jetty's idle time-out
   * @param nanos a clock that only goes forward, as {@link System#nanoTime}
   */
  ConnectionGuard(
      AccessLimits limits,
      Duration longestWithoutRequest,
      Scheduler scheduler,
      LongSupplier nanos) {
    this.limits = limits;
    this.longestWithoutRequest = longestWithoutRequest;
    this.scheduler = scheduler;
    this.nanos = nanos;
  }

  /** Guards a connector that is started, or about to be. */
  public static void protect(AbstractConnector connector, AccessLimits limits) {
    connector.addBean(
        new ConnectionGuard(
            limits,
            Duration.ofMillis(connector.getIdleTimeout()).plusSeconds(5),
            connector.getScheduler(),
            System::nanoTime),
        true);
  }

  @Override
  protected void doStart() {
    scheduleLook();
  }

  @Override
  protected void doStop() {
    Scheduler.Task task = nextLook;
    if (task != null) {
      task.cancel();
    }
  }

  @Override
  public void onOpened(Connection connection) {
    // Of the layers of a connection (TLS below HTTP) the one that speaks HTTP counts.
    if (connection instanceof ConnectionMetaData http) {
      Connection tooMuch = enter(connection, http);
      if (tooMuch != null) {
        tooMuch.getEndPoint().close();
      }
    }
  }

  @Override
  public void onClosed(Connection connection) {
    synchronized (countByAddress) {
      leave(connection);
    }
  }

  private void leave(Connection connection) {
    Progress progress = connections.remove(connection);
    if (progress != null) {
      countByAddress.computeIfPresent(
          progress.address(), (_, count) -> count > 1 ? count - 1 : null);
    }
  }

  /** How many there are. */
  int count() {
    return connections.size();
  }

  /** Lets it in, or not. Returns the connection that must be closed: itself, another, or none. */
  private @Nullable Connection enter(Connection connection, ConnectionMetaData http) {
    InetAddress address = Address.of(http.getRemoteSocketAddress());
    InetAddress counted = address == null ? UNKNOWN : Address.counted(address);
    synchronized (countByAddress) {
      int own = countByAddress.getOrDefault(counted, 0);
      if (own >= limits.connectionsPerAddress()) {
        return connection;
      }
      Connection left = null;
      if (connections.size() >= limits.connections()) {
        left = dispensable(own);
        if (left == null) {
          return connection;
        }
        leave(left);
      }
      countByAddress.merge(counted, 1, Integer::sum);
      connections.put(connection, new Progress(counted, 0, nanos.getAsLong()));
      return left;
    }
  }

  /**
   * Of the address that has most connections the one that has done nothing for longest, rather one
   * that is not being answered. None if that address would have fewer than the newcomer's then.
   */
  private @Nullable Connection dispensable(int newcomers) {
    int most = countByAddress.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    if (most < newcomers + 2) {
      return null;
    }
    long now = nanos.getAsLong();
    return connections.entrySet().stream()
        .filter(entry -> countByAddress.getOrDefault(entry.getValue().address(), 0) == most)
        .min(
            Comparator.<Map.Entry<Connection, Progress>, Boolean>comparing(
                    entry -> isAnswering(entry.getKey()))
                .thenComparingLong(entry -> entry.getValue().sinceNanos() - now))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  private static boolean isAnswering(Connection connection) {
    return connection.getMessagesIn() > connection.getMessagesOut();
  }

  private void scheduleLook() {
    nextLook =
        scheduler.schedule(
            () -> {
              closeThoseThatTrickle();
              if (isRunning()) {
                scheduleLook();
              }
            },
            BETWEEN_LOOKS.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  void closeThoseThatTrickle() {
    long now = nanos.getAsLong();
    connections.forEach((connection, before) -> {
      long requests = connection.getMessagesIn();
      if (isAnswering(connection) || requests != before.requests()) {
        connections.replace(connection, before, new Progress(before.address(), requests, now));
      } else if (now - before.sinceNanos() > longestWithoutRequest.toNanos()) {
        connection.getEndPoint().close();
      }
    });
  }
}
