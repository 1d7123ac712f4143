package org.mysqlmanager.local;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ports that one component listens on, by what for; the first is the one that its users connect
 * to.
 *
 * @param byUse at least one, in order
 */
record NamedPorts(Map<String, Integer> byUse) {
  NamedPorts {
    if (byUse.isEmpty()) {
      throw new IllegalArgumentException("no port");
    }
    byUse = Collections.unmodifiableMap(new LinkedHashMap<>(byUse));
  }

  int of(String use) {
    Integer port = byUse.get(use);
    if (port == null) {
      throw new IllegalArgumentException("no port for %s among %s".formatted(use, byUse));
    }
    return port;
  }

  int first() {
    return byUse.values().iterator().next();
  }

  Collection<Integer> all() {
    return byUse.values();
  }
}
