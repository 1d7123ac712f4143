package org.mysqlmanager.sim;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.observe.ServerObservation.Identity;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.ServerObservation.Settings;

/** What a look at a simulated server shows, in the types of an observation. */
final class Looks {
  Reachable reachable(SimServer server) {
    return new Reachable(
        new Identity("9.7.4", server.place(), server.uuid()),
        new Settings(server.isReadOnly(), server.isSuperReadOnly(), true, true, true, true),
        server.executed(),
        server.purged(),
        server.hasUserData(),
        server.missingSetup(),
        Optional.empty(),
        server.cloneStatus(),
        Optional.empty(),
        List.of());
  }

  Reachable with(Reachable first, Optional<Replication> replication) {
    return new Reachable(
        first.identity(),
        first.settings(),
        first.executed(),
        first.purged(),
        first.hasUserData(),
        first.missingSetup(),
        replication,
        first.lastClone(),
        first.missingPrivileges(),
        first.warnings());
  }

  /**
   * @param silence how long ago the receiver last heard of the source
   */
  Replication replication(
      SimServer source,
      Receiver receiver,
      boolean applierRunning,
      GtidSet retrieved,
      Optional<Duration> lag,
      String receiverError,
      String applierError,
      Duration silence) {
    return new Replication(
        source.spec().endpoint(),
        source.uuid(),
        receiver,
        applierRunning,
        true,
        retrieved,
        lag,
        receiverError,
        applierError,
        receiver == Receiver.RUNNING ? Optional.of(silence) : Optional.empty());
  }
}
