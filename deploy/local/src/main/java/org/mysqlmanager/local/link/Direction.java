package org.mysqlmanager.local.link;

/**
 * From one component to another, by their names.
 *
 * @param from who sends
 * @param to who receives
 */
record Direction(String from, String to) {
  Direction opposite() {
    return new Direction(to, from);
  }
}
