package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * Whether the source's ability to write is tried with a row of its own at every check, and what
 * follows if it answers but cannot write: its disk is full or read-only, or a commit is stuck.
 */
public enum WriteProbing {
  /** Nothing is written. For clusters in which nobody but their users may write. */
  @JsonProperty("off")
  OFF,
  /**
   * The status says so, and an operator decides. The safe choice: the source is alive, so a
   * failover may lose what its replicas have not received, and replicas of the same size commonly
   * run out of room at the same time.
   */
  @JsonProperty("alarm")
  ALARM,
  /**
   * More than {@code master_failure_threshold} such checks in a row count as the source's failure.
   */
  @JsonProperty("failover")
  FAILOVER;

  /** The name as it stands in the configuration and in ZooKeeper. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
