package org.mysqlmanager.local;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A manager's configuration as a tree, in which single settings can be changed by their path, such
 * as {@code zookeeper.session_timeout} or {@code clusters.0.servers.1.port}.
 */
final class ManagerSettings {
  private final Map<String, Object> tree;

  ManagerSettings(Map<String, Object> tree) {
    this.tree = tree;
  }

  /**
   * Sets one value, making the maps on the way to it.
   *
   * @throws IllegalArgumentException when the path leads through something that is neither a map
   *     nor a list of that length
   */
  void set(String path, Object value) {
    String[] keys = path.split("\\.", -1);
    Object node = tree;
    for (int i = 0; i < keys.length - 1; i++) {
      node = child(node, keys[i], path);
    }
    put(node, keys[keys.length - 1], value, path);
  }

  String toYaml() {
    return Yaml.write(tree);
  }

  @SuppressWarnings("unchecked") // the tree is made of these types only
  private static Object child(Object node, String key, String path) {
    return switch (node) {
      case Map<?, ?> map ->
          ((Map<String, Object>) map)
              .computeIfAbsent(key, _ -> new LinkedHashMap<String, Object>());
      case List<?> list when isIndex(key, list.size()) -> list.get(Integer.parseInt(key));
      default -> throw new IllegalArgumentException("no such setting: " + path);
    };
  }

  @SuppressWarnings("unchecked")
  private static void put(Object node, String key, Object value, String path) {
    switch (node) {
      case Map<?, ?> map -> ((Map<String, Object>) map).put(key, value);
      case List<?> list when isIndex(key, list.size()) ->
          ((List<Object>) list).set(Integer.parseInt(key), value);
      default -> throw new IllegalArgumentException("no such setting: " + path);
    }
  }

  private static boolean isIndex(String key, int size) {
    return key.matches("\\d{1,4}") && Integer.parseInt(key) < size;
  }

  /** A map that keeps the order of its entries: key, value, key, value. */
  static Map<String, Object> map(Object... entries) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i += 2) {
      map.put((String) entries[i], entries[i + 1]);
    }
    return map;
  }

  /** A list whose items can be replaced. */
  static List<Object> list(List<?> items) {
    return new ArrayList<>(items);
  }
}
