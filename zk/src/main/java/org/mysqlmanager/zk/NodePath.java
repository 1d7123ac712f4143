package org.mysqlmanager.zk;

import java.util.regex.Pattern;
import org.apache.zookeeper.common.PathUtils;

/** The rules for paths and ids, and how a path relative to the root becomes ZooKeeper's. */
final class NodePath {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private NodePath() {}

  /** Refuses a root that ZooKeeper would refuse, or that would mix our znodes with its own. */
  static void checkRoot(String rootPath) {
    String remedy = "give an absolute path such as /my-service";
    if (!rootPath.startsWith("/") || rootPath.length() == 1) {
      throw new IllegalArgumentException("rootPath is '%s': %s".formatted(rootPath, remedy));
    }
    if (rootPath.equals("/zookeeper") || rootPath.startsWith("/zookeeper/")) {
      throw new IllegalArgumentException(
          "rootPath is '%s', which ZooKeeper keeps for itself: %s".formatted(rootPath, remedy));
    }
    checkByZooKeeper("rootPath", rootPath, rootPath, remedy);
  }

  /**
   * Refuses an id that could not be one path segment everywhere.
   *
   * @return the id
   */
  static String checkId(String field, String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "%s is '%s': use 1 to 100 letters, digits, '.', '_' or '-', a letter or digit first"
              .formatted(field, id));
    }
    return id;
  }

  /**
   * The absolute path of {@code relative}, such as {@code clusters/a/state}, under {@code root}.
   */
  static String resolve(String root, String relative) {
    String remedy = "give a path relative to the root, such as group/name";
    if (relative.isEmpty() || relative.startsWith("/")) {
      throw new IllegalArgumentException("path is '%s': %s".formatted(relative, remedy));
    }
    String absolute = root + "/" + relative;
    checkByZooKeeper("path", relative, absolute, remedy);
    return absolute;
  }

  /** The opposite of {@link #resolve}. */
  static String relativise(String root, String absolute) {
    return absolute.startsWith(root + "/") ? absolute.substring(root.length() + 1) : absolute;
  }

  /** The last segment of a path. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The path above; empty when there is none but ZooKeeper's own root. */
  static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  private static void checkByZooKeeper(String field, String shown, String path, String remedy) {
    try {
      PathUtils.validatePath(path);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s is '%s', which ZooKeeper does not allow (%s): %s"
              .formatted(field, shown, e.getMessage(), remedy),
          e);
    }
  }
}
