package org.mysqlmanager.local.cli;

import java.io.PrintStream;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.mysqlmanager.local.LocalSystem;

/**
 * Shows the status as it changes: a table that is drawn over itself on a terminal, else a line for
 * each change.
 */
final class LiveStatus {
  private static final int WIDTH_WITHOUT_TERMINAL = 120;

  private final LocalSystem system;
  private final PrintStream out;
  private final boolean terminal;
  private List<String> shown = List.of();
  private int width = WIDTH_WITHOUT_TERMINAL;

  LiveStatus(LocalSystem system, PrintStream out) {
    this.system = system;
    this.out = out;
    this.terminal = Terminal.isOutput();
  }

  /** Looks once and shows what is new. */
  void refresh() {
    StatusText status = new StatusText(system, system.clusterStatus());
    if (terminal) {
      redraw(status.table());
    } else {
      printChanges(status);
    }
  }

  private void printChanges(StatusText status) {
    List<String> lines = status.table();
    for (String line : lines) {
      if (!shown.contains(line) && !line.startsWith("NAME")) {
        out.println(
            LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + "  " + line);
      }
    }
    out.flush();
    shown = lines;
  }

  private void redraw(List<String> lines) {
    int columns = Terminal.columns().orElse(WIDTH_WITHOUT_TERMINAL);
    if (lines.equals(shown) && columns == width) {
      return;
    }
    StringBuilder screen = new StringBuilder();
    if (!shown.isEmpty()) {
      screen.append("\033[%dA".formatted(shown.size())); // to the first line of what is shown
    }
    screen.append("\033[J"); // and clear all from there
    for (String line : lines) {
      screen.append(line, 0, Math.min(line.length(), columns - 1)).append('\n');
    }
    out.print(screen);
    out.flush();
    shown = lines;
    width = columns;
  }
}
