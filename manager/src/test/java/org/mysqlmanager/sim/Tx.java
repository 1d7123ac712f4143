package org.mysqlmanager.sim;

import org.mysqlmanager.model.GtidSet;

/**
 * One transaction. Its identity is the object's: two may have the same GTID, which is a fault of
 * somebody.
 */
final class Tx {
  private final String uuid;
  private final long number;
  private final long committedAt;
  private final String part;
  private final GtidSet set;

  /**
   * @param part of the initial set-up, that it creates; empty if it is a client's
   */
  Tx(String uuid, long number, long committedAt, String part) {
    this.uuid = uuid;
    this.number = number;
    this.committedAt = committedAt;
    this.part = part;
    this.set = new GtidSet.Builder().add(uuid, "", number).build();
  }

  boolean isIn(GtidSet gtids) {
    return gtids.contains(uuid, "", number);
  }

  String uuid() {
    return uuid;
  }

  String part() {
    return part;
  }

  long committedAt() {
    return committedAt;
  }

  GtidSet set() {
    return set;
  }

  @Override
  public String toString() {
    return uuid.substring(uuid.length() - 2) + ":" + number;
  }
}
