package org.mysqlmanager.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of {@code deploy/}, with their {@code ${placeholders}} filled in. */
final class Template {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Za-z_]+)}");

  private Template() {}

  /** The text of a packaged file. */
  static String read(String resource) {
    try (InputStream in = Template.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not packaged");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fills in every placeholder outside of comments; one without a value is a bug. */
  static String fill(String resource, Map<String, String> values) {
    StringBuilder filled = new StringBuilder();
    read(resource)
        .lines()
        .forEach(line ->
            filled
                .append(line.startsWith("#") ? line : fillLine(resource, line, values))
                .append('\n'));
    return filled.toString();
  }

  private static String fillLine(String resource, String line, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(line)
        .replaceAll(match -> {
          String value = values.get(match.group(1));
          if (value == null) {
            throw new IllegalStateException(resource + ": no value for " + match.group());
          }
          return Matcher.quoteReplacement(value);
        });
  }
}
