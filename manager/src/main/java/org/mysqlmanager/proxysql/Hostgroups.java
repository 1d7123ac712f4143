package org.mysqlmanager.proxysql;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;

/** Our two hostgroups, the servers that may be in them, and how ProxySQL connects to those. */
record Hostgroups(
    int writer, int reader, NavigableMap<ServerId, Endpoint> servers, BackendTls tls) {
  static Hostgroups of(ProxySpec proxy, Map<ServerId, Endpoint> servers, BackendTls tls) {
    return new Hostgroups(
        proxy.writerHostgroup(),
        proxy.readerHostgroup(),
        Collections.unmodifiableNavigableMap(new TreeMap<>(servers)),
        tls);
  }

  /** {@code (10,20)}, for SQL. */
  String list() {
    return "(%d,%d)".formatted(writer, reader);
  }

  Optional<ServerId> identify(Slot slot) {
    return servers.entrySet().stream()
        .filter(server ->
            server.getValue().host().equals(slot.host()) && server.getValue().port() == slot.port())
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** The rows that the routing asks for, the writer's first. */
  Set<Slot> slots(Routing routing) {
    Set<Slot> slots = new LinkedHashSet<>();
    routing.writer().map(servers::get).ifPresent(at -> slots.add(slot(writer, at)));
    for (ServerId id : routing.readers()) {
      Endpoint at = servers.get(id);
      if (at != null) {
        slots.add(slot(reader, at));
      }
    }
    return slots;
  }

  /** Servers that the routing names and the cluster does not have. */
  List<ServerId> strangers(Routing routing) {
    List<ServerId> strangers = new ArrayList<>(routing.readers());
    routing.writer().ifPresent(strangers::add);
    strangers.removeAll(servers.keySet());
    return strangers;
  }

  private static Slot slot(int hostgroup, Endpoint endpoint) {
    return new Slot(hostgroup, endpoint.host(), endpoint.port());
  }
}
