package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of a cluster: 1 to 63 characters of {@code A-Z a-z 0-9 . _ -}, the first a letter or a
 * digit. It is part of ZooKeeper paths, log lines and proxy commands, hence the narrow alphabet.
 */
public record ClusterName(@JsonValue String value) implements Comparable<ClusterName> {
  @JsonCreator
  public ClusterName {
    Names.requireValid("cluster", value);
  }

  @Override
  public int compareTo(ClusterName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
