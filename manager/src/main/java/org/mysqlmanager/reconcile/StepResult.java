package org.mysqlmanager.reconcile;

import org.mysqlmanager.model.Printable;

/**
 * How carrying out a step ended. It is logged and counted; what happens next is decided by the next
 * observation, never by this. A reason is one printable line, whatever a server put into it.
 */
public sealed interface StepResult {
  StepResult DONE = new Done();

  /** It took effect. */
  record Done() implements StepResult {}

  /** It did not take effect, for a reason that people can read. */
  record Failed(String reason) implements StepResult {
    public Failed {
      reason = Printable.line(reason);
    }
  }

  /**
   * It may or may not have taken effect: no answer within the deadline, or the connection broke.
   */
  record Unknown(String reason) implements StepResult {
    public Unknown {
      reason = Printable.line(reason);
    }
  }

  /** Not attempted, or not to its end: the permit was no longer valid. */
  record Refused() implements StepResult {}
}
