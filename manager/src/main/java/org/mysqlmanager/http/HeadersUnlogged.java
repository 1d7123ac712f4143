package org.mysqlmanager.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Keeps passwords and tokens out of the log: below INFO, Jetty logs each request's headers. The
 * levels may be set by the configuration, by system properties, or by a task while the program
 * runs; this holds whatever they are.
 */
public final class HeadersUnlogged extends TurboFilter {
  private static final String JETTY = "org.eclipse.jetty";

  /** To be called when the logging has been configured, which takes all filters away. */
  public static void install() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      HeadersUnlogged filter = new HeadersUnlogged();
      filter.setContext(context);
      filter.start();
      context.addTurboFilter(filter);
    }
  }

  /** Whether that logger may not have that level. */
  static boolean isTooDetailed(String logger, Level level) {
    return logger.startsWith(JETTY) && !level.isGreaterOrEqual(Level.INFO);
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] parameters,
      @Nullable Throwable failure) {
    return isTooDetailed(logger.getName(), level) ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
