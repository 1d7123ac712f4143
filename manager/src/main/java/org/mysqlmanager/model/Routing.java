package org.mysqlmanager.model;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a proxy shall send its clients: the complete desired set, of one writer or none and any
 * number of readers. What is not named here gets nothing.
 */
public record Routing(Optional<ServerId> writer, Set<ServerId> readers) {
  public static final Routing NOWHERE = new Routing(Optional.empty(), Set.of());

  public Routing {
    readers = Collections.unmodifiableSet(new TreeSet<>(readers));
  }

  /** The same without that server, as writer and as reader. */
  public Routing without(ServerId server) {
    Set<ServerId> rest = new TreeSet<>(readers);
    rest.remove(server);
    return new Routing(writer.filter(id -> !id.equals(server)), rest);
  }

  @Override
  public String toString() {
    return "writer " + writer.map(ServerId::value).orElse("none") + ", readers " + readers;
  }
}
