package org.mysqlmanager.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a secret may come from: the terminal, without showing it, a stream, or a file. Never from a
 * command's arguments, which everybody on a machine can read.
 */
final class SecretInput {
  /** Longer lines are no passwords; the rest of an endless one is not read. */
  private static final int LONGEST = 4096;

  private SecretInput() {}

  /** The terminal, if a person sits there. */
  @SuppressWarnings("SystemConsoleNull") // in JDK 25 it is null again where there is no terminal
  static Optional<Console> terminal() {
    Console console = System.console();
    return console != null && console.isTerminal() ? Optional.of(console) : Optional.empty();
  }

  /** Asks twice, as what is typed is not shown. */
  static char[] askForNew(Console terminal) throws CommandFailed {
    char[] first = ask(terminal, "Password: ");
    char[] second = ask(terminal, "The same again: ");
    if (!Arrays.equals(first, second)) {
      throw new CommandFailed(1, "These were two different passwords: nothing was done.");
    }
    return first;
  }

  static char[] ask(Console terminal, String prompt) throws CommandFailed {
    char @Nullable [] answer = terminal.readPassword("%s", prompt);
    return checked(answer == null ? new char[0] : answer);
  }

  /** The first line of a stream, as of {@code printf %s "$SECRET" |}. */
  static char[] firstLine(InputStream input) throws CommandFailed, IOException {
    return firstLine(new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8)));
  }

  private static char[] firstLine(Reader reader) throws CommandFailed, IOException {
    StringBuilder line = new StringBuilder();
    for (int next = reader.read(); next >= 0 && next != '\n'; next = reader.read()) {
      line.append((char) next);
      if (line.length() > LONGEST) {
        throw new CommandFailed(1, "The password is longer than %d characters.".formatted(LONGEST));
      }
    }
    if (line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    return checked(line.toString().toCharArray());
  }

  /** The one line of a file. */
  static String file(String option, String name) throws CommandFailed {
    try (Reader reader = Files.newBufferedReader(Path.of(name))) {
      String line = new String(firstLine(reader));
      if (reader.read() >= 0) {
        throw new CommandFailed(1, "It has more than one line: give a single line of text.");
      }
      return line;
    } catch (CharacterCodingException e) {
      throw unreadable(option, name, "is not UTF-8 text");
    } catch (NoSuchFileException e) {
      throw unreadable(option, name, "does not exist");
    } catch (IOException | InvalidPathException e) {
      throw unreadable(option, name, "cannot be read");
    } catch (CommandFailed e) {
      throw new CommandFailed(
          StatusCommand.UNREACHABLE, "%s %s: %s".formatted(option, name, e.getMessage()));
    }
  }

  private static CommandFailed unreadable(String option, String name, String problem) {
    return new CommandFailed(
        StatusCommand.UNREACHABLE,
        "%s %s %s: give a file that holds nothing but the secret."
            .formatted(option, name, problem));
  }

  private static char[] checked(char[] secret) throws CommandFailed {
    if (secret.length == 0) {
      throw new CommandFailed(1, "It is empty: nothing was done.");
    }
    for (char each : secret) {
      if (Character.isISOControl(each)) {
        throw new CommandFailed(1, "It holds a control character: give a single line of text.");
      }
    }
    return secret;
  }
}
