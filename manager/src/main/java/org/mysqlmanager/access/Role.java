package org.mysqlmanager.access;

import java.util.Locale;

/** What a user may do, each role including those before it. */
public enum Role {
  /** Reading. */
  VIEWER,
  /** Whatever changes something. */
  OPERATOR;

  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }

  /** As the configuration has it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
