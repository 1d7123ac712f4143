package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.sim.Failure.Kind;

/**
 * Transactions in a file.
 *
 * @param gtids what the file says that it holds
 * @param content what it holds
 */
record SavedFile(GtidSet gtids, List<Tx> content) {
  /** Reads from a server's binary logs; all or nothing. */
  static SavedFile read(SimServer server, GtidSet wanted) throws Failure {
    if (!server.executed().contains(wanted)) {
      throw new Failure(Kind.ERROR, server + " has not executed all of it");
    }
    if (!wanted.intersect(server.purged()).isEmpty()) {
      throw new Failure(Kind.ERROR, server + " has purged some of it");
    }
    List<Tx> content = new ArrayList<>();
    GtidSet found = GtidSet.EMPTY;
    for (Tx tx : server.binlog()) {
      if (tx.isIn(wanted)) {
        content.add(tx);
        found = found.union(tx.set());
      }
    }
    if (!found.contains(wanted)) {
      throw new Failure(Kind.ERROR, server + " has no logs of some of it");
    }
    return new SavedFile(wanted, List.copyOf(content));
  }
}
