package org.mysqlmanager.observe;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Printable;

/** How one look at one MySQL server ended. What the server said of itself is one printable line. */
public sealed interface ServerObservation {
  /** Whether the server may be dead. One that refuses a password is alive, whatever else it is. */
  default boolean isDown() {
    return this instanceof Unreachable unreachable && !unreachable.cause.isAlive();
  }

  /** Why a server could not be looked at. */
  enum Cause {
    /** Nothing listens there, or the host is away. */
    CONNECTION_FAILED(false),
    /** No answer within the deadline. */
    TIMED_OUT(false),
    /** The host name does not resolve. */
    UNKNOWN_HOST(false),
    /** The server is going down or coming up: it says so itself. */
    NOT_READY(false),
    /** User or password refused, or the account lacks a privilege. */
    ACCESS_DENIED(true),
    /** All connections are used. */
    TOO_MANY_CONNECTIONS(true),
    /** TLS could not be agreed on: an expired or unknown certificate. */
    TLS_FAILED(true),
    /** It answers, but not as a MySQL server that we know does. */
    UNSUPPORTED(true);

    private final boolean alive;

    Cause(boolean alive) {
      this.alive = alive;
    }

    /** Whether the refusal itself proves that a server is running there. */
    public boolean isAlive() {
      return alive;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * No look was possible.
   *
   * @param detail one sentence for people: what failed and, where the user can mend it, the remedy
   */
  record Unreachable(Cause cause, String detail) implements ServerObservation {
    public Unreachable {
      detail = Printable.line(detail);
    }
  }

  /**
   * A look at a server that answers.
   *
   * @param executed {@code @@gtid_executed}
   * @param purged {@code @@gtid_purged}: what is no longer in its binary logs
   * @param hasUserData whether there is a table outside MySQL's own schemas
   * @param missingSetup the parts of the initial set-up that are not there, in words
   * @param replication its replication configuration and how it does; empty if it has none
   * @param missingPrivileges what the manager's account lacks there; in the warnings, too
   * @param warnings what an operator should know although the server answers, a sentence each
   */
  record Reachable(
      Identity identity,
      Settings settings,
      GtidSet executed,
      GtidSet purged,
      boolean hasUserData,
      Set<String> missingSetup,
      Optional<Replication> replication,
      CloneStatus lastClone,
      Optional<MissingPrivileges> missingPrivileges,
      List<String> warnings)
      implements ServerObservation {
    public Reachable {
      missingSetup = Set.copyOf(missingSetup);
      warnings = warnings.stream().map(Printable::line).toList();
    }

    /** All it holds or has received: what survives if it is promoted with care. */
    public GtidSet received() {
      return replication.map(status -> executed.union(status.retrieved())).orElse(executed);
    }
  }

  /**
   * Which server answered.
   *
   * @param version as in {@code @@version}
   * @param serverId {@code @@server_id}
   * @param uuid {@code @@server_uuid}
   */
  record Identity(String version, long serverId, String uuid) {
    public Identity {
      version = Printable.line(version);
      uuid = Printable.line(uuid);
    }
  }

  /**
   * What the manager's account would need and does not have on a server that answers.
   *
   * @param sentence one sentence for people: the server, what for, and the remedy
   * @param preventsPromotion whether the server could be neither opened, closed nor promoted
   */
  record MissingPrivileges(String sentence, boolean preventsPromotion) {}

  /** The settings that matter here. */
  record Settings(
      boolean readOnly,
      boolean superReadOnly,
      boolean gtidModeOn,
      boolean enforceGtidConsistency,
      boolean binaryLogOn,
      boolean logReplicaUpdates) {}

  /** How the receiver thread (MySQL: I/O thread) does. */
  enum Receiver {
    RUNNING,
    CONNECTING,
    STOPPED
  }

  /**
   * A replica's side of replication, from {@code SHOW REPLICA STATUS}.
   *
   * @param source where it replicates from, as configured
   * @param sourceUuid the UUID of that server; empty if it never connected
   * @param retrieved what was received since the receiver's relay logs began
   * @param lag how far the applier is behind; empty if MySQL cannot tell
   * @param receiverError the last error of the receiver; empty if none
   * @param applierError the last error of the applier; empty if none
   * @param silence for how long neither an event nor a heartbeat has come from the source, as far
   *     as this manager has watched: counted from the first look that found no news, so it may be
   *     too short, never too long. Empty if the receiver is not connected. A source that lives is
   *     never silent for much longer than its replicas' heartbeat period, which this program sets
   *     to one second
   */
  record Replication(
      Endpoint source,
      String sourceUuid,
      Receiver receiver,
      boolean applierRunning,
      boolean autoPosition,
      GtidSet retrieved,
      Optional<Duration> lag,
      String receiverError,
      String applierError,
      Optional<Duration> silence) {
    public Replication {
      sourceUuid = Printable.line(sourceUuid);
      receiverError = Printable.line(receiverError);
      applierError = Printable.line(applierError);
    }

    /** Connected and applying, or at least trying to connect without an error of its own. */
    public boolean isRunning() {
      return receiver == Receiver.RUNNING && applierRunning;
    }
  }

  /** How the last clone into this server went. */
  enum CloneState {
    NONE,
    IN_PROGRESS,
    COMPLETED,
    FAILED
  }

  /**
   * From {@code performance_schema.clone_status} and {@code clone_progress}.
   *
   * @param available whether the clone plugin is active
   * @param began when the last clone began, as the server writes it; empty if there was none
   * @param error what went wrong; empty if nothing
   * @param percent how much of the data has arrived, while in progress
   */
  record CloneStatus(
      boolean available, CloneState state, String began, String error, Optional<Integer> percent) {
    public CloneStatus {
      began = Printable.line(began);
      error = Printable.line(error);
    }

    public static final CloneStatus NONE =
        new CloneStatus(true, CloneState.NONE, "", "", Optional.empty());
  }
}
