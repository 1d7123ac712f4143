package org.mysqlmanager.cli;

import io.dropwizard.configuration.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import net.sourceforge.argparse4j.inf.ArgumentParserException;

/** How a command's failure is told. */
public final class Failures {
  private static final int USAGE = 2;
  private static final int FAILED = 1;
  private static final String JETTY_CANNOT_BIND = "Failed to bind to ";

  private Failures() {}

  /** One sentence where the user can mend it, else the stack trace that a bug report needs. */
  static void print(Throwable failure, PrintWriter err) {
    Optional<String> sentence = sentence(failure);
    if (sentence.isEmpty()) {
      failure.printStackTrace(err);
    } else if (!sentence.get().isEmpty()) {
      err.println(sentence.get());
    }
    err.flush();
  }

  /** 1, 2 for a wrong command line, or what the command asks for. */
  public static int exitCode(Throwable failure) {
    return switch (failure) {
      case CommandFailed failed -> failed.exitCode();
      case ArgumentParserException _ -> USAGE;
      default -> FAILED;
    };
  }

  private static Optional<String> sentence(Throwable failure) {
    if (failure instanceof ConfigurationException || failure instanceof CommandFailed) {
      return Optional.of(String.valueOf(failure.getMessage()));
    }
    String message = String.valueOf(failure.getMessage());
    int cannotBind = message.indexOf(JETTY_CANNOT_BIND);
    if (!(failure instanceof IOException) && failure.getCause() != null) {
      return sentence(failure.getCause()); // Jetty wraps it, depending on which connector it is
    }
    if (failure instanceof IOException && cannotBind >= 0) {
      String cause = failure.getCause() == null ? null : failure.getCause().getMessage();
      return Optional.of(
          "cannot listen on %s (%s): choose another port or bindHost under server:, or end what uses it"
              .formatted(
                  message.substring(cannotBind + JETTY_CANNOT_BIND.length()).replaceFirst("^/", ""),
                  cause == null ? "unknown host" : cause));
    }
    return Optional.empty();
  }
}
