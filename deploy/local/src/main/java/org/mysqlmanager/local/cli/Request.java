package org.mysqlmanager.local.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.mysqlmanager.local.install.ProxyDistribution;

/** What the user asks for with {@code ./mm local …}. */
sealed interface Request {

  /**
   * Bring a system up.
   *
   * @param servers how many MySQL servers; empty: as many as its data has, or 2
   * @param proxy which proxy; empty: the one its data is for, or any
   * @param mysql the MySQL to run; empty: the first that is found
   * @param mode whether it goes on without this terminal
   */
  record Up(
      Optional<Integer> servers,
      Duration checkInterval,
      Optional<ProxyDistribution.Kind> proxy,
      Optional<Path> mysql,
      Mode mode)
      implements Request {}

  /**
   * Who owns the processes: this terminal, a launcher in the background, or we are that launcher.
   */
  enum Mode {
    FOREGROUND,
    DETACH,
    BACKGROUND
  }

  /** Do something to one component. */
  record Act(Action action, String name) implements Request {}

  /** What can be done to a component. */
  enum Action {
    KILL,
    PAUSE,
    RESUME,
    START,
    STOP;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  record Status() implements Request {}

  /**
   * End the running system.
   *
   * @param purge whether its data goes too
   */
  record Down(boolean purge) implements Request {}

  /** Read from ZooKeeper. */
  record Zookeeper(ZookeeperQuestion question, String path) implements Request {}

  /** What can be read from ZooKeeper. */
  enum ZookeeperQuestion {
    LS,
    GET;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Run a system of its own under load and faults.
   *
   * @param folder for the system, its logs and the report; empty: one below the usual folder
   */
  record Soak(
      Duration duration,
      long seed,
      int servers,
      Duration checkInterval,
      Optional<ProxyDistribution.Kind> proxy,
      Optional<Path> mysql,
      Optional<Path> folder)
      implements Request {}

  record Help() implements Request {}
}
