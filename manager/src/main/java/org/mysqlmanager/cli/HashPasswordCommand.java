package org.mysqlmanager.cli;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.mysqlmanager.access.PasswordHash;

/** {@code hash-password}: makes the line for {@code access.users} of a password that it reads. */
public final class HashPasswordCommand extends Command {
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  public HashPasswordCommand(InputStream in, PrintStream out, PrintStream err) {
    super(
        "hash-password",
        "Reads a password from the terminal or standard input, prints its hash for access.users");
    this.in = in;
    this.out = out;
    this.err = err;
  }

  @Override
  public void configure(Subparser parser) {
    parser
        .addArgument("--value")
        .action(Arguments.storeTrue())
        .help("print the value alone, as for OPERATOR_PASSWORD_HASH");
  }

  @Override
  public void run(Bootstrap<?> bootstrap, Namespace namespace) throws CommandFailed, IOException {
    Optional<Console> terminal = SecretInput.terminal();
    char[] password =
        terminal.isPresent() ? SecretInput.askForNew(terminal.get()) : SecretInput.firstLine(in);
    String hash =
        PasswordHash.of(password, PasswordHash.USUAL_ITERATIONS, new SecureRandom()).print();
    Arrays.fill(password, '\0');
    out.println(
        Boolean.TRUE.equals(namespace.getBoolean("value")) ? hash : "password_hash: " + hash);
    if (terminal.isPresent()) {
      err.println("(for an entry of access.users, or without its name for OPERATOR_PASSWORD_HASH)");
    }
  }

  @Override
  public void onError(Cli cli, Namespace namespace, Throwable failure) {
    Failures.print(failure, cli.getStdErr());
  }
}
