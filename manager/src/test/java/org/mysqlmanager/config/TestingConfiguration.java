package org.mysqlmanager.config;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import jakarta.validation.Validator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Reads configurations from text, with an environment of the test's own. */
final class TestingConfiguration {
  static final String FILE = "mm.yml";

  /** The least that is accepted. */
  static final String LEAST =
      """
      zookeeper: {password: z1}
      credentials:
        manager: {password: m1}
        replication: {password: r1}
        monitor: {password: o1}
        application: {password: a1}
      clusters:
        - name: main
          servers:
            - {name: s1, host: 127.0.0.1, port: 3306}
            - {name: s2, host: 127.0.0.1, port: 3307}
      """;

  private static final Validator VALIDATOR = Validators.newValidator();

  private TestingConfiguration() {}

  static ManagerConfiguration read(String yaml, Map<String, String> environment)
      throws IOException, ConfigurationException {
    return new ConfigurationReader(VALIDATOR, Jackson.newObjectMapper(), "dw", environment::get)
        .build(_ -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), FILE);
  }
}
