package org.mysqlmanager.observe;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ServerId;

/**
 * One look at a whole cluster.
 *
 * @param at when the look ended
 * @param trigger what it was for
 * @param lastSeen when each server last answered this manager, before this look
 * @param saved transactions of a server that this manager keeps in a file
 * @param evidence what is known beside the look
 */
public record Observation(
    Instant at,
    Trigger trigger,
    Map<ServerId, ServerObservation> servers,
    Map<ProxyName, ProxyObservation> proxies,
    Map<ServerId, Instant> lastSeen,
    Map<ServerId, List<SavedTransactions>> saved,
    Evidence evidence) {
  /** What a round is for: failures are counted in checks, not in every round. */
  public enum Trigger {
    /** The timed check, once every {@code check_interval}. */
    CHECK,
    /** Something happened, or the last round did something. */
    EVENT
  }

  public Observation {
    servers = Collections.unmodifiableMap(new TreeMap<>(servers));
    proxies = Collections.unmodifiableMap(new TreeMap<>(proxies));
    lastSeen = Map.copyOf(lastSeen);
    saved = Map.copyOf(saved);
  }

  /** Without evidence. */
  public Observation(
      Instant at,
      Trigger trigger,
      Map<ServerId, ServerObservation> servers,
      Map<ProxyName, ProxyObservation> proxies,
      Map<ServerId, Instant> lastSeen,
      Map<ServerId, List<SavedTransactions>> saved) {
    this(at, trigger, servers, proxies, lastSeen, saved, Evidence.NONE);
  }

  public Observation with(Trigger newTrigger) {
    return new Observation(at, newTrigger, servers, proxies, lastSeen, saved, evidence);
  }

  public Observation with(Evidence newEvidence) {
    return new Observation(at, trigger, servers, proxies, lastSeen, saved, newEvidence);
  }

  /**
   * How that server was found; a server nobody looked at counts as not ready, which is no proof of
   * death.
   */
  public ServerObservation server(ServerId id) {
    ServerObservation seen = servers.get(id);
    return seen != null
        ? seen
        : new ServerObservation.Unreachable(ServerObservation.Cause.UNSUPPORTED, "not looked at");
  }

  /**
   * Transactions of one server kept in files.
   *
   * @param data what data of the server they were in: when the clone began by which it got it;
   *     empty before its first clone. The same GTID may stand for something else in other data
   * @param place where: the manager and the file
   */
  public record SavedTransactions(String data, GtidSet transactions, String place) {}

  /** The server, if it answered. */
  public Optional<ServerObservation.Reachable> reachable(ServerId id) {
    return server(id) instanceof ServerObservation.Reachable reachable
        ? Optional.of(reachable)
        : Optional.empty();
  }
}
