package org.mysqlmanager.decide;

/** Reasons that grow with what happens, up to a limit: they are kept in ZooKeeper. */
final class Sentences {
  private static final int LONGEST = 400;

  private Sentences() {}

  /** The text with the addition; of a long text only the beginning. */
  static String bounded(String text, String addition) {
    int room = Math.max(0, LONGEST - addition.length());
    return (text.length() <= room ? text : text.substring(0, room) + " …") + addition;
  }
}
