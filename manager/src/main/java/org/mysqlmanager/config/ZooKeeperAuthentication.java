package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How a manager shows ZooKeeper who it is, and so who may read and write its znodes. */
public enum ZooKeeperAuthentication {
  /** With a user and a password; every znode is for that user alone. */
  @JsonProperty("digest")
  DIGEST,
  /** Not at all: whoever reaches ZooKeeper reads and writes every znode. */
  @JsonProperty("none")
  NONE;

  /** The name as it stands in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
