package org.mysqlmanager.containers;

import static org.junit.jupiter.api.Assumptions.abort;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
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
  private static final String LOOPBACK = "127.0.0.1";

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

  /**
   * The address that ports are published on, and where they are found: the loopback where the
   * engine is on this machine, otherwise the one address of the engine's machine that leads there.
   * Testcontainers names the bridge's address on any machine that looks like a container itself; if
   * one of this machine's own interfaces has it, the engine is here.
   */
  static String host() {
    String found = DockerClientFactory.instance().dockerHostIpAddress();
    try {
      InetAddress address = InetAddress.getByName(found);
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null
          ? LOOPBACK
          : address.getHostAddress();
    } catch (IOException e) {
      throw new UncheckedIOException("the Docker engine's machine, " + found + ", is unknown", e);
    }
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
