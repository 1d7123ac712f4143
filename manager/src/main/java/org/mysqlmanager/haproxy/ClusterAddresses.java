package org.mysqlmanager.haproxy;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.net.AddressBook;
import org.mysqlmanager.net.Deadline;

/**
 * Which server of the cluster stands behind a line of a backend. The address decides, as that is
 * where clients end up; the name only where the server's own address is not known.
 *
 * @param known the addresses each server's host stands for now; none where it does not resolve
 */
record ClusterAddresses(
    NavigableMap<ServerId, Endpoint> endpoints, Map<ServerId, List<InetAddress>> known) {

  static ClusterAddresses lookUp(
      NavigableMap<ServerId, Endpoint> endpoints, AddressBook book, Deadline deadline) {
    Map<ServerId, List<InetAddress>> known = new TreeMap<>();
    endpoints.forEach((id, endpoint) -> known.put(id, book.addressesOf(endpoint.host(), deadline)));
    return new ClusterAddresses(endpoints, known);
  }

  Optional<ServerId> identify(BackendServer server) {
    List<ServerId> candidates = endpoints.keySet().stream().filter(id -> isAt(server, id)).toList();
    return candidates.stream()
        .filter(id -> id.value().equals(server.name()))
        .findFirst()
        .or(() -> candidates.stream().findFirst())
        .or(() ->
            endpoints.keySet().stream()
                .filter(id -> id.value().equals(server.name()) && !isResolved(id))
                .findFirst());
  }

  boolean isResolved(ServerId id) {
    return !known.getOrDefault(id, List.of()).isEmpty();
  }

  /** The address to tell HAProxy, or empty if the host does not resolve. */
  Optional<InetAddress> addressOf(ServerId id) {
    return known.getOrDefault(id, List.of()).stream().findFirst();
  }

  private boolean isAt(BackendServer server, ServerId id) {
    Endpoint endpoint = endpoints.get(id);
    return endpoint != null
        && endpoint.port() == server.port()
        && known.getOrDefault(id, List.of()).stream()
            .anyMatch(address -> isLiteral(server.address(), address));
  }

  private static boolean isLiteral(String text, InetAddress address) {
    try {
      return InetAddress.ofLiteral(text).equals(address);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
