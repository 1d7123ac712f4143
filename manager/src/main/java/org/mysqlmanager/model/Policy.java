package org.mysqlmanager.model;

import java.time.Duration;

/**
 * When a cluster is failed over, and what is expected of its replicas.
 *
 * @param masterFailureThreshold a source is failed over when it was found unreachable in more than
 *     this many checks in a row
 * @param minFailoverInterval no automatic failover begins sooner than this after the end of the
 *     last one, unless its old source has not joined yet; 0 for no such pause
 * @param maxFailoverLag a replica further behind than this is not promoted automatically
 * @param maxReaderLag a replica further behind than this gets no reads through the proxies
 * @param replicaSuperReadOnly whether replicas have {@code super_read_only=1} too; the default is
 *     0, so that an administrator can still repair a replica
 * @param cloneBrokenReplicas whether a replica whose replication cannot be restarted is cloned
 *     anew, if it has no transactions of its own
 * @param writeProbe whether and why the source is written to at each check
 */
public record Policy(
    int masterFailureThreshold,
    Duration minFailoverInterval,
    Duration maxFailoverLag,
    Duration maxReaderLag,
    boolean replicaSuperReadOnly,
    boolean cloneBrokenReplicas,
    WriteProbing writeProbe) {
  /** What holds for what an operator leaves out. */
  public static final Policy DEFAULT =
      new Policy(
          3,
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          false,
          false,
          WriteProbing.OFF);

  public Policy {
    if (masterFailureThreshold < 0 || masterFailureThreshold > 10_000) {
      throw new IllegalArgumentException(
          "master_failure_threshold %d is out of range: 0 to 10000"
              .formatted(masterFailureThreshold));
    }
    if (minFailoverInterval.isNegative()) {
      throw new IllegalArgumentException(
          "min_failover_interval %s must not be negative".formatted(minFailoverInterval));
    }
    requirePositive("max_failover_lag", maxFailoverLag);
    requirePositive("max_reader_lag", maxReaderLag);
  }

  private static void requirePositive(String field, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("%s %s must be more than 0".formatted(field, value));
    }
  }

  public Policy withMasterFailureThreshold(int threshold) {
    return new Policy(
        threshold,
        minFailoverInterval,
        maxFailoverLag,
        maxReaderLag,
        replicaSuperReadOnly,
        cloneBrokenReplicas,
        writeProbe);
  }

  public Policy withMinFailoverInterval(Duration interval) {
    return new Policy(
        masterFailureThreshold,
        interval,
        maxFailoverLag,
        maxReaderLag,
        replicaSuperReadOnly,
        cloneBrokenReplicas,
        writeProbe);
  }

  public Policy withCloneBrokenReplicas(boolean clone) {
    return new Policy(
        masterFailureThreshold,
        minFailoverInterval,
        maxFailoverLag,
        maxReaderLag,
        replicaSuperReadOnly,
        clone,
        writeProbe);
  }

  public Policy withWriteProbe(WriteProbing probing) {
    return new Policy(
        masterFailureThreshold,
        minFailoverInterval,
        maxFailoverLag,
        maxReaderLag,
        replicaSuperReadOnly,
        cloneBrokenReplicas,
        probing);
  }
}
