package org.mysqlmanager.mysql;

/** The right to change something has ended, or a newer leader is at work on this server. */
final class PermitLostException extends Exception {
  private static final long serialVersionUID = 1L;

  PermitLostException(String message) {
    super(message);
  }
}
