package org.mysqlmanager.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What one component runs: the recipe for a process, without the process. */
interface Program {
  String name();

  /** The folder of its data and configuration; it runs there. */
  Path folder();

  Path log();

  NamedPorts ports();

  /** Writes configuration and data as they must be before a start. Called before each start. */
  void prepare();

  List<String> command();

  default Map<String, String> environment() {
    return Map.of();
  }

  /** Whether it is started again when it ends with mysqld's "restart me". */
  default boolean restartsOnRequest() {
    return false;
  }

  /** One look, bounded to about a second, at whether it answers its users. */
  boolean isReady();

  /** How long a start may take on a slow machine. */
  default Duration startDeadline() {
    return Duration.ofSeconds(60);
  }

  /** How long an orderly end may take before it is killed. */
  default Duration stopDeadline() {
    return Duration.ofSeconds(20);
  }
}
