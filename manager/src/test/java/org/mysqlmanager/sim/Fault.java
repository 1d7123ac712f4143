package org.mysqlmanager.sim;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that goes wrong, at a time or at a moment of some step, and for how long.
 *
 * @param number its place in the plan, by which it can be left out
 * @param moment empty if it comes at a time
 * @param at nanoseconds from the beginning; one that waits for a moment does so from then on
 * @param one whom it concerns: a number from 0 on, or {@link #LEADER} or {@link #SOURCE}
 * @param other for what lies between two: a place in the network
 * @param lasting nanoseconds until it is put right
 */
record Fault(
    int number, @Nullable Moment moment, long at, Kind kind, int one, int other, long lasting) {
  /** Instead of a number: whoever leads, or is source, then; at a moment, who is concerned. */
  static final int LEADER = -1;

  static final int SOURCE = -1;

  /** What goes wrong. */
  enum Kind {
    KILL_MANAGER,
    FREEZE_MANAGER,
    RESIGN,
    CRASH_SERVER,
    FREEZE_SERVER,
    CRASH_PROXY,
    FREEZE_PROXY,
    STOP_ZOOKEEPER,
    CUT_MANAGER,
    CUT_SERVER,
    SLOW_MANAGER,
    BREAK_APPLIER,
    PURGE_LOGS,
    FILL_DISK,
    FAIL_CALL,
    LOSE_REPLY,
    CUT_TARGET,
    CRASH_TARGET,
    FREEZE_TARGET
  }

  /** Where in a step. */
  enum Point {
    /** The state that says so is about to be written. */
    BEFORE_WRITE,
    /** It is written; a statement is about to be sent. */
    BEFORE_EFFECT,
    /** A statement was carried out, and nobody knows yet. */
    AFTER_EFFECT
  }

  /**
   * A moment of a step.
   *
   * @param step as {@code operation/step}
   * @param skip so many of these moments pass first
   */
  record Moment(String step, Point point, int skip) {}

  @Override
  public String toString() {
    return "#%d %s %s%s %s for %.1f s"
        .formatted(
            number,
            moment == null
                ? "at %.3f s:".formatted(at / 1e9)
                : "%s %s (after %d, from %.1f s):"
                    .formatted(
                        moment.point().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        moment.step(),
                        moment.skip(),
                        at / 1e9),
            kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
            moment != null || kind == Kind.STOP_ZOOKEEPER
                ? ""
                : one < 0 ? " (leader or source)" : " " + (one + 1),
            other > 0 ? "from place " + other : "",
            lasting / 1e9);
  }
}
