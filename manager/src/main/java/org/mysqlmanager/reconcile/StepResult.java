package org.mysqlmanager.reconcile;

/**
 * How carrying out a step ended. It is logged and counted; what happens next is decided by the next
 * observation, never by this.
 */
public sealed interface StepResult {
  StepResult DONE = new Done();

  /** It took effect. */
  record Done() implements StepResult {}

  /** It did not take effect, for a reason that people can read. */
  record Failed(String reason) implements StepResult {}

  /**
   * It may or may not have taken effect: no answer within the deadline, or the connection broke.
   */
  record Unknown(String reason) implements StepResult {}

  /** Not attempted, or not to its end: the permit was no longer valid. */
  record Refused() implements StepResult {}
}
