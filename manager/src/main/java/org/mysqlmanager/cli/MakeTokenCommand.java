package org.mysqlmanager.cli;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.mysqlmanager.access.TokenHash;

/**
 * {@code make-token FILE}: makes a random token, keeps it in a file that only its owner reads, and
 * prints the line for {@code access.tokens}. The token itself is not shown.
 */
public final class MakeTokenCommand extends Command {
  private final PrintStream out;

  public MakeTokenCommand(PrintStream out) {
    super("make-token", "Makes a token in a new file, prints its hash for access.tokens");
    this.out = out;
  }

  @Override
  public void configure(Subparser parser) {
    parser.addArgument("file").metavar("FILE").help("where the token is written to; must be new");
  }

  @Override
  public void run(Bootstrap<?> bootstrap, Namespace namespace) throws CommandFailed {
    String token = TokenHash.newToken(new SecureRandom());
    write(namespace.getString("file"), token + "\n");
    out.println("token_hash: " + TokenHash.of(token).print());
  }

  @Override
  public void onError(Cli cli, Namespace namespace, Throwable failure) {
    Failures.print(failure, cli.getStdErr());
  }

  private static void write(String name, String text) throws CommandFailed {
    try {
      Path path = Path.of(name);
      FileAttribute<?>[] ownersOnly =
          path.getFileSystem().supportedFileAttributeViews().contains("posix")
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
              }
              : new FileAttribute<?>[0];
      Files.createFile(path, ownersOnly);
      Files.writeString(path, text, StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailed(1, "%s exists: name a file that does not.".formatted(name));
    } catch (IOException | InvalidPathException e) {
      throw new CommandFailed(
          1,
          "%s cannot be written: name a file in a folder that you may write to.".formatted(name));
    }
  }
}
