package org.mysqlmanager.zk;

import java.util.List;

/** What came of one transaction. */
public sealed interface WriteResult {

  /**
   * All of it was written.
   *
   * @param written one entry for each {@link Write}, in their order
   */
  record Written(List<Entry> written) implements WriteResult {
    /** Copies the list. */
    public Written {
      written = List.copyOf(written);
    }
  }

  /**
   * Where one {@link Write} went.
   *
   * @param path relative to the root; of an append, with the number it was given
   * @param version the version it has now; of a deleted znode, the one it had
   */
  record Entry(String path, int version) {}

  /**
   * Nothing was written: somebody else was there first. Read again.
   *
   * @param path the first one that was not as expected
   * @param reason what was not
   */
  record Conflict(String path, Reason reason) implements WriteResult {}

  /** Nothing was written, and never will be in this term: a later leader has raised the epoch. */
  record Deposed() implements WriteResult {}

  /**
   * Nothing was written, for a reason that will not pass by itself, such as a value that is too
   * large.
   *
   * @param reason in words
   */
  record Refused(String reason) implements WriteResult {}

  /**
   * It may have been written, now or later, or not at all. Read to know; a later write decides it,
   * as the versions that this one expects are gone then.
   *
   * @param cause in words
   */
  record Unknown(String cause) implements WriteResult {}

  /** How a znode was not as a {@link Write} expected it. */
  enum Reason {
    /** Its value was changed since it was read. */
    VERSION_DIFFERS,
    /** It was to be created and is there. */
    EXISTS_ALREADY,
    /** It was to be changed or deleted and is not there. */
    MISSING,
    /** It was to be deleted and has children. */
    HAS_CHILDREN
  }
}
