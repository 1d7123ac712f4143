package org.mysqlmanager.cli;

import java.util.Map;

/** Colours for a terminal, or none. */
enum Paint {
  NONE,
  ANSI;

  private static final String RESET = "\u001b[0m";
  private static final String BOLD = "\u001b[1m";
  private static final String RED = "\u001b[31m";
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";

  /** Colours only where a person looks on and has not asked for none (https://no-color.org). */
  @SuppressWarnings("SystemConsoleNull") // in JDK 25 it is null again where there is no terminal
  static Paint forOutput(Map<String, String> environment) {
    boolean isTerminal = System.console() != null && System.console().isTerminal();
    boolean isUnwanted = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return isTerminal && !isUnwanted ? ANSI : NONE;
  }

  String bold(String text) {
    return with(BOLD, text);
  }

  String warning(String text) {
    return with(YELLOW, text);
  }

  /** Green for what is well, yellow for what is under way, red for what is not well. */
  String phase(String phase) {
    return switch (phase) {
      case "running" -> with(GREEN, phase);
      case "waiting", "bootstrapping", "failing_over", "degraded" -> with(YELLOW, phase);
      default -> with(RED, phase);
    };
  }

  private String with(String colour, String text) {
    return this == ANSI ? colour + text + RESET : text;
  }
}
