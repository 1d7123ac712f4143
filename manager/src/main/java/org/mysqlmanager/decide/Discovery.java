package org.mysqlmanager.decide;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.Bootstrap;
import org.mysqlmanager.model.Operation.BootstrapStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.ServerObservation.Unreachable;

/**
 * Finds out which server is the source of a cluster that nobody has decided about yet. Waits until
 * everything answers; adopts what replicates; starts afresh with what is empty; leaves the rest to
 * an operator. Touches nothing.
 */
final class Discovery {
  private Discovery() {}

  static Decision decide(ClusterSpec spec, ClusterState state, Observation seen) {
    List<String> missing = missingServers(spec, seen);
    if (!missing.isEmpty()) {
      return waiting(state, missing);
    }
    Optional<String> problem = Preflight.problem(spec, seen);
    if (problem.isPresent()) {
      return needsOperator(state, problem.get());
    }
    Map<ServerId, Reachable> servers = new TreeMap<>();
    spec.serverIds().forEach(id -> servers.put(id, seen.reachable(id).orElseThrow()));
    boolean anyReplicates = servers.values().stream().anyMatch(s -> s.replication().isPresent());
    if (anyReplicates) {
      return adoptReplicating(spec, state, servers);
    }
    if (servers.values().stream().allMatch(Preflight::isFresh)) {
      return startAfresh(spec, state, seen);
    }
    if (servers.size() == 1) {
      ServerId only = spec.serverIds().getFirst();
      return adopt(spec, state, only, Map.of(), only + " is the only server and holds data");
    }
    List<ServerId> withData =
        servers.entrySet().stream()
            .filter(server -> !Preflight.isFresh(server.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (withData.size() == 1) {
      return adoptTheOneWithData(spec, state, seen, withData.getFirst());
    }
    return needsOperator(
        state,
        "servers that hold data do not replicate from each other: %s; nothing was touched: make one a replica of the other by hand, or empty the one whose data is not wanted"
            .formatted(describe(spec, servers)));
  }

  private static Decision waiting(ClusterState state, List<String> missing) {
    return Decision.only(
        state.withPhase(
            Phase.WAITING, "waiting for all servers and proxies: " + String.join("; ", missing)));
  }

  private static List<String> missingServers(ClusterSpec spec, Observation seen) {
    List<String> missing = new ArrayList<>();
    for (ServerId id : spec.serverIds()) {
      if (seen.server(id) instanceof Unreachable unreachable) {
        missing.add(unreachable.detail());
      }
    }
    return missing;
  }

  private static List<String> missingProxies(ClusterSpec spec, Observation seen) {
    List<String> missing = new ArrayList<>();
    for (ProxySpec proxy : spec.proxies()) {
      switch (seen.proxies().get(proxy.name())) {
        case ProxyObservation.Unreachable(String detail) -> missing.add(detail);
        case ProxyObservation.Reachable _ -> {}
        case null -> missing.add("proxy " + proxy.name() + " was not looked at");
      }
    }
    return missing;
  }

  private static Decision startAfresh(ClusterSpec spec, ClusterState state, Observation seen) {
    Optional<String> lack = Preflight.missingPrivileges(spec, seen);
    if (lack.isPresent()) {
      return needsOperator(state, lack.get());
    }
    // Whether a proxy sends clients elsewhere must be known before anything is made anew.
    List<String> missing = missingProxies(spec, seen);
    if (!missing.isEmpty()) {
      return waiting(state, missing);
    }
    ServerId first = spec.serverIds().getFirst();
    Optional<String> elsewhere = otherWriter(spec, seen, first);
    if (elsewhere.isPresent()) {
      return needsOperator(
          state,
          "all servers are empty, yet %s: take that out of the proxy, if the data is really meant to be new"
              .formatted(elsewhere.get()));
    }
    Map<ServerId, ServerState> servers = new TreeMap<>();
    spec.serverIds().forEach(id -> servers.put(id, ServerState.unjoined(Membership.NEW)));
    servers.put(first, ServerState.joined(Role.SOURCE));
    String why =
        "all servers are empty: %s, the first in the spec, becomes source".formatted(first);
    Bootstrap bootstrap =
        new Bootstrap(first, BootstrapStep.OPEN_SOURCE, why, seen.at(), List.of());
    ClusterState begun =
        state
            .withSource(first, servers)
            .withOperation(bootstrap)
            .withPhase(Phase.BOOTSTRAPPING, why);
    return Bootstrapping.decide(new View(spec, begun, seen), bootstrap);
  }

  /** The others are empty and join; unless a proxy knows that writes have gone elsewhere. */
  private static Decision adoptTheOneWithData(
      ClusterSpec spec, ClusterState state, Observation seen, ServerId source) {
    List<String> missing = missingProxies(spec, seen);
    if (!missing.isEmpty()) {
      return waiting(state, missing);
    }
    Optional<String> elsewhere = otherWriter(spec, seen, source);
    if (elsewhere.isPresent()) {
      return needsOperator(
          state,
          "%s is the only server that holds data, yet %s: if no newer data is lost there, take that out of the proxy"
              .formatted(source, elsewhere.get()));
    }
    return adopt(
        spec, state, source, Map.of(), source + " holds data and all other servers are empty");
  }

  /** A proxy that sends writes to another server than that one, in words. */
  private static Optional<String> otherWriter(
      ClusterSpec spec, Observation seen, ServerId expected) {
    for (ProxySpec proxy : spec.proxies()) {
      if (seen.proxies().get(proxy.name()) instanceof ProxyObservation.Reachable reachable
          && reachable.writers().stream().anyMatch(writer -> !writer.equals(expected))) {
        return Optional.of(
            "proxy %s sends writes to %s".formatted(proxy.name(), reachable.writers()));
      }
    }
    return Optional.empty();
  }

  private static Decision adoptReplicating(
      ClusterSpec spec, ClusterState state, Map<ServerId, Reachable> servers) {
    Map<ServerId, ServerId> follows = new HashMap<>();
    for (Map.Entry<ServerId, Reachable> entry : servers.entrySet()) {
      Optional<Replication> replication = entry.getValue().replication();
      if (replication.isPresent()) {
        Optional<ServerId> source = serverAt(spec, servers, replication.get());
        if (source.isEmpty()) {
          return needsOperator(
              state,
              "%s replicates from %s, which is no server of this cluster: add that server to the spec, or end the replication by hand"
                  .formatted(entry.getKey(), replication.get().source()));
        }
        follows.put(entry.getKey(), source.get());
      }
    }
    List<ServerId> roots =
        spec.serverIds().stream()
            .filter(id -> follows.containsValue(id) && !follows.containsKey(id))
            .toList();
    if (roots.size() != 1) {
      return needsOperator(
          state,
          (roots.isEmpty()
                  ? "the servers replicate in a circle: %s; end the replication of the one that shall be source"
                  : "the servers replicate from more than one source: %s; leave one source by hand")
              .formatted(describe(spec, servers)));
    }
    ServerId root = roots.getFirst();
    Map<ServerId, Membership> members = new TreeMap<>();
    for (ServerId id : spec.serverIds()) {
      Reachable server = servers.get(id);
      if (id.equals(root) || server == null) {
        continue;
      }
      Reachable source = servers.get(root);
      if (root.equals(follows.get(id))) {
        members.put(id, Membership.JOINED);
      } else if (follows.containsKey(id)
          || (!server.executed().isEmpty()
              && source != null
              && source.executed().contains(server.executed()))) {
        members.put(id, Membership.LOST);
      } else if (Preflight.isFresh(server)) {
        members.put(id, Membership.NEW);
      } else {
        return needsOperator(
            state,
            "%s holds data of its own and replicates from nowhere, while %s is the source of others: make it a replica by hand, or empty it"
                .formatted(id, root));
      }
    }
    return adopt(spec, state, root, members, "the servers already replicate from " + root);
  }

  private static Decision adopt(
      ClusterSpec spec,
      ClusterState state,
      ServerId source,
      Map<ServerId, Membership> members,
      String why) {
    Map<ServerId, ServerState> servers = new TreeMap<>();
    for (ServerId id : spec.serverIds()) {
      Membership membership = members.getOrDefault(id, Membership.NEW);
      servers.put(
          id,
          membership == Membership.JOINED
              ? ServerState.joined(Role.REPLICA)
              : ServerState.unjoined(membership));
    }
    servers.put(source, ServerState.joined(Role.SOURCE));
    return Decision.only(
        state.withSource(source, servers).withPhase(Phase.DEGRADED, why + ": adopted as it is"));
  }

  private static Optional<ServerId> serverAt(
      ClusterSpec spec, Map<ServerId, Reachable> servers, Replication replication) {
    for (ServerSpec server : spec.servers()) {
      Reachable seen = servers.get(server.name());
      if (server.endpoint().equals(replication.source())
          || (seen != null && seen.identity().uuid().equals(replication.sourceUuid()))) {
        return Optional.of(server.name());
      }
    }
    return Optional.empty();
  }

  private static String describe(ClusterSpec spec, Map<ServerId, Reachable> servers) {
    List<String> parts = new ArrayList<>();
    for (ServerId id : spec.serverIds()) {
      Reachable server = servers.get(id);
      if (server != null) {
        String from =
            server
                .replication()
                .map(replication -> "replicates from " + replication.source())
                .orElse(Preflight.isFresh(server) ? "is empty" : "holds data");
        parts.add(id + " " + from);
      }
    }
    return String.join(", ", parts);
  }

  private static Decision needsOperator(ClusterState state, String reason) {
    return Decision.only(state.withPhase(Phase.NEEDS_OPERATOR, reason));
  }
}
