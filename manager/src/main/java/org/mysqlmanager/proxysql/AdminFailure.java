package org.mysqlmanager.proxysql;

/**
 * ProxySQL did not answer, or said no. The message is a sentence for people, without a password.
 */
final class AdminFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** What became of the statement. */
  enum Statement {
    NOT_CARRIED_OUT,
    PERHAPS_CARRIED_OUT
  }

  private final Statement statement;

  AdminFailure(String message, Statement statement) {
    super(message);
    this.statement = statement;
  }

  Statement statement() {
    return statement;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
