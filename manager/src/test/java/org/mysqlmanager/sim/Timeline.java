package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What happened when, for people; and for the test that the same seed does the same. */
final class Timeline {
  private final boolean kept;
  private final List<String> lines = new ArrayList<>();
  private @Nullable String acknowledged;

  private Timeline(boolean kept) {
    this.kept = kept;
  }

  /** Keeps every line. */
  static Timeline kept() {
    return new Timeline(true);
  }

  /** Costs nothing. */
  static Timeline none() {
    return new Timeline(false);
  }

  void add(long at, String who, Supplier<String> what) {
    if (kept) {
      acknowledged = null;
      lines.add("%9.4f  %-6s %s".formatted(at / 1e9, who, what.get()));
    }
  }

  /** One line for many in a row. */
  void acknowledged(long at, Tx tx) {
    if (!kept) {
      return;
    }
    String before = acknowledged;
    if (before == null) {
      add(at, "client", () -> "acknowledged " + tx);
      acknowledged = lines.getLast();
    } else {
      lines.set(lines.size() - 1, before + " to " + tx + " at %.4f".formatted(at / 1e9));
    }
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
