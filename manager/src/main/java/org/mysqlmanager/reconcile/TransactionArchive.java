package org.mysqlmanager.reconcile;

import java.nio.file.Path;
import java.util.Optional;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Observation.SavedTransactions;

/** Where this manager keeps transactions that a server had and its cluster has not. Thread-safe. */
public interface TransactionArchive {
  /** The file for those transactions of that server; it need not exist. */
  Path fileFor(ClusterName cluster, ServerId server, GtidSet transactions);

  /** Remembers what the file, now complete, holds. */
  StepResult record(ClusterName cluster, ServerId server, GtidSet transactions);

  /** All transactions of that server that are kept here. */
  Optional<SavedTransactions> saved(ClusterName cluster, ServerId server);
}
