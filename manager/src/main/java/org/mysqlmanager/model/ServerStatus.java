package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How a server was last found; written when it changes. */
public enum ServerStatus {
  /** Not looked at yet. */
  @JsonProperty("unknown")
  UNKNOWN,
  /** Answers, and does what its role asks. */
  @JsonProperty("up")
  UP,
  /** Does not answer within the deadline. */
  @JsonProperty("down")
  DOWN,
  /** Answers, but does not let the manager in: password, connections all used, certificate. */
  @JsonProperty("refusing")
  REFUSING,
  /** The source, but closed for writes. */
  @JsonProperty("read_only")
  READ_ONLY,
  /** The source, open for writes, but a write does not succeed. */
  @JsonProperty("write_failing")
  WRITE_FAILING,
  /** Not the source and no member, but open for writes. */
  @JsonProperty("open")
  OPEN,
  /** Up, but not yet a replica of the source. */
  @JsonProperty("joining")
  JOINING,
  /** Its data is being replaced by a copy of the source. */
  @JsonProperty("cloning")
  CLONING,
  /** A replica whose receiver or applier does not run. */
  @JsonProperty("replication_broken")
  REPLICATION_BROKEN,
  /** A replica whose read-only flags are not what its role asks. */
  @JsonProperty("wrong_flags")
  WRONG_FLAGS,
  /** Holds transactions that the source does not have. */
  @JsonProperty("diverged")
  DIVERGED;

  /** The name as it stands in ZooKeeper, in the API and in metrics. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
