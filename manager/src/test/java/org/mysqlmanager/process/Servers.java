package org.mysqlmanager.process;

import java.util.List;

/**
 * Three servers by their parts in a failover.
 *
 * @param old the source that is replaced
 * @param candidate the first of the others, in the order of the spec: it takes over
 * @param third the other one
 */
record Servers(String old, String candidate, String third) {
  /** The parts that they have when that source fails and the others have received the same. */
  static Servers of(List<String> servers, String source) {
    List<String> others = servers.stream().filter(server -> !server.equals(source)).toList();
    return new Servers(source, others.get(0), others.get(1));
  }
}
