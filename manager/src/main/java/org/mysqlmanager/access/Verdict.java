package org.mysqlmanager.access;

import java.util.Optional;

/** Whether a request is answered. */
public sealed interface Verdict {
  /**
   * It is.
   *
   * @param who asked, as it may be printed; empty if nobody had to say
   */
  record Allowed(Optional<String> who) implements Verdict {}

  /** It is not. */
  record Refused(Refusal refusal) implements Verdict {}
}
