package org.mysqlmanager.haproxy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ServerId;

/**
 * The commands that lead from what was seen to what is wanted in one backend. A server that stays
 * as it is gets no command, so its clients notice nothing.
 */
final class RoutingChange {
  private final Backend backend;
  private final Set<ServerId> wanted;
  private final ClusterAddresses addresses;
  private final Commands commands;

  RoutingChange(
      Backend backend, Set<ServerId> wanted, ClusterAddresses addresses, Commands commands) {
    this.backend = backend;
    this.wanted = wanted;
    this.addresses = addresses;
    this.commands = commands;
  }

  /** Closes every line that must get nothing, and returns those that were not closed before. */
  List<BackendServer> close() throws Commands.Halted {
    List<BackendServer> closed = new ArrayList<>();
    for (BackendServer server : backend.servers()) {
      if (server.isRouted() && !isKept(server)) {
        commands.close(server);
        closed.add(server);
      }
    }
    return closed;
  }

  /** Opens those servers that are wanted; returns why some cannot be, one sentence each. */
  List<String> open() throws Commands.Halted {
    List<String> problems = new ArrayList<>();
    for (ServerId id : wanted) {
      Optional<BackendServer> line = lineOf(id);
      if (line.isPresent() && isKept(line.get()) && line.get().isOpen()) {
        continue;
      }
      Endpoint endpoint = addresses.endpoints().get(id);
      Optional<InetAddress> address = addresses.addressOf(id);
      if (endpoint == null) {
        problems.add("server " + id + " is not one of the cluster's");
      } else if (address.isEmpty()) {
        problems.add(
            "host '%s' of server %s does not resolve, and HAProxy takes addresses only: correct the server's host or the name service"
                .formatted(endpoint.host(), id));
      } else {
        open(id, line, address.get(), endpoint.port());
      }
    }
    return problems;
  }

  private void open(ServerId id, Optional<BackendServer> line, InetAddress address, int port)
      throws Commands.Halted {
    String path = line.map(BackendServer::path).orElse(backend.name() + "/" + id);
    if (line.isEmpty()) {
      commands.add(path, address, port);
    } else if (!addresses.identify(line.get()).equals(Optional.of(id))) {
      commands.move(path, address, port);
    }
    if (line.isPresent() && line.get().weight() == 0) {
      commands.restoreWeight(path);
    }
    commands.open(path);
  }

  /** Whether that line is the one through which a wanted server is, rightly, reached. */
  private boolean isKept(BackendServer server) {
    Optional<ServerId> id = addresses.identify(server);
    return id.isPresent()
        && wanted.contains(id.get())
        && lineOf(id.get()).equals(Optional.of(server));
  }

  /** The line to use for a server: the one of its name, else one with its address. */
  private Optional<BackendServer> lineOf(ServerId id) {
    return backend.servers().stream()
        .filter(server -> server.name().equals(id.value()))
        .findFirst()
        .or(() ->
            backend.servers().stream()
                .filter(server -> addresses.identify(server).equals(Optional.of(id)))
                .findFirst());
  }
}
