package org.mysqlmanager.haproxy;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.testing.TestingProgram;

/** A real haproxy on the loopback, with a writer's and a readers' port. */
final class HaProxyProcess implements AutoCloseable {
  final int adminPort = TestingProgram.port();
  final int writerPort = TestingProgram.port();
  final int readerPort = TestingProgram.port();
  private final TestingProgram program;

  /** Writes the configuration; the lines of servers are those of the two backends. */
  HaProxyProcess(Path folder, List<String> writerLines, List<String> readerLines, String level) {
    this(folder, writerLines, readerLines, level, Optional.empty());
  }

  /**
   * @param admin certificate and key: the Runtime API is then behind a front end with TLS, as its
   *     own socket takes the option {@code ssl} and speaks none (seen with 2.6)
   */
  HaProxyProcess(
      Path folder,
      List<String> writerLines,
      List<String> readerLines,
      String level,
      Optional<Path> admin) {
    Path socket = folder.resolve("admin.sock");
    String listening = admin.isEmpty() ? "ipv4@127.0.0.1:" + adminPort : "unix@" + socket;
    String front =
        admin
            .map(certificate ->
                """
                frontend admin
                  bind 127.0.0.1:%d ssl crt %s
                  default_backend admin
                backend admin
                  server self unix@%s
                """
                    .formatted(adminPort, certificate, socket))
            .orElse("");
    Path configuration = folder.resolve("haproxy.cfg");
    String text =
        """
        global
          stats socket %s level %s
        defaults
          mode tcp
          retries 3
          option redispatch 1
          timeout connect 1s
          timeout client 1h
          timeout server 1h
          timeout client-fin 1s
          timeout server-fin 1s
        frontend writer
          bind 127.0.0.1:%d
          default_backend mysql_writer
        frontend readers
          bind 127.0.0.1:%d
          default_backend mysql_readers
        backend mysql_writer
        %s
        backend mysql_readers
          balance leastconn
        %s
        """
            .formatted(
                listening,
                level,
                writerPort,
                readerPort,
                indented(writerLines),
                indented(readerLines));
    try {
      Files.writeString(configuration, text + front);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command = new ArrayList<>(haproxy().command());
    command.addAll(List.of("-db", "-f", configuration.toString()));
    // It binds all of them at once, and a look at a client's port would be a session.
    program =
        new TestingProgram(
            "haproxy",
            command,
            folder,
            List.of(adminPort, writerPort, readerPort),
            List.of(adminPort));
  }

  /** The one that is installed, or Debian's; else the test is skipped and says so. */
  private static ProxyDistribution haproxy() {
    try {
      return ProxyDistribution.locate(
          Optional.of(ProxyDistribution.Kind.HAPROXY), CacheFolder.ofUser(), System.err::println);
    } catch (LocalException e) {
      return abort("no HAProxy to be had here: " + e.getMessage());
    }
  }

  HaProxyProcess start() {
    program.start();
    return this;
  }

  void restart() {
    program.restart();
  }

  void freeze() {
    program.pause();
  }

  void thaw() {
    program.resume();
  }

  @Override
  public void close() {
    program.close();
  }

  private static String indented(List<String> lines) {
    return lines.stream().map(line -> "  " + line).reduce("", (a, b) -> a + b + "\n");
  }
}
