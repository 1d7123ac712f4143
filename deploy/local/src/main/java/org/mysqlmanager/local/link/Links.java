package org.mysqlmanager.local.link;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.mysqlmanager.local.process.LocalException;

/**
 * All links of a local system: what one component sends to another can be cut, slowed down, or
 * stopped at a message that holds a text. Components go by their names; {@link #CLIENT} is
 * everybody else, such as a test. Each call is about one direction, from the sender to the
 * receiver, whichever of the two has opened the connection.
 *
 * <p>Relayed are the ports of ZooKeeper (clients', followers', elections'), of MySQL servers and of
 * proxies. Not relayed is the HTTP of managers, which no component uses.
 *
 * <p>A relay's port is open only while there is a process behind it: a component that is down
 * refuses connections. Thread-safe.
 */
public final class Links implements AutoCloseable {
  /** Whoever is not a component of the system. */
  public static final String CLIENT = "client";

  private static final Duration LOOK = Duration.ofMillis(40);

  private final Supplier<Set<String>> names;
  private final Supplier<Map<String, Long>> pids;
  private final SocketOwners owners;
  private final List<Relay> relays = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Direction, Cut> cuts = new HashMap<>();
  private final Map<Direction, Duration> latencies = new HashMap<>();
  private final List<Hold> holds = new ArrayList<>();
  private final Set<RelayedConnection> connections = new HashSet<>();
  private boolean closed;

  /**
   * Links of components, none of which is relayed yet.
   *
   * @param names of all components
   * @param pids the process of each component that runs now
   */
  public Links(Supplier<Set<String>> names, Supplier<Map<String, Long>> pids) {
    this.names = names;
    this.pids = pids;
    this.owners = new SocketOwners(pids);
  }

  /**
   * Takes over a port of a component.
   *
   * @param advertised the port that others know
   * @param listening the port that the process listens on
   * @param opening from when on the port is open
   * @param firstWords changes the first bytes of each connection, not their number
   */
  public void relay(
      String component,
      int advertised,
      int listening,
      Opening opening,
      UnaryOperator<byte[]> firstWords) {
    relays.add(new Relay(this, component, advertised, listening, opening, firstWords));
  }

  /** From when on a relay's port is open. It is shut when the process has ended. */
  public enum Opening {
    /** As soon as the process listens on its own port, which is found out by connecting to it. */
    WHEN_LISTENING,
    /**
     * As soon as the process runs; what comes too early is reset. For a program that relies on
     * being called back at once, or that takes an empty connection amiss.
     */
    WHEN_RUNNING
  }

  /** Begins to relay, until {@link #close}. */
  public void open() {
    Thread.ofPlatform().daemon().name("links").start(this::followListeners);
  }

  // --- For tests and the soak

  /** Cuts what {@code from} sends to {@code to}, existing connections and new ones. */
  public void cut(String from, String to, Cut how) {
    Direction direction = direction(from, to);
    change(() -> {
      cuts.put(direction, how);
      if (how == Cut.REFUSE) {
        connections.stream()
            .filter(connection -> connection.opened().equals(direction))
            .forEach(RelayedConnection::reset);
      }
    });
  }

  /** Cuts what the two send to each other. */
  public void cutBoth(String one, String other, Cut how) {
    cut(one, other, how);
    cut(other, one, how);
  }

  /**
   * Ends a cut and a latency. Connections through a black hole go on, as far as both sides still
   * have them.
   */
  public void heal(String from, String to) {
    Direction direction = direction(from, to);
    change(() -> {
      cuts.remove(direction);
      latencies.remove(direction);
    });
  }

  /** {@link #heal} in both directions. */
  public void healBoth(String one, String other) {
    heal(one, other);
    heal(other, one);
  }

  /** Ends all cuts and latencies. Holds stay. */
  public void healAll() {
    change(() -> {
      cuts.clear();
      latencies.clear();
    });
  }

  /** Delays what {@code from} sends to {@code to} by at least this long; zero ends it. */
  public void slow(String from, String to, Duration latency) {
    Direction direction = direction(from, to);
    change(() -> latencies.put(direction, latency));
  }

  /**
   * Stops the message that holds {@code text} on its way from one to the other, and all that
   * follows on its connection. What came before on the connection has gone, perhaps even the
   * message's beginning, with which nobody can do anything.
   *
   * @param text bytes as they are on the wire, in UTF-8, such as {@code STOP REPLICA IO_THREAD}
   */
  public Hold hold(String from, String to, String text) {
    return hold(from, to, text, Hold.What.MESSAGE);
  }

