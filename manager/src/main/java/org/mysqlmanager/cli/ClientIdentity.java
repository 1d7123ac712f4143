package org.mysqlmanager.cli;

import java.io.Console;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.UnaryOperator;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.access.TokenHash;

/**
 * As whom a command asks the managers. Printing it gives nothing away.
 *
 * @param authorization the header, if any
 */
record ClientIdentity(Optional<String> authorization) {
  /** A password, as there is no way to hide one that is an argument. */
  private static final String PASSWORD_VARIABLE = "MM_PASSWORD";

  static void addOptions(Subparser parser) {
    parser
        .addArgument("--user")
        .metavar("NAME")
        .help("log in; the password is taken from %s, or asked for".formatted(PASSWORD_VARIABLE));
    parser
        .addArgument("--password-file")
        .dest("password_file")
        .metavar("FILE")
        .help("holds the password of --user");
    parser
        .addArgument("--token-file")
        .dest("token_file")
        .metavar("FILE")
        .help("log in with the token in that file");
  }

  /** From the options, the environment, or the one who sits at the terminal. */
  static ClientIdentity of(Namespace options, UnaryOperator<@Nullable String> environment)
      throws CommandFailed {
    String user = options.getString("user");
    String passwordFile = options.getString("password_file");
    String tokenFile = options.getString("token_file");
    if (tokenFile != null && (user != null || passwordFile != null)) {
      throw new CommandFailed(
          StatusCommand.UNREACHABLE, "--user and --token-file are both given: leave one out.");
    }
    if (tokenFile != null) {
      String token = SecretInput.file("--token-file", tokenFile);
      if (!TokenHash.canBeSent(token)) {
        throw new CommandFailed(
            StatusCommand.UNREACHABLE,
            "--token-file %s holds a character that no bearer token may have (a byte order mark at its beginning, perhaps): make it with ./mm make-token, and edit nothing."
                .formatted(tokenFile));
      }
      return new ClientIdentity(Optional.of("Bearer " + token));
    }
    if (user == null) {
      if (passwordFile != null) {
        throw new CommandFailed(
            StatusCommand.UNREACHABLE, "--password-file is given without --user: give both.");
      }
      return new ClientIdentity(Optional.empty());
    }
    if (user.indexOf(':') >= 0) {
      throw new CommandFailed(
          StatusCommand.UNREACHABLE, "--user '%s': no name holds a ':'.".formatted(user));
    }
    String pair = user + ":" + password(user, passwordFile, environment);
    return new ClientIdentity(
        Optional.of(
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))));
  }

  private static String password(
      String user, @Nullable String file, UnaryOperator<@Nullable String> environment)
      throws CommandFailed {
    if (file != null) {
      return SecretInput.file("--password-file", file);
    }
    String given = environment.apply(PASSWORD_VARIABLE);
    if (given != null && !given.isEmpty()) {
      return given;
    }
    Optional<Console> terminal = SecretInput.terminal();
    if (terminal.isEmpty()) {
      throw new CommandFailed(
          StatusCommand.UNREACHABLE,
          "There is no password for --user %s: set %s, or give --password-file."
              .formatted(user, PASSWORD_VARIABLE));
    }
    return new String(SecretInput.ask(terminal.get(), "Password of %s: ".formatted(user)));
  }

  @Override
  public String toString() {
    return "ClientIdentity[" + (authorization.isPresent() ? "***" : "nobody") + "]";
  }
}
