package org.mysqlmanager.decide;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;

/**
 * One thing to do. Each is idempotent, and whether it is done can be seen in the next observation.
 */
public sealed interface Step {
  /** {@code super_read_only=0, read_only=0} on the source. */
  record OpenSource(ServerId server) implements Step {}

  /** {@code read_only=1} on a replica, {@code super_read_only} as the spec wants it. */
  record CloseReplica(ServerId server) implements Step {}

  /** {@code super_read_only=1} on a server that must not be written to, and its clients cut. */
  record FenceServer(ServerId server) implements Step {}

  /** Creates users, database and event in a fresh source. */
  record SetUpSource(ServerId server) implements Step {}

  /** Makes those proxies send clients where the routing says, and nowhere else. */
  record ApplyRouting(Routing routing, Set<ProxyName> proxies) implements Step {
    public ApplyRouting {
      proxies = Collections.unmodifiableSet(new TreeSet<>(proxies));
    }
  }

  /** Takes the old source out of all proxies and closes it if it answers, all at once. */
  record FenceOldSource(ServerId server, Routing routing, Set<ProxyName> proxies) implements Step {
    public FenceOldSource {
      proxies = Collections.unmodifiableSet(new TreeSet<>(proxies));
    }
  }

  /** Stops the receiver of the candidate; the applier goes on. */
  record StopReceiver(ServerId candidate) implements Step {}

  /**
   * Starts the applier if it stands, and waits a bounded time until those transactions are
   * executed.
   */
  record AwaitApplied(ServerId candidate, GtidSet required) implements Step {}

  /** Ends replication of the candidate and opens it for writes. */
  record Promote(ServerId candidate, GtidSet required) implements Step {}

  /** Makes a server a replica of the source, by auto-position. */
  record Follow(ServerId replica, ServerId source) implements Step {}

  /** Stops and starts a broken replication. */
  record RestartReplication(ServerId replica) implements Step {}

  /**
   * Keeps transactions that only this server has in a file, before its data is replaced.
   *
   * @param data by which the server's data is told from what it had before its last clone: MySQL
   *     gives out again the GTIDs of what a clone has thrown away
   */
  record SaveErrantTransactions(ServerId server, String data, GtidSet errant) implements Step {}

  /** Replaces a server's data by a copy of the source's. It goes on in the background. */
  record CloneFrom(ServerId recipient, ServerId donor) implements Step {}

  /** Waits a bounded time for the first commit of a client on the new source. */
  record AwaitFirstCommit(ServerId source, GtidSet after) implements Step {}

  /** Gives up leadership: the other managers see what this one does not. */
  record Resign(String reason) implements Step {}
}
