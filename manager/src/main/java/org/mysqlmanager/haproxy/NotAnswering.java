package org.mysqlmanager.haproxy;

/** HAProxy did not answer, or not as its Runtime API does. The message is for people. */
final class NotAnswering extends Exception {
  private static final long serialVersionUID = 1L;

  /** What may have become of the command. */
  enum Command {
    NOT_SENT,
    PERHAPS_CARRIED_OUT
  }

  private final Command command;

  NotAnswering(String message, Command command) {
    super(message);
    this.command = command;
  }

  Command command() {
    return command;
  }
}
