package org.mysqlmanager.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.mysqlmanager.access.Address;
import org.mysqlmanager.access.Question;
import org.mysqlmanager.access.Refusal;
import org.mysqlmanager.access.RefusalListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs failed log-ins and refusals that somebody should know of, a bounded number a minute: whoever
 * wants to can have thousands refused. One address's noise does not hide what another does. What is
 * not logged is counted, and told with the next line.
 */
public final class RefusalLog implements RefusalListener {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
  private static final int LINES_PER_MINUTE = 100;
  private static final int LINES_PER_MINUTE_AND_ADDRESS = 10;
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private static final InetAddress UNKNOWN = InetAddress.ofLiteral("0.0.0.0");

  private final LongSupplier nanos;
  private long minuteBegan;
  private int lines;
  private final Map<InetAddress, Integer> linesByAddress = new HashMap<>();
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
      case NO_CREDENTIALS -> {
        if (!question.isReading()) { // a browser's or a tool's first request to read has none
          log(refusal, question);
        }
      }
      case METHOD, BODY_TOO_LONG, BODY_LENGTH_UNKNOWN -> {} // ordinary mistakes
    }
  }

  private void log(Refusal refusal, Question question) {
    long untold = turn(question.remote().map(Address::counted).orElse(UNKNOWN));
    if (untold >= 0) {
      LOG.warn(
          "Refused a request of {} on the {} port for {}: {}{}{}.",
          RefusalListener.shown(question.remote()),
          question.endpoints(),
          ChangeLog.request(question),
          refusal.reason(),
          refusal.who().map(who -> ", as " + who).orElse(""),
          untold == 0 ? "" : " (and " + untold + " more in the last minutes)");
    }
  }

  /** How many were left out before this one, or -1 if this one is, too. */
  private synchronized long turn(InetAddress address) {
    long now = nanos.getAsLong();
    if (now - minuteBegan >= MINUTE_NANOS) {
      minuteBegan = now;
      lines = 0;
      linesByAddress.clear();
    }
    if (lines >= LINES_PER_MINUTE
        || linesByAddress.getOrDefault(address, 0) >= LINES_PER_MINUTE_AND_ADDRESS) {
      leftOut++;
      return -1;
    }
    lines++;
    linesByAddress.merge(address, 1, Integer::sum);
    long untold = leftOut;
    leftOut = 0;
    return untold;
  }
}
