package org.mysqlmanager.local.process;

/**
 * Something on this machine is not as it must be. The message is one for the user: what, and what
 * would help.
 */
public final class LocalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LocalException(String message) {
    super(message);
  }

  public LocalException(String message, Throwable cause) {
    super(message, cause);
  }
}
