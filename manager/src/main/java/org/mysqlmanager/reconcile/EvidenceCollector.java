package org.mysqlmanager.reconcile;

import java.util.Optional;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.Evidence;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.WriteProbe;

/**
 * What a leader knows beside its look at a cluster: what the other managers say, and whether the
 * source can write. Used by one thread, the cluster's own.
 */
final class EvidenceCollector {
  private final ClusterName cluster;
  private final Parts parts;

  /** Whether what the other managers say may change the next decision. */
  private boolean awaitsWitnesses;

  EvidenceCollector(ClusterName cluster, Parts parts) {
    this.cluster = cluster;
    this.parts = parts;
  }

  /** Whether news in the store is worth a round, even if the state is the same. */
  boolean mayChange() {
    return awaitsWitnesses;
  }

  /** On which server the next decision depends most: the source, or who is to take over. */
  static Optional<ServerId> decisive(ClusterState state) {
    return state.operation().orElse(null) instanceof Operation.Failover failover
        ? Optional.of(failover.candidate())
        : state.source();
  }

  /** At each check of a source that is not being replaced and answered the last time. */
  Optional<WriteProber> startWriteProbe(
      Trigger trigger, Members current, ClusterState state, Permit permit, ClusterStatus before) {
    boolean isWanted =
        trigger == Trigger.CHECK
            && current.spec().writeProbe() != WriteProbing.OFF
            && !(state.operation().orElse(null) instanceof Operation.Failover);
    return state
        .source()
        .filter(_ -> isWanted)
        .filter(source -> current.spec().server(source).isPresent())
        .filter(source -> before.observation().flatMap(look -> look.reachable(source)).isPresent())
        .map(source -> WriteProber.start(parts.threads(), current.server(source), permit));
  }

  /** What is known beside the look; the other managers are only asked where it matters. */
  Evidence collect(
      Observation seen, ClusterState state, Optional<WriteProber> prober, ClusterStatus before) {
    Evidence evidence = seen.evidence().withLastFailure(before.lastFailure());
    awaitsWitnesses = decisive(state).filter(id -> seen.server(id).isDown()).isPresent();
    if (awaitsWitnesses) {
      evidence = evidence.withWitnesses(parts.store().witnesses(cluster));
    }
    if (prober.isPresent()) {
      Optional<WriteProbe> probe = prober.get().await(parts.observeTimeout().toNanos());
      if (probe.isPresent()) {
        evidence = evidence.withWriteProbe(probe.get());
      }
    }
    return evidence;
  }
}
