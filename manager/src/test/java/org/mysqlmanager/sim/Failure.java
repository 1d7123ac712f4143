package org.mysqlmanager.sim;

/** A request that did not get the answer it wanted. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is known of the request. */
  enum Kind {
    /** Nobody listens: it was not carried out. */
    REFUSED,
    /** The connection broke: perhaps it was carried out. */
    LINK_LOST,
    /** No answer in time: perhaps it was carried out, or will be. */
    TIMED_OUT,
    /** The other side says no. */
    ERROR
  }

  private final Kind kind;

  Failure(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  boolean isLinkLost() {
    return kind != Kind.ERROR;
  }
}
