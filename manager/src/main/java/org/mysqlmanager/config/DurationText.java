package org.mysqlmanager.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import java.io.IOException;
import java.time.Duration;

/** Durations as people write them: {@code 500ms}, {@code 5s}, {@code 15m}, {@code 2h}. */
public final class DurationText {
  private static final Duration LONGEST = Duration.ofDays(365);

  private DurationText() {}

  /**
   * Reads a whole number and a unit.
   *
   * @throws IllegalArgumentException if the text is anything else, or more than a year
   */
  static Duration parse(String text) {
    Duration parsed;
    try {
      parsed = io.dropwizard.util.Duration.parse(text.strip()).toJavaDuration();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("too long", e);
    }
    if (parsed.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("too long");
    }
    return parsed;
  }

  /** The shortest text that reads the same, to the millisecond. */
  public static String print(Duration duration) {
    if (duration.toMillisPart() != 0 || duration.isZero()) {
      return duration.toMillis() + "ms";
    }
    if (duration.toSecondsPart() != 0) {
      return duration.toSeconds() + "s";
    }
    return duration.toMinutesPart() != 0 ? duration.toMinutes() + "m" : duration.toHours() + "h";
  }

  /** Lets every {@link Duration} of the configuration be written that way. */
  static final class Deserializer extends StdScalarDeserializer<Duration> {
    Deserializer() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = parser.getText();
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw context.weirdStringException(text, Duration.class, "not a duration");
      }
    }
  }
}
