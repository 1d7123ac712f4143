package org.mysqlmanager.local.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The terminal that this program runs in, if it does. */
final class Terminal {
  private static final Pattern SIZE = Pattern.compile("(\\d+) (\\d+)\\s*");

  private Terminal() {}

  /**
   * Whether standard output goes to a terminal. {@code System.console()} would ask for standard
   * input too.
   */
  static boolean isOutput() {
    try {
      return new ProcessBuilder("test", "-t", "1").inheritIO().start().waitFor() == 0;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** How wide it is, if that can be found out. */
  static OptionalInt columns() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      stty.waitFor(1, TimeUnit.SECONDS);
      Matcher size = SIZE.matcher(output);
      return size.matches() && Integer.parseInt(size.group(2)) > 20
          ? OptionalInt.of(Integer.parseInt(size.group(2)))
          : OptionalInt.empty();
    } catch (IOException _) {
      return OptionalInt.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }
}