  /**
   * Lets the message that holds {@code text} pass from one to the other, and stops what comes back
   * after it on its connection.
   */
  public Hold holdAnswer(String from, String to, String text) {
    return hold(from, to, text, Hold.What.ANSWER);
  }

  private Hold hold(String from, String to, String text, Hold.What what) {
    if (text.isEmpty() || text.length() > TextFinder.LONGEST / 4) {
      throw new LocalException("a text must have 1 to 128 characters: \"" + text + "\"");
    }
    Hold hold = new Hold(this, direction(from, to), text, what);
    change(() -> holds.add(hold));
    return hold;
  }

  /** Ends all connections and gives up the ports. */
  @Override
  public void close() {
    change(() -> {
      closed = true;
      connections.forEach(RelayedConnection::reset);
    });
    relays.forEach(Relay::finish);
  }

  /** A component's process has ended: its ports refuse connections until it listens again. */
  public void ended(String component) {
    relays.stream().filter(relay -> relay.component().equals(component)).forEach(Relay::shut);
  }

  void release(Hold hold) {
    change(() -> {
      holds.remove(hold);
      connections.forEach(connection -> connection.letGo(hold));
    });
  }

  void drop(Hold hold) {
    change(() -> {
      holds.remove(hold);
      connections.stream()
          .filter(connection -> connection.isStoppedBy(hold))
          .forEach(RelayedConnection::reset);
    });
  }

  // --- For relays and their connections

  boolean isRunning(String component) {
    return pids.get().containsKey(component);
  }

  SocketOwners owners() {
    return owners;
  }

  boolean isRefused(Direction direction) {
    lock.lock();
    try {
      return closed || cuts.get(direction) == Cut.REFUSE;
    } finally {
      lock.unlock();
    }
  }

  /** Whether anything that somebody sends to that component may have to be stopped. */
  boolean isAnyToBeStopped(String component) {
    lock.lock();
    try {
      return closed
          || cuts.keySet().stream().anyMatch(cut -> cut.to().equals(component))
          || holds.stream().anyMatch(hold -> hold.direction().to().equals(component));
    } finally {
      lock.unlock();
    }
  }

  /** Adds a connection unless it is refused. */
  boolean add(RelayedConnection connection) {
    lock.lock();
    try {
      return !isRefused(connection.opened()) && connections.add(connection);
    } finally {
      lock.unlock();
    }
  }

  void remove(RelayedConnection connection) {
    change(() -> connections.remove(connection));
  }

  /**
   * Waits until packets pass in both directions, as it takes to open a connection.
   *
   * @return whether they did at once
   */
  boolean awaitBothWays(Direction direction) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      boolean atOnce = true;
      while (!closed && (isBlack(direction) || isBlack(direction.opposite()))) {
        atOnce = false;
        changed.await();
      }
      return atOnce;
    } finally {
      lock.unlock();
    }
  }

  /** How long a piece takes. */
  Duration latency(Direction direction) {
    lock.lock();
    try {
      return latencies.getOrDefault(direction, Duration.ZERO);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until this flow's next piece may pass.
   *
   * @param piece empty at the end of the flow
   * @return false when the connection has been reset
   */
  boolean awaitPassage(RelayedConnection connection, Flow flow, byte[] piece)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      for (Hold hold : holds) {
        if (piece.length > 0
            && hold.direction().equals(flow.direction())
            && flow.finder().endsIn(piece, hold.text())) {
          Flow stopped = hold.what() == Hold.What.MESSAGE ? flow : connection.opposite(flow);
          stopped.stopFor(hold);
        }
      }
      while (!connection.isReset() && (flow.isStopped() || isBlack(flow.direction()))) {
        flow.stoppedBy().ifPresent(Hold::caught);
        changed.await();
      }
      flow.finder().passed(piece);
      return !connection.isReset();
    } finally {
      lock.unlock();
    }
  }

  private boolean isBlack(Direction direction) {
    return cuts.get(direction) == Cut.BLACK_HOLE;
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Direction direction(String from, String to) {
    for (String name : List.of(from, to)) {
      if (!name.equals(CLIENT) && !names.get().contains(name)) {
        throw new LocalException(
            "there is no \"%s\"; there are: %s, %s"
                .formatted(name, String.join(", ", names.get()), CLIENT));
      }
    }
    return new Direction(from, to);
  }

  /** Opens the relays of which it is time. */
  private void followListeners() {
    try {
      while (!isClosed()) {
        relays.forEach(Relay::openIfDue);
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }
}
