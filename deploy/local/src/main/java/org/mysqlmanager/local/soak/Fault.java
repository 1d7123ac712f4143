package org.mysqlmanager.local.soak;

import org.mysqlmanager.local.link.Cut;

/** One thing that the nemesis does to a system, and undoes later. */
sealed interface Fault {
  /** The kind, for counting. */
  default String kind() {
    return switch (this) {
      case Kill kill -> "kill " + family(kill.name());
      case Freeze freeze -> "freeze " + family(freeze.name());
      case Restart restart -> "restart " + family(restart.name());
      case CutLink cut ->
          "cut %s %s"
              .formatted(cut.sides().word(), cut.how() == Cut.REFUSE ? "refusing" : "black hole");
      case Isolate isolate -> "isolate " + family(isolate.name());
      case LeaderInFailover leader ->
          "%s leader in failover".formatted(leader.fate() == Fate.KILLED ? "kill" : "freeze");
      case LonelySource _ -> "kill source that its replicas could not hear";
      case SourceAfterSource _ -> "kill new source before old has joined";
    };
  }

  private static String family(String component) {
    return switch (component.charAt(0)) {
      case 'm' -> "manager";
      case 'z' -> "zookeeper";
      case 's' -> "mysqld";
      default -> "proxy";
    };
  }

  /** {@code kill -9}, started again later. */
  record Kill(String name) implements Fault {}

  /** SIGSTOP, SIGCONT later. */
  record Freeze(String name) implements Fault {}

  /** An orderly end, started again later. */
  record Restart(String name) implements Fault {}

  /** Which directions of a link are cut. */
  enum Sides {
    ONE,
    BOTH;

    String word() {
      return this == ONE ? "one-sided" : "both sides";
    }
  }

  /** A link is cut, healed later. */
  record CutLink(String from, String to, Cut how, Sides sides) implements Fault {}

  /** All links of a component are cut. */
  record Isolate(String name, Cut how) implements Fault {}

  /** What becomes of a leader. */
  enum Fate {
    KILLED,
    FROZEN
  }

  /** What becomes of the write to ZooKeeper during which the leader is hit. */
  enum LastWrite {
    ARRIVES,
    IS_LOST
  }

  /**
   * The source is killed, and the leader is hit when it is about to write that the failover has got
   * to a step.
   */
  record LeaderInFailover(String step, Fate fate, LastWrite write) implements Fault {}

  /**
   * The source's replicas are cut off from it while it goes on taking writes, and then it is
   * killed: it has transactions that nobody else has.
   */
  record LonelySource() implements Fault {}

  /** The source is killed, and the new one before the old one is back. */
  record SourceAfterSource() implements Fault {}
}
