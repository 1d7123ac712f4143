package org.mysqlmanager.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Printable;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /tasks/log-level?logger=NAME&level=DEBUG&duration=PT10M}: sets how much is logged;
 * with a duration, only for that long. It takes the place of Dropwizard's task of that name, which
 * takes a misspelt level for DEBUG, and forgets the configured one. Thread-safe.
 */
public final class LogLevelTask extends Task {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLevelTask.class);

  private static final List<Level> LEVELS =
      List.of(Level.OFF, Level.ERROR, Level.WARN, Level.INFO, Level.DEBUG, Level.TRACE);
  private static final List<String> PARAMETERS = List.of("logger", "level", "duration");
  private static final int MOST_LOGGERS = 10;
  private static final Pattern LOGGER = Pattern.compile("[A-Za-z0-9_$]+(?:[.][A-Za-z0-9_$]+)*");
  private static final int LONGEST_LOGGER = 200;
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  /**
   * A level that holds for a time.
   *
   * @param number differs from that of one that was set in its place
   * @param before the logger's own level before that, null if it had its parent's
   */
  private record Temporary(long number, @Nullable Level before, Future<?> end) {}

  private final ScheduledExecutorService timer;
  private final Map<Logger, Temporary> temporary = new HashMap<>();
  private long number;

  public LogLevelTask(ScheduledExecutorService timer) {
    super("log-level");
    this.timer = timer;
  }

  /**
   * Sets the level of all these loggers, or of none.
   *
   * @throws IllegalArgumentException with a sentence, if that is not what can be asked for
   */
  @Override
  public void execute(Map<String, List<String>> parameters, PrintWriter output) {
    parameters.keySet().stream()
        .filter(name -> !PARAMETERS.contains(name))
        .findFirst()
        .ifPresent(name -> {
          throw new IllegalArgumentException(
              "there is no parameter %s: give logger, level, and duration for a time only"
                  .formatted(Printable.quoted(name)));
        });
    Level level = level(one(parameters, "level"));
    Optional<Duration> duration = one(parameters, "duration").map(LogLevelTask::duration);
    List<String> names = loggers(parameters.getOrDefault("logger", List.of()), level);
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    for (String name : names) {
      set(context.getLogger(name), level, duration);
      String sentence =
          "The level of the logger %s is %s now%s."
              .formatted(name, level, duration.map(time -> ", for " + time).orElse(""));
      LOG.info("{}", sentence);
      output.println(sentence);
    }
  }

  private synchronized void set(Logger logger, Level level, Optional<Duration> duration) {
    Temporary earlier = temporary.remove(logger);
    Level before = earlier == null ? logger.getLevel() : earlier.before();
    if (earlier != null) {
      earlier.end().cancel(false);
    }
    logger.setLevel(level);
    if (duration.isPresent()) {
      long own = ++number;
      Future<?> end =
          timer.schedule(() -> end(logger, own), duration.get().toMillis(), TimeUnit.MILLISECONDS);
      temporary.put(logger, new Temporary(own, before, end));
    }
  }

  private synchronized void end(Logger logger, long own) {
    Temporary over = temporary.get(logger);
    if (over != null && over.number() == own) {
      temporary.remove(logger);
      logger.setLevel(over.before());
      LOG.info("The level of the logger {} is what it was before.", logger.getName());
    }
  }

  private static Optional<String> one(Map<String, List<String>> parameters, String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new IllegalArgumentException("%s is given more than once".formatted(name));
    }
    return values.stream().findFirst();
  }

  private static Level level(Optional<String> text) {
    return LEVELS.stream()
        .filter(level -> level.toString().equals(text.orElse("").toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "level %s is none: give one of %s"
                    .formatted(
                        Printable.quoted(text.orElse(null)),
                        LEVELS.stream().map(Level::toString).collect(Collectors.joining(", ")))));
  }

  private static Duration duration(String text) {
    try {
      Duration duration = Duration.parse(text);
      if (duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "duration %s is not one of a second to a day: give it in the form PT90S, PT10M or PT2H"
            .formatted(Printable.quoted(text)));
  }

  private static List<String> loggers(List<String> names, Level level) {
    if (names.isEmpty() || names.size() > MOST_LOGGERS) {
      throw new IllegalArgumentException(
          "logger is given %d times: give one to %d, such as org.mysqlmanager or ROOT"
              .formatted(names.size(), MOST_LOGGERS));
    }
    for (String name : names) {
      if (name.length() > LONGEST_LOGGER || !LOGGER.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "logger %s is none: give the name of a class or package, or ROOT"
                .formatted(Printable.quoted(name)));
      }
      if (HeadersUnlogged.isTooDetailed(name, level)) {
        throw new IllegalArgumentException(
            "logger %s with the level %s would log the Authorization headers of requests: INFO is the most detailed level for it"
                .formatted(name, level));
      }
    }
    return names;
  }
}
