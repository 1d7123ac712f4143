package org.mysqlmanager.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.mysqlmanager.model.ClusterSpec;

/** How the configured spec of a cluster differs from the stored one, which is the one in force. */
final class SpecDifferences {
  private SpecDifferences() {}

  /** One sentence for each setting that differs; none if the specs are equal. */
  static List<String> between(ClusterSpec configured, ClusterSpec stored) {
    List<String> differences = new ArrayList<>();
    add(differences, "servers", configured.servers(), stored.servers());
    add(differences, "proxies", configured.proxies(), stored.proxies());
    add(
        differences,
        "master_failure_threshold",
        configured.masterFailureThreshold(),
        stored.masterFailureThreshold());
    add(
        differences,
        "min_failover_interval",
        configured.minFailoverInterval(),
        stored.minFailoverInterval());
    add(differences, "max_failover_lag", configured.maxFailoverLag(), stored.maxFailoverLag());
    add(differences, "max_reader_lag", configured.maxReaderLag(), stored.maxReaderLag());
    add(
        differences,
        "replica_super_read_only",
        configured.replicaSuperReadOnly(),
        stored.replicaSuperReadOnly());
    add(
        differences,
        "clone_broken_replicas",
        configured.cloneBrokenReplicas(),
        stored.cloneBrokenReplicas());
    add(differences, "write_probe", configured.writeProbe(), stored.writeProbe());
    add(differences, "tls", configured.tls(), stored.tls());
    add(differences, "setup", configured.setup(), stored.setup());
    return differences;
  }

  private static void add(List<String> to, String field, Object configured, Object stored) {
    if (!Objects.equals(configured, stored)) {
      to.add(
          "%s: the configuration says %s, ZooKeeper (in force) says %s"
              .formatted(field, configured, stored));
    }
  }
}
