package org.mysqlmanager.haproxy;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.net.AddressBook;
import org.mysqlmanager.net.Deadline;

/** What HAProxy said of our two backends at one time, and who is who in them. */
record Look(Optional<Backend> writer, Optional<Backend> readers, ClusterAddresses addresses) {

  static Look take(
      RuntimeApi api,
      ProxySpec proxy,
      NavigableMap<ServerId, Endpoint> endpoints,
      AddressBook addressBook,
      Deadline deadline)
      throws NotAnswering {
    Optional<Backend> writer = backend(api, proxy.writerBackend(), deadline);
    Optional<Backend> readers = backend(api, proxy.readerBackend(), deadline);
    return new Look(writer, readers, ClusterAddresses.lookUp(endpoints, addressBook, deadline));
  }

  private static Optional<Backend> backend(RuntimeApi api, String name, Deadline deadline)
      throws NotAnswering {
    try {
      return Backend.parse(name, api.ask(Backend.question(name), deadline));
    } catch (Backend.Unreadable e) {
      throw new NotAnswering(
          "%s: what answers there is no stats socket of HAProxy ('%s'): check host and admin_port, and whether the socket speaks TLS (tls.mode of this proxy)"
              .formatted(api.named(), e.getMessage()),
          NotAnswering.Command.PERHAPS_CARRIED_OUT);
    }
  }

  /** All servers of both backends. */
  List<BackendServer> servers() {
    return Stream.concat(writer.stream(), readers.stream())
        .flatMap(backend -> backend.servers().stream())
        .toList();
  }

  /** The servers of the cluster that clients can reach through that backend now. */
  Set<ServerId> routed(Optional<Backend> backend) {
    Set<ServerId> found = new TreeSet<>();
    for (BackendServer server : backend.map(Backend::servers).orElse(List.of())) {
      if (server.isRouted()) {
        addresses.identify(server).ifPresent(found::add);
      }
    }
    return found;
  }

  /** What clients can reach and is no server of the cluster. */
  Set<String> unknown() {
    Set<String> found = new TreeSet<>();
    for (BackendServer server : servers()) {
      if (server.isRouted() && addresses.identify(server).isEmpty()) {
        found.add(server.described());
      }
    }
    return found;
  }
}
