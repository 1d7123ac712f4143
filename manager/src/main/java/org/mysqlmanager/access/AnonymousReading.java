package org.mysqlmanager.access;

import java.util.Locale;

/** Where reading needs no user. */
public enum AnonymousReading {
  /** Over connections to this machine's loopback addresses. */
  LOOPBACK,
  EVERYWHERE,
  NOWHERE;

  /** As the configuration has it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
