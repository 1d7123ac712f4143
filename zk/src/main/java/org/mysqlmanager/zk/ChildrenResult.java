package org.mysqlmanager.zk;

import java.util.List;

/** What came of listing the children of a znode. */
public sealed interface ChildrenResult {

  /**
   * The children as they were a moment ago.
   *
   * @param names the last segments of their paths, sorted; those of {@link Write.Append} thereby in
   *     the order of writing
   */
  record Listed(List<String> names) implements ChildrenResult {
    /** Copies the list. */
    public Listed {
      names = List.copyOf(names);
    }
  }

  /** There is no such znode, and so no children. */
  record Absent() implements ChildrenResult {}

  /**
   * ZooKeeper did not say.
   *
   * @param cause in words
   */
  record Unavailable(String cause) implements ChildrenResult {}
}
