package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of a proxy: 1 to 63 characters of {@code A-Z a-z 0-9 . _ -}, the first a letter or a
 * digit. It is part of ZooKeeper paths, log lines and proxy commands, hence the narrow alphabet.
 */
public record ProxyName(@JsonValue String value) implements Comparable<ProxyName> {
  @JsonCreator
  public ProxyName {
    Names.requireValid("proxy", value);
  }

  @Override
  public int compareTo(ProxyName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
