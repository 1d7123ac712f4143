package org.mysqlmanager.local.soak;

import java.util.Optional;
import java.util.Set;

/** Where a proxy sends writers to, asked of the proxy itself and not through a relay. */
interface Routing extends AutoCloseable {
  /** The servers that writers are sent to now, by name; empty when the proxy does not answer. */
  Optional<Set<String>> writers();

  @Override
  void close();
}
