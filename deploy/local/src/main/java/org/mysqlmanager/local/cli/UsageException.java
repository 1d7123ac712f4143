package org.mysqlmanager.local.cli;

/** The command line is not understood; the message says what would be. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
