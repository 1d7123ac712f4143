package org.mysqlmanager.sim;

/** An invariant does not hold. */
final class Violation extends Error {
  private static final long serialVersionUID = 1L;

  private final String invariant;

  /**
   * @param invariant its name, the same whenever it is violated
   * @param detail how, this time
   */
  Violation(String invariant, String detail) {
    super(invariant + ": " + detail, null, false, true);
    this.invariant = invariant;
  }

  String invariant() {
    return invariant;
  }
}
