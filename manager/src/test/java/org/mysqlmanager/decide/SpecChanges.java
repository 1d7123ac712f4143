package org.mysqlmanager.decide;

import java.time.Duration;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.Policy;

/** Specs that differ in one setting. */
final class SpecChanges {
  private SpecChanges() {}

  static ClusterSpec withMaxFailoverLag(ClusterSpec spec, Duration lag) {
    Policy p = spec.policy();
    return spec.withPolicy(
        new Policy(
            p.masterFailureThreshold(),
            p.minFailoverInterval(),
            lag,
            p.maxReaderLag(),
            p.replicaSuperReadOnly(),
            p.cloneBrokenReplicas(),
            p.writeProbe()));
  }
}
