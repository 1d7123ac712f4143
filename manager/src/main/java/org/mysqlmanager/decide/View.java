package org.mysqlmanager.decide;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.ServerObservation.Unreachable;

/**
 * The questions that decisions ask of spec, state and observation together. The source is known.
 */
record View(ClusterSpec spec, ClusterState state, Observation seen) {
  ServerId source() {
    return state.source().orElseThrow();
  }

  /** All servers of the spec but the source, in the operator's order. */
  List<ServerId> others() {
    return spec.serverIds().stream().filter(id -> !id.equals(source())).toList();
  }

  /** The replicas that have been members since they last caught up. */
  List<ServerId> joinedReplicas() {
    return others().stream().filter(id -> state.server(id).isJoined()).toList();
  }

  Optional<Reachable> reachable(ServerId id) {
    return seen.reachable(id);
  }

  boolean isCheck() {
    return seen.trigger() == Observation.Trigger.CHECK;
  }

  /** Whether that server's replication is configured to follow the other. */
  boolean isConfiguredToFollow(Reachable replica, ServerId source) {
    return replica.replication().filter(status -> follows(status, source)).isPresent();
  }

  private boolean follows(Replication status, ServerId source) {
    boolean sameAddress =
        spec.server(source).filter(s -> s.endpoint().equals(status.source())).isPresent();
    return sameAddress && status.autoPosition();
  }

  /** Why replication from a source that answers does not work; empty if it does. */
  static Optional<String> replicationProblem(Replication status) {
    if (!status.applierRunning()) {
      return Optional.of("the applier does not run" + because(status.applierError()));
    }
    return switch (status.receiver()) {
      case RUNNING -> Optional.empty();
      case STOPPED -> Optional.of("the receiver does not run" + because(status.receiverError()));
      case CONNECTING ->
          status.receiverError().isEmpty()
              ? Optional.empty()
              : Optional.of("the receiver cannot connect" + because(status.receiverError()));
    };
  }

  private static String because(String error) {
    // MySQL counts its retries in the text; the count would make every look a new state.
    String stable = error.replaceAll("(retries: |attempt )\\d+", "$1n").strip();
    return stable.isEmpty() ? "" : ": " + stable;
  }

  /**
   * Whether the server in the source's place is the source: it has the UUID that was seen before,
   * or at least transactions of it. An empty or foreign one must neither be opened nor compared
   * with.
   */
  boolean isTheSource(Reachable server) {
    return state
        .sourceUuid()
        .map(known ->
            known.equals(server.identity().uuid()) || !server.executed().of(known).isEmpty())
        .orElse(true);
  }

  /** Whether a replica connects, applies, and is no further behind than readers may be. */
  boolean isCaughtUp(Replication status) {
    return status.receiver() == Receiver.RUNNING
        && status.applierRunning()
        && status.lag().filter(lag -> lag.compareTo(spec.maxReaderLag()) <= 0).isPresent();
  }

  /**
   * Transactions of that server which the source, read after it, does not have, or has in another
   * version.
   */
  GtidSet errant(ServerId id, Reachable server, Reachable source) {
    return own(id, server.executed(), source);
  }

  private GtidSet own(ServerId id, GtidSet transactions, Reachable source) {
    return transactions
        .minus(source.executed())
        .union(transactions.intersect(state.server(id).discarded()));
  }

  Endpoint endpoint(ServerId id) {
    return spec.server(id).orElseThrow().endpoint();
  }

  /** Why a server could not be looked at, in words; empty if it could. */
  String unreachableReason(ServerId id) {
    return seen.server(id) instanceof Unreachable unreachable ? unreachable.detail() : "";
  }

  /** The proxies that answer and do something else than the routing says. */
  Set<ProxyName> proxiesOtherThan(Routing routing) {
    Set<ProxyName> result = new TreeSet<>();
    for (ProxySpec proxy : spec.proxies()) {
      if (seen.proxies().get(proxy.name()) instanceof ProxyObservation.Reachable reachable
          && !reachable.matches(routing)) {
        result.add(proxy.name());
      }
    }
    return result;
  }

  /** The proxies that answer and still send clients to that server. */
  Set<ProxyName> proxiesRoutingTo(ServerId server) {
    Set<ProxyName> result = new TreeSet<>();
    for (ProxySpec proxy : spec.proxies()) {
      if (seen.proxies().get(proxy.name()) instanceof ProxyObservation.Reachable reachable
          && (reachable.writers().contains(server) || reachable.readers().contains(server))) {
        result.add(proxy.name());
      }
    }
    return result;
  }

  /** The proxies that answer; telling the others something would only take its whole deadline. */
  Set<ProxyName> reachableProxies() {
    Set<ProxyName> names = new TreeSet<>();
    for (ProxySpec proxy : spec.proxies()) {
      if (seen.proxies().get(proxy.name()) instanceof ProxyObservation.Reachable) {
        names.add(proxy.name());
      }
    }
    return names;
  }

  /** One sentence for each proxy that does not answer or has something to warn of. */
  List<String> proxyProblems() {
    return spec.proxies().stream()
        .<String>mapMulti((proxy, sink) -> {
          switch (seen.proxies().get(proxy.name())) {
            case ProxyObservation.Unreachable(String detail) -> sink.accept(detail);
            case ProxyObservation.Reachable reachable -> reachable.warnings().forEach(sink);
            case null -> {}
          }
        })
        .toList();
  }

  /** The same, for a second decision on one look: what is counted in checks is counted already. */
  View again() {
    return new View(spec, state, seen.with(Observation.Trigger.EVENT));
  }

  boolean isDown(ServerId id) {
    ServerObservation observation = seen.server(id);
    return observation.isDown();
  }

  /**
   * Transactions that a replica holds or has received and that the source, read after it, lacks, or
   * has in another version.
   */
  GtidSet missingAtSource(ServerId id, Reachable replica, Reachable source) {
    return own(id, replica.received(), source);
  }

  View with(ClusterState newState) {
    return new View(spec, newState, seen);
  }
}
