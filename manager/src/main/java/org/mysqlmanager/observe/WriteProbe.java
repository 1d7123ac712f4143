package org.mysqlmanager.observe;

import org.mysqlmanager.model.Printable;

/**
 * How an attempt to write to a server ended. A server can answer every question and still accept no
 * write: its disk is full, its file system has become read-only, or a commit is stuck.
 */
public sealed interface WriteProbe {
  /** A row was committed. */
  record Written() implements WriteProbe {}

  /**
   * The server answers, but the write failed or did not end in time: so do those of its clients.
   *
   * @param reason one sentence for people
   */
  record Failed(String reason) implements WriteProbe {
    public Failed {
      reason = Printable.line(reason);
    }
  }

  /**
   * Nothing is known: the permit has ended, the server is read-only, or it could not be reached.
   *
   * @param reason one sentence for people
   */
  record NotTried(String reason) implements WriteProbe {
    public NotTried {
      reason = Printable.line(reason);
    }
  }
}
