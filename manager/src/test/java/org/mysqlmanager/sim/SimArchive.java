package org.mysqlmanager.sim;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Observation.SavedTransactions;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.reconcile.TransactionArchive;

/** One manager's directory of saved transactions; it survives the process. */
final class SimArchive implements TransactionArchive {
  private final String managerId;
  private final Map<Path, SavedFile> files = new TreeMap<>();
  private final Set<Path> labelled = new TreeSet<>();
  private final Map<ServerId, Map<String, SavedTransactions>> known = new TreeMap<>();

  SimArchive(String managerId) {
    this.managerId = managerId;
  }

  @Override
  public Path fileFor(ClusterName cluster, ServerId server, String data, GtidSet transactions) {
    return Path.of(server + "-" + data + "-" + transactions.toString().replace('\n', ' '));
  }

  /** A file that holds exactly those transactions is kept as it is. */
  StepResult write(Path file, SavedFile content) {
    files.putIfAbsent(file, content);
    return StepResult.DONE;
  }

  @Override
  public StepResult record(
      ClusterName cluster, ServerId server, String data, GtidSet transactions) {
    Path file = fileFor(cluster, server, data, transactions);
    labelled.add(file);
    known
        .computeIfAbsent(server, _ -> new TreeMap<>())
        .merge(
            data,
            new SavedTransactions(data, transactions, managerId + ":" + file),
            (before, now) ->
                new SavedTransactions(
                    data, before.transactions().union(now.transactions()), now.place()));
    return StepResult.DONE;
  }

  @Override
  public List<SavedTransactions> saved(ClusterName cluster, ServerId server) {
    return List.copyOf(known.getOrDefault(server, Map.of()).values());
  }

  /** What is really kept, and recorded as kept. */
  List<Tx> content() {
    List<Tx> content = new ArrayList<>();
    labelled.forEach(file -> {
      SavedFile saved = files.get(file);
      if (saved != null) {
        content.addAll(saved.content());
      }
    });
    return content;
  }
}
