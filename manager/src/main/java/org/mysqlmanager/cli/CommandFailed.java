package org.mysqlmanager.cli;

/** A command cannot go on, for a reason that the user can mend: one sentence and an exit code. */
public final class CommandFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  public CommandFailed(int exitCode, String sentence) {
    super(sentence);
    this.exitCode = exitCode;
  }

  /** What the process shall exit with; the sentence may be empty when that says it all. */
  public int exitCode() {
    return exitCode;
  }
}
