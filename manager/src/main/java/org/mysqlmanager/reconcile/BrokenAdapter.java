package org.mysqlmanager.reconcile;

/** An adapter has thrown something, which no adapter does for what a server or a network does. */
final class BrokenAdapter {
  private BrokenAdapter() {}

  /**
   * What to throw for that: an {@code Error} stays one, as the whole process may be affected.
   *
   * @param doing what the adapter was asked to do
   */
  static IllegalStateException failure(String doing, Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("an adapter failed to " + doing, cause);
  }
}
