package org.mysqlmanager.observe;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.mysqlmanager.model.Printable;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;

/** How one look at one proxy ended. What the proxy said of itself is printable lines. */
public sealed interface ProxyObservation {
  /** The admin interface could not be used. The detail is one sentence for people. */
  record Unreachable(String detail) implements ProxyObservation {
    public Unreachable {
      detail = Printable.line(detail);
    }
  }

  /**
   * What is in force in the proxy now (not merely configured).
   *
   * @param initialised whether users, variables and hostgroups or backends are set up as we need
   *     them
   * @param writers servers of the cluster that get writes
   * @param readers servers of the cluster that get reads
   * @param unknownBackends addresses in our hostgroups or backends that are no server of the
   *     cluster
   * @param persisted whether a restart of the proxy would bring back the same
   * @param warnings what an operator should know, one sentence each
   */
  record Reachable(
      boolean initialised,
      Set<ServerId> writers,
      Set<ServerId> readers,
      Set<String> unknownBackends,
      boolean persisted,
      List<String> warnings)
      implements ProxyObservation {
    public Reachable {
      writers = Collections.unmodifiableSet(new TreeSet<>(writers));
      readers = Collections.unmodifiableSet(new TreeSet<>(readers));
      unknownBackends =
          Collections.unmodifiableSet(
              new TreeSet<>(unknownBackends.stream().map(Printable::line).toList()));
      warnings = warnings.stream().map(Printable::line).toList();
    }

    /** Whether clients are sent exactly where the routing says. */
    public boolean matches(Routing routing) {
      Set<ServerId> wanted = routing.writer().map(Set::of).orElse(Set.of());
      return initialised
          && persisted
          && unknownBackends.isEmpty()
          && writers.equals(wanted)
          && readers.equals(routing.readers());
    }
  }
}
