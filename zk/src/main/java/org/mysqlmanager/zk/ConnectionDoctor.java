package org.mysqlmanager.zk;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after a connection that does not come about: says why as far as it can be found out, and
 * begins anew where ZooKeeper's client would stay with what it has, which is a refused account or
 * certificates that were renewed meanwhile. Thread-safe.
 */
final class ConnectionDoctor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionDoctor.class);
  private static final Duration SHORTEST_PERIOD = Duration.ofSeconds(1);

  private final ZkSettings settings;
  private final @Nullable TlsFiles tls;
  private final BooleanSupplier isConnected;
  private final Supplier<@Nullable ZooKeeper> handles;
  private final Runnable reset;
  private final RepeatingTask looking;

  private volatile Optional<String> cause = Optional.empty();

  // Used by the looking thread only.
  private boolean wasAway;

  /**
   * To be started.
   *
   * @param tls the files in use; null without TLS
   * @param handles the present one; null when there is none
   * @param reset makes a new handle
   */
  ConnectionDoctor(
      ZkSettings settings,
      @Nullable TlsFiles tls,
      BooleanSupplier isConnected,
      Supplier<@Nullable ZooKeeper> handles,
      Runnable reset) {
    this.settings = settings;
    this.tls = tls;
    this.isConnected = isConnected;
    this.handles = handles;
    this.reset = reset;
    this.looking =
        new RepeatingTask(
            "zk-doctor",
            () ->
                settings.connectTimeout().compareTo(SHORTEST_PERIOD) > 0
                    ? settings.connectTimeout()
                    : SHORTEST_PERIOD,
            this::look);
  }

  void start() {
    looking.start();
  }

  /** Why there is no connection; empty when there is one, or when it is not known. */
  Optional<String> cause() {
    return isConnected.getAsBoolean() ? Optional.empty() : cause;
  }

  @Override
  public void close() {
    looking.close();
  }

  private void look() {
    if (isConnected.getAsBoolean()) {
      wasAway = false;
      cause = Optional.empty();
      if (tls != null) {
        tls.restore(); // what the next connection needs may have been removed meanwhile
      }
      return;
    }
    if (!wasAway) {
      wasAway = true; // it may have been away for a moment only: the next look tells
      return;
    }
    ZooKeeper handle = handles.get();
    boolean isRefused = handle != null && handle.getState() == ZooKeeper.States.AUTH_FAILED;
    Optional<String> found =
        isRefused
            ? Optional.of(
                "the ensemble at %s refuses authentication by digest: switch its DigestAuthenticationProvider on"
                    .formatted(settings.connectString()))
            : ConnectionProbe.findCause(
                settings.connectString(),
                settings.connectTimeout(),
                tls == null ? null : tls.current());
    boolean isNew = tls != null && tls.refresh();
    if (tls != null && found.isEmpty()) {
      found = tls.problem();
    }
    if (isConnected.getAsBoolean()) {
      return;
    }
    if (found.isPresent() && !found.equals(cause)) {
      LOG.error("No connection to ZooKeeper: {}", found.get());
    }
    cause = found;
    if (isRefused || isNew) {
      reset.run();
    }
  }
}
