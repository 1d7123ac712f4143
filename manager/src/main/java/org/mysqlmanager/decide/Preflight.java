package org.mysqlmanager.decide;

import java.util.Optional;
import java.util.stream.Stream;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.ServerObservation.MissingPrivileges;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Settings;

/** What must hold of the servers before anything is changed on them. */
final class Preflight {
  private Preflight() {}

  /** The first thing that is wrong with the servers that answer, in words with the remedy. */
  static Optional<String> problem(ClusterSpec spec, Observation seen) {
    return spec.serverIds().stream().flatMap(id -> problemOf(id, spec, seen).stream()).findFirst();
  }

  /** What is wrong with one server, its settings or that it shares an identity with another. */
  static Optional<String> problemOf(ServerId id, ClusterSpec spec, Observation seen) {
    Optional<Reachable> server = seen.reachable(id);
    if (server.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> setting = settingsProblem(id, server.get());
    return setting.isPresent()
        ? setting
        : spec.serverIds().stream()
            .filter(other -> !other.equals(id))
            .flatMap(other ->
                seen.reachable(other).stream()
                    .flatMap(seenOther -> identityProblem(id, server.get(), other, seenOther)))
            .findFirst();
  }

  private static Stream<String> identityProblem(
      ServerId id, Reachable server, ServerId other, Reachable seenOther) {
    if (server.identity().uuid().equals(seenOther.identity().uuid())) {
      return Stream.of(
          "%s and %s have the same server_uuid %s: they are one server under two names, or one was copied from the other with its auto.cnf; delete auto.cnf of one and restart it"
              .formatted(other, id, server.identity().uuid()));
    }
    return server.identity().serverId() == seenOther.identity().serverId()
        ? Stream.of(
            "%s and %s have the same server_id %d: give each server its own"
                .formatted(other, id, server.identity().serverId()))
        : Stream.empty();
  }

  /**
   * What the manager's account lacks on any server. A new cluster is not begun without, so that no
   * set-up stops half-way; one that runs is better managed as far as it goes.
   */
  static Optional<String> missingPrivileges(ClusterSpec spec, Observation seen) {
    return spec.serverIds().stream()
        .flatMap(id -> seen.reachable(id).stream())
        .flatMap(server -> server.missingPrivileges().stream())
        .map(MissingPrivileges::sentence)
        .findFirst();
  }

  /** What is wrong with one server's settings, or with what the manager may do there. */
  static Optional<String> settingsProblem(ServerId id, Reachable server) {
    Settings settings = server.settings();
    if (!settings.gtidModeOn()) {
      return Optional.of("%s has gtid_mode off: set gtid_mode=ON".formatted(id));
    }
    if (!settings.enforceGtidConsistency()) {
      return Optional.of(
          "%s has enforce_gtid_consistency off: set enforce_gtid_consistency=ON".formatted(id));
    }
    if (!settings.binaryLogOn()) {
      return Optional.of("%s writes no binary log: set log_bin".formatted(id));
    }
    if (!settings.logReplicaUpdates()) {
      return Optional.of(
          "%s does not log what it replicates: set log_replica_updates=ON".formatted(id));
    }
    if (server.identity().serverId() == 0) {
      return Optional.of("%s has server_id 0: give each server its own, from 1 on".formatted(id));
    }
    return server
        .missingPrivileges()
        .filter(MissingPrivileges::preventsPromotion)
        .map(MissingPrivileges::sentence);
  }

  /** Whether a server holds nothing but what its own initialisation wrote. */
  static boolean isFresh(Reachable server) {
    return !server.hasUserData()
        && server.replication().isEmpty()
        && server.executed().equals(server.executed().of(server.identity().uuid()));
  }
}
