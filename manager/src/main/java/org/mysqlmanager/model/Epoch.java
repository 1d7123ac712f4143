package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The number of a leadership: each new leader's is higher than all before it. Zero: no leader yet.
 */
public record Epoch(@JsonValue long value) implements Comparable<Epoch> {
  public static final Epoch NONE = new Epoch(0);

  @JsonCreator
  public Epoch {
    if (value < 0) {
      throw new IllegalArgumentException("epoch " + value + " is negative");
    }
  }

  @Override
  public int compareTo(Epoch other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
