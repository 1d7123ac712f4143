package org.mysqlmanager.zk;

/** What came of reading one value. */
public sealed interface ReadResult {

  /**
   * The value as it was a moment ago.
   *
   * @param data the value, as text
   * @param version goes up by one with each change; for {@link Write.Set} and {@link Write.Delete}
   */
  record Found(String data, int version) implements ReadResult {}

  /** There is no such znode. */
  record Absent() implements ReadResult {}

  /**
   * ZooKeeper did not say.
   *
   * @param cause in words
   */
  record Unavailable(String cause) implements ReadResult {}
}
