package org.mysqlmanager.containers;

import static org.junit.jupiter.api.Assumptions.abort;

import com.github.dockerjava.api.DockerClient;
import java.util.Locale;
import org.testcontainers.DockerClientFactory;

/** The Docker engine, where one answers. Thread-safe. */
final class Engine {
  /** What {@code -Dmysqlmanager.containers=...} says. */
  private enum Wanted {
    /** Where an engine answers. */
    AUTO,
    /** What cannot run is a failure. */
    REQUIRED,
    OFF
  }

  private static final String PROPERTY = "mysqlmanager.containers";

  private Engine() {}

  /** The client. Skips the test, or fails it, where no engine answers. */
  static DockerClient client() {
    if (wanted() == Wanted.OFF) {
      abort("skipped: -D" + PROPERTY + "=off");
    }
    DockerClient client;
    try {
      client = DockerClientFactory.instance().client();
    } catch (RuntimeException e) {
      throw unavailable("no Docker engine answers (" + e.getMessage() + ")", e);
    }
    Session.begin(client);
    return client;
  }

  /** Where published ports are. */
  static String host() {
    return DockerClientFactory.instance().dockerHostIpAddress();
  }

  /**
   * Something that the suite needs is not to be had: skips the test, or fails it where the suite is
   * required.
   *
   * @return never
   */
  static RuntimeException unavailable(String reason, Throwable cause) {
    if (wanted() == Wanted.REQUIRED) {
      throw new AssertionError(reason, cause);
    }
    return abort("skipped: " + reason);
  }

  private static Wanted wanted() {
    return Wanted.valueOf(System.getProperty(PROPERTY, "auto").toUpperCase(Locale.ROOT));
  }
}
