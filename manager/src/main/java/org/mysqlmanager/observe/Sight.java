package org.mysqlmanager.observe;

/** How another manager says that it sees a server. */
public enum Sight {
  /** It answers, or at least refuses: it is alive. */
  UP,
  /** It does not answer. */
  DOWN
}
