package org.mysqlmanager.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.util.JarLocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.access.PasswordHash;
import org.mysqlmanager.access.TokenHash;

/**
 * The commands that make the lines of the {@code access} block; their input is no terminal here.
 */
class SecretCommandsTest {
  @TempDir Path directory;

  private static final class NoApplication extends Application<Configuration> {
    @Override
    public void run(Configuration configuration, Environment environment) {}
  }

  private record Outcome(int exitCode, String out, String err) {}

  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "hunter2\n", "hunter2\r\n", "hunter2\nmore"})
  void aPasswordOfOneLineIsHashedAndNotShown(String input) {
    Outcome line = hash(input);
    assertEquals(0, line.exitCode(), line.err());
    assertTrue(line.out().startsWith("password_hash: pbkdf2-sha256:600000:"), line.out());
    assertEquals(1, line.out().lines().count());
    assertFalse((line.out() + line.err()).contains("hunter2"));
    String value = line.out().strip().substring("password_hash: ".length());
    assertEquals(value, PasswordHash.parse(value).print());
  }

  @Test
  void theValueCanBeHadAlone() {
    Outcome value = hash("hunter2", "--value");
    assertEquals(value.out().strip(), PasswordHash.parse(value.out().strip()).print());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "a\tb\n"})
  void whatIsNoPasswordIsRefusedInOneSentence(String input) {
    Outcome refused = hash(input);
    assertEquals(1, refused.exitCode());
    assertEquals("", refused.out());
    assertEquals(1, refused.err().lines().count(), refused.err());
  }

  @Test
  void aPasswordAsAnArgumentIsRefused() {
    assertEquals(1, Math.min(1, hash("", "hunter2").exitCode()));
  }

  @Test
  void aTokenGoesIntoAFileThatOnlyItsOwnerReads() throws Exception {
    Path file = directory.resolve("token");
    Outcome made = token(file.toString());
    assertEquals(0, made.exitCode(), made.err());
    String token = Files.readString(file).strip();
    assertEquals("token_hash: " + TokenHash.of(token).print(), made.out().strip());
    assertFalse(made.out().contains(token));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    Outcome again = token(file.toString());
    assertEquals(1, again.exitCode());
    assertTrue(again.err().contains("exists"), again.err());
    assertEquals(token, Files.readString(file).strip());
    assertTrue(token("/no/such/folder/token").err().contains("cannot be written"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ufeffhunter2\n", "hünter2", "hunter2 x", "hunter2\nmore\n"})
  void whatIsNoTokenIsNotSentAndNotShown(String text) throws Exception {
    Path file = Files.writeString(directory.resolve("no-token"), text);
    Outcome refused =
        run(
            out -> new StatusCommand(out, out, _ -> null),
            "status",
            "--url",
            "http://127.0.0.1:1",
            "--token-file",
            file.toString());
    assertEquals(2, refused.exitCode());
    String all = refused.out() + refused.err();
    assertEquals(1, all.lines().count(), all);
    assertTrue(all.contains("--token-file " + file), all);
    assertFalse(all.contains("nter2"), all);
  }

  private static Outcome hash(String input, String... options) {
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    return run(out -> new HashPasswordCommand(in, out, out), "hash-password", options);
  }

  private static Outcome token(String file) {
    return run(MakeTokenCommand::new, "make-token", file);
  }

  private static Outcome run(
      Function<PrintStream, Command> command, String name, String... options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Bootstrap<Configuration> bootstrap = new Bootstrap<>(new NoApplication());
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    bootstrap.addCommand(command.apply(stream));
    String[] arguments = new String[options.length + 1];
    arguments[0] = name;
    System.arraycopy(options, 0, arguments, 1, options.length);
    Optional<Throwable> failure =
        new Cli(new JarLocation(SecretCommandsTest.class), bootstrap, stream, err).run(arguments);
    return new Outcome(
        failure.map(Failures::exitCode).orElse(0),
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8));
  }
}
