package org.mysqlmanager.zk;

/** One part of a transaction. Paths are relative to the root, without a slash at the start. */
public sealed interface Write {

  /** Where it writes. */
  String path();

  /**
   * Makes a new znode; those above it are made when they are missing.
   *
   * @param path must not exist
   * @param data its value
   */
  record Create(String path, String data) implements Write {}

  /**
   * Changes a value.
   *
   * @param path must exist
   * @param data the new value
   * @param expectedVersion the version that was read; 0 or more
   */
  record Set(String path, String data, int expectedVersion) implements Write {
    /** Refuses ZooKeeper's "any version". */
    public Set {
      checkVersion(path, expectedVersion);
    }
  }

  /**
   * Makes a new znode with the next number in its name, such as {@code history/entry-0000000007};
   * those above it are made when they are missing. After {@link WriteResult.Unknown} it may be
   * there, and another try may make a second one, unless the same transaction also changes
   * something whose version is checked.
   *
   * @param parentPath where it is put
   * @param prefix how its name begins; may be empty
   * @param data its value
   */
  record Append(String parentPath, String prefix, String data) implements Write {
    /** Refuses a prefix that is more than a part of a name. */
    public Append {
      if (prefix.contains("/")) {
        throw new IllegalArgumentException(
            "prefix is '%s': it is the beginning of a name and holds no '/'".formatted(prefix));
      }
    }

    @Override
    public String path() {
      return parentPath;
    }
  }

  /**
   * Removes a znode that has no children.
   *
   * @param path must exist
   * @param expectedVersion the version that was read; 0 or more
   */
  record Delete(String path, int expectedVersion) implements Write {
    /** Refuses ZooKeeper's "any version". */
    public Delete {
      checkVersion(path, expectedVersion);
    }
  }

  private static void checkVersion(String path, int expectedVersion) {
    if (expectedVersion < 0) {
      throw new IllegalArgumentException(
          "expectedVersion of '%s' is %d: give the version that was read"
              .formatted(path, expectedVersion));
    }
  }
}
