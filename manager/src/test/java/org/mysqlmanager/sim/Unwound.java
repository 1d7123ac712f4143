package org.mysqlmanager.sim;

/** Ends a coroutine that will never be resumed, when its seed is over. */
final class Unwound extends Error {
  private static final long serialVersionUID = 1L;

  Unwound() {
    super("the seed is over", null, false, false);
  }
}
