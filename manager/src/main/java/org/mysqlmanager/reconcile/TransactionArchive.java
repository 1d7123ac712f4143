package org.mysqlmanager.reconcile;

import java.nio.file.Path;
import java.util.List;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Observation.SavedTransactions;

/** Where this manager keeps transactions that a server had and its cluster has not. Thread-safe. */
public interface TransactionArchive {
  /**
   * The file for those transactions of that server; it need not exist.
   *
   * @param data see {@link SavedTransactions#data()}
   */
  Path fileFor(ClusterName cluster, ServerId server, String data, GtidSet transactions);

  /** Remembers what the file, now complete, holds. */
  StepResult record(ClusterName cluster, ServerId server, String data, GtidSet transactions);

  /** All transactions of that server that are kept here, one entry for each data it has had. */
  List<SavedTransactions> saved(ClusterName cluster, ServerId server);
}
