package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Whether a server belongs to the replication set-up, or has yet to. */
public enum Membership {
  /** Has never been a member: holds no data that matters. */
  @JsonProperty("new")
  NEW,
  /** The source, or a replica that has caught up once. */
  @JsonProperty("joined")
  JOINED,
  /** Was source when it was failed over, and has not come back since. */
  @JsonProperty("former_source")
  FORMER_SOURCE,
  /** Was a replica, but no longer follows the source. */
  @JsonProperty("lost")
  LOST;

  /** The name as it stands in ZooKeeper, in the API and in metrics. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
