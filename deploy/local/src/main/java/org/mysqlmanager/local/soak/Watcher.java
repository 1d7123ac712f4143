package org.mysqlmanager.local.soak;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.local.LocalSystem;

/**
 * Looks, many times a second, for a moment in which writers are sent to two servers that are both
 * writable. Looks past the relays, so that no cut is in its way.
 */
final class Watcher implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(60);

  private final LocalSystem system;
  private final Timeline timeline;
  private final Map<String, Routing> routings;
  private final Map<String, Connection> connections = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean stopping;
  private long looks;
  private long violations;
  private long momentsWithTwoWritable;
  private Set<String> lastViolation = Set.of();

  /** Looks from now on, until {@link #close}. */
  Watcher(LocalSystem system, Timeline timeline, Map<String, Routing> routings) {
    this.system = system;
    this.timeline = timeline;
    this.routings = Map.copyOf(routings);
    this.thread = Thread.ofPlatform().daemon().name("watcher").start(this::watch);
  }

  synchronized long looks() {
    return looks;
  }

  /** Looks that found two writable servers that writers were sent to. */
  synchronized long violations() {
    return violations;
  }

  /**
   * Looks that found two writable servers, of which writers were sent to one at most. That is no
   * violation: who was cut off and could not be closed is like this.
   */
  synchronized long momentsWithTwoWritable() {
    return momentsWithTwoWritable;
  }

  @Override
  public void close() {
    stopping = true;
    try {
      boolean _ = thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    routings.values().forEach(Routing::close);
    connections.keySet().forEach(this::forget);
  }

  private void watch() {
    while (!stopping) {
      look();
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /**
   * Routing, flags, routing again: only a server that writers were sent to both before and after it
   * was found writable counts, so that what changes in between is no false alarm.
   */
  private void look() {
    Set<String> before = routed();
    Set<String> writable = writable();
    Set<String> both = new TreeSet<>(before);
    both.retainAll(writable);
    if (both.size() > 1) {
      both.retainAll(routed());
      both.retainAll(writable());
    }
    synchronized (this) {
      looks++;
      momentsWithTwoWritable += writable.size() > 1 ? 1 : 0;
      if (both.size() > 1) {
        violations++;
        if (!both.equals(lastViolation)) {
          timeline.violation("writers are sent to " + both + ", and all of them are writable");
        }
        lastViolation = both;
      } else {
        lastViolation = Set.of();
      }
    }
  }

  private Set<String> routed() {
    Set<String> servers = new HashSet<>();
    for (Routing routing : routings.values()) {
      routing.writers().ifPresent(servers::addAll);
    }
    return servers;
  }

  /** Frozen servers are none: nothing can be written to them now. */
  private Set<String> writable() {
    Map<String, Optional<Boolean>> answers = new HashMap<>();
    List<Thread> threads = new ArrayList<>();
    for (String server : system.servers()) {
      if (system.isAlive(server) && !system.isPaused(server)) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  Optional<Boolean> answer = isWritable(server);
                  synchronized (answers) {
                    answers.put(server, answer);
                  }
                }));
      }
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    Set<String> writable = new HashSet<>();
    synchronized (answers) {
      answers.forEach((server, answer) -> {
        if (answer.orElse(false)) {
          writable.add(server);
        }
      });
    }
    return writable;
  }

  private Optional<Boolean> isWritable(String server) {
    @Nullable Connection connection = connections.get(server);
    try {
      if (connection == null) {
        connection = system.connect(server);
        connection.setNetworkTimeout(Runnable::run, 1_000);
        connections.put(server, connection);
      }
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT @@GLOBAL.read_only")) {
        return rows.next() ? Optional.of(rows.getInt(1) == 0) : Optional.empty();
      }
    } catch (SQLException _) {
      forget(server);
      return Optional.empty();
    }
  }

  private void forget(String server) {
    Connection connection = connections.remove(server);
    if (connection != null) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException _) {
        // It is of no use any more.
      }
    }
  }
}
