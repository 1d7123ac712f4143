package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How a cluster is, as a whole. */
public enum Phase {
  /** Nothing decided yet: not all servers were seen up so far. */
  @JsonProperty("waiting")
  WAITING,
  /** A fresh source is being set up, or replicas join for the first time. */
  @JsonProperty("bootstrapping")
  BOOTSTRAPPING,
  /** The source takes writes, every replica follows it, every proxy is right. */
  @JsonProperty("running")
  RUNNING,
  /** The source takes writes, or is not yet given up; something else is amiss. */
  @JsonProperty("degraded")
  DEGRADED,
  /** The source is being replaced. */
  @JsonProperty("failing_over")
  FAILING_OVER,
  /** Neither the source nor any replica answers. */
  @JsonProperty("unavailable")
  UNAVAILABLE,
  /** Nothing can be done without a human decision; the reason says which. */
  @JsonProperty("needs_operator")
  NEEDS_OPERATOR;

  /** The name as it stands in ZooKeeper, in the API and in metrics. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
