package org.mysqlmanager.decide;

import java.util.List;
import java.util.Optional;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.HistoryRecord;

/**
 * What follows from one look: the state to store first, then at most one step.
 *
 * @param finished records of the operations that this decision ends; stored with the state
 */
public record Decision(ClusterState next, Optional<Step> step, List<HistoryRecord> finished) {
  public Decision {
    finished = List.copyOf(finished);
  }

  public static Decision only(ClusterState next) {
    return new Decision(next, Optional.empty(), List.of());
  }

  public static Decision step(ClusterState next, Step step) {
    return new Decision(next, Optional.of(step), List.of());
  }
}
