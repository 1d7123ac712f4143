package org.mysqlmanager.local;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ports of one component, by what for; the first is the one that its users connect to.
 *
 * @param byUse those that others know; at least one, in order
 * @param listening those that the process listens on: the same, unless a relay has those that
 *     others know
 */
record NamedPorts(Map<String, Integer> byUse, Map<String, Integer> listening) {
  NamedPorts {
    if (byUse.isEmpty()) {
      throw new IllegalArgumentException("no port");
    }
    if (!byUse.keySet().equals(listening.keySet())) {
      throw new IllegalArgumentException(byUse + " are not for the same uses as " + listening);
    }
    byUse = Collections.unmodifiableMap(new LinkedHashMap<>(byUse));
    listening = Collections.unmodifiableMap(new LinkedHashMap<>(listening));
  }

  /** Ports that are not relayed. */
  NamedPorts(Map<String, Integer> byUse) {
    this(byUse, byUse);
  }

  int of(String use) {
    return port(use, byUse);
  }

  int listening(String use) {
    return port(use, listening);
  }

  private static int port(String use, Map<String, Integer> ports) {
    Integer port = ports.get(use);
    if (port == null) {
      throw new IllegalArgumentException("no port for %s among %s".formatted(use, ports));
    }
    return port;
  }

  int first() {
    return byUse.values().iterator().next();
  }

  /** All that the process listens on. */
  Collection<Integer> allListening() {
    return listening.values();
  }

  boolean areRelayed() {
    return !byUse.equals(listening);
  }
}
