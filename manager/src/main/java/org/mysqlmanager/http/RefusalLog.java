package org.mysqlmanager.http;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.mysqlmanager.access.Question;
import org.mysqlmanager.access.Refusal;
import org.mysqlmanager.access.RefusalListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs failed log-ins and refusals that somebody should know of, a bounded number a minute: whoever
 * wants to can have thousands refused. What is not logged is counted, and told with the next line.
 */
public final class RefusalLog implements RefusalListener {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
  private static final int LINES_PER_MINUTE = 20;
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanos;
  private long minuteBegan;
  private int lines;
  private long leftOut;

  /**
   * @param nanos a clock that only goes forward, as {@link System#nanoTime}
   */
  public RefusalLog(LongSupplier nanos) {
    this.nanos = nanos;
    this.minuteBegan = nanos.getAsLong();
  }

  @Override
  public void refused(Refusal refusal, Question question) {
    switch (refusal.reason()) {
      case WRONG_CREDENTIALS, ROLE_MISSING, NOBODY_MAY, FOREIGN_PAGE -> log(refusal, question);
      case TOO_MANY_FAILED_LOGINS, TOO_MANY_REQUESTS, BUSY -> log(refusal, question);
      // A browser's or a tool's first request has none; the rest is an ordinary mistake.
      case NO_CREDENTIALS, METHOD, BODY_TOO_LONG, BODY_LENGTH_UNKNOWN -> {}
    }
  }

  private void log(Refusal refusal, Question question) {
    long untold = turn();
    if (untold >= 0) {
      LOG.warn(
          "Refused a request of {} on the {} port: {}{}{}.",
          RefusalListener.shown(question.remote()),
          question.endpoints(),
          refusal.reason(),
          refusal.who().map(who -> ", as '" + who + "'").orElse(""),
          untold == 0 ? "" : " (and " + untold + " more in the last minutes)");
    }
  }

  /** How many were left out before this one, or -1 if this one is, too. */
  private synchronized long turn() {
    long now = nanos.getAsLong();
    if (now - minuteBegan >= MINUTE_NANOS) {
      minuteBegan = now;
      lines = 0;
    }
    if (lines >= LINES_PER_MINUTE) {
      leftOut++;
      return -1;
    }
    lines++;
    long untold = leftOut;
    leftOut = 0;
    return untold;
  }
}
