package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What a server is for in its cluster, as decided. */
public enum Role {
  /** Takes the writes. */
  @JsonProperty("source")
  SOURCE,
  /** Follows the source. */
  @JsonProperty("replica")
  REPLICA;

  /** The name as it stands in ZooKeeper, in the API and in metrics. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
