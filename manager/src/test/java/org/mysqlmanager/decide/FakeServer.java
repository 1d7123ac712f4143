package org.mysqlmanager.decide;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.observe.ServerObservation.Identity;
import org.mysqlmanager.observe.ServerObservation.MissingPrivileges;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.ServerObservation.Settings;
import org.mysqlmanager.observe.ServerObservation.Unreachable;

/** A MySQL server as far as decisions can see it; its fields are set as a test needs them. */
final class FakeServer {
  final String name;
  final Endpoint endpoint;
  String uuid;
  long serverId;
  boolean up = true;
  ServerObservation.Cause whyAway = ServerObservation.Cause.CONNECTION_FAILED;
  GtidSet executed = GtidSet.EMPTY;
  GtidSet retrieved = GtidSet.EMPTY;
  GtidSet purged = GtidSet.EMPTY;
  boolean readOnly = true;
  boolean superReadOnly = true;
  boolean gtidMode = true;
  boolean userData;
  boolean setUp;
  @Nullable FakeServer source;
  boolean receiverOn;
  boolean applierOn;
  String receiverError = "";
  String applierError = "";
  Duration lag = Duration.ZERO;
  Duration receiverLag = Duration.ZERO;
  Duration silence = Duration.ZERO;

  /** Whether it is up, but this manager cannot see it. */
  boolean hidden;

  CloneState clone = CloneState.NONE;
  int clones;
  Optional<MissingPrivileges> lacking = Optional.empty();

  FakeServer(String name, int number) {
    this.name = name;
    this.serverId = number;
    this.uuid = "00000000-0000-0000-0000-%012d".formatted(number);
    this.endpoint = new Endpoint("10.0.0." + number, 3306);
  }

  /** This server's own transactions from 1 to n. */
  GtidSet own(int n) {
    return GtidSet.parse(uuid + ":1-" + n);
  }

  /** Follows that server, with all threads running. */
  void follow(FakeServer newSource) {
    source = newSource;
    receiverOn = true;
    applierOn = true;
  }

  void restart() {
    up = true;
    readOnly = true;
    superReadOnly = true;
    retrieved = GtidSet.EMPTY;
    if (source != null) {
      receiverOn = true;
      applierOn = true;
    }
  }

  /** One transaction by a client. */
  void write() {
    if (!up || readOnly) {
      throw new IllegalStateException(name + " takes no writes");
    }
    GtidSet mine = executed.of(uuid);
    executed = executed.union(GtidSet.parse(uuid + ":" + (mine.count() + 1)));
    userData = true;
  }

  /** What replication does as time passes. */
  void replicate() {
    FakeServer from = source;
    if (!up || from == null) {
      return;
    }
    if (receiverOn
        && receiverError.isEmpty()
        && from.up
        && executed.union(retrieved).contains(from.purged)) {
      retrieved = retrieved.union(from.executed.minus(executed));
      userData |= from.userData;
    }
    if (applierOn && applierError.isEmpty()) {
      executed = executed.union(retrieved);
    }
  }

  ServerObservation observe() {
    if (!up || hidden) {
      return new Unreachable(whyAway, name + " does not answer");
    }
    FakeServer from = source;
    Optional<Replication> replication =
        from == null
            ? Optional.empty()
            : Optional.of(
                new Replication(
                    from.endpoint,
                    from.uuid,
                    !receiverOn
                        ? Receiver.STOPPED
                        : from.up && receiverError.isEmpty()
                            ? Receiver.RUNNING
                            : Receiver.CONNECTING,
                    applierOn && applierError.isEmpty(),
                    true,
                    retrieved,
                    from.up && applierOn ? Optional.of(lag) : Optional.empty(),
                    receiverError,
                    applierError,
                    receiverOn && from.up && receiverError.isEmpty()
                        ? Optional.of(silence)
                        : Optional.empty()));
    return new Reachable(
        new Identity("9.7.4", serverId, uuid),
        new Settings(readOnly, superReadOnly, gtidMode, true, true, true),
        executed,
        purged,
        userData,
        setUp ? Set.of() : Set.of("replication user"),
        replication,
        new CloneStatus(true, clone, clones == 0 ? "" : "clone " + clones, "", Optional.empty()),
        lacking,
        lacking.stream().map(MissingPrivileges::sentence).toList());
  }
}
