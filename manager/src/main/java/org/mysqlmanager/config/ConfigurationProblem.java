package org.mysqlmanager.config;

import io.dropwizard.configuration.ConfigurationException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with the configuration file: one sentence with file, line, setting and remedy. */
public final class ConfigurationProblem extends ConfigurationException {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  ConfigurationProblem(String file, String sentence, @Nullable Throwable cause) {
    super(file, List.of(sentence), cause);
    this.sentence = sentence;
  }

  /** The sentence alone. */
  @Override
  public String getMessage() {
    return sentence;
  }
}
