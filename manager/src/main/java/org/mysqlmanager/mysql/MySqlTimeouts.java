package org.mysqlmanager.mysql;

import java.time.Duration;

/**
 * How long things may take, each as a hard bound.
 *
 * @param connect for TCP, TLS and login
 * @param observe for one whole look at a server, connecting included
 * @param command for one call that changes something, connecting included
 */
public record MySqlTimeouts(Duration connect, Duration observe, Duration command) {
  public MySqlTimeouts {
    requirePositive("connect", connect);
    requirePositive("observe", observe);
    requirePositive("command", command);
  }

  private static void requirePositive(String name, Duration value) {
    if (value.toMillis() < 1) {
      throw new IllegalArgumentException(
          "MySQL timeout " + name + " is " + value + ": use 1 ms or more");
    }
  }
}
