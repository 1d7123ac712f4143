package org.mysqlmanager.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.mysqlmanager.local.process.LocalException;

/**
 * One manager process.
 *
 * @param program how the manager is run, to be followed by {@code server CONFIG}
 * @param configuration makes the text of its configuration, anew for each start
 */
record ManagerNode(
    String name,
    Path folder,
    NamedPorts ports,
    List<String> program,
    Supplier<String> configuration)
    implements Program {
  /** The names of a manager's ports. */
  static final String APPLICATION = "application";

  static final String ADMIN = "admin";

  Path configurationFile() {
    return folder.resolve("config.yml");
  }

  @Override
  public Path log() {
    return folder.resolve("manager.log");
  }

  @Override
  public void prepare() {
    LocalFiles.write(configurationFile(), configuration.get());
  }

  @Override
  public List<String> command() {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("server", configurationFile().toString()));
    return command;
  }

  @Override
  public boolean isReady() {
    return Probe.ask(ports.of(ADMIN), "GET /ping HTTP/1.0\r\n\r\n").startsWith("HTTP/1.")
        && Probe.accepts(ports.of(APPLICATION));
  }

  /**
   * How a manager's jar is run, just as {@code ./mm server} does.
   *
   * @throws LocalException when there is no such jar
   */
  static List<String> program(Path jar, Path jvmOptions) {
    if (!Files.exists(jar)) {
      throw new LocalException(
          "The manager is not built: there is no "
              + jar
              + ". Run mvn package, or ./mm, which does.");
    }
    List<String> program = new ArrayList<>();
    program.add(JavaRuntime.current().executable().toString());
    String replaced = System.getenv().getOrDefault("MM_JAVA_OPTS", "");
    if (replaced.isBlank()) {
      program.add("@" + jvmOptions);
    } else {
      program.addAll(List.of(replaced.strip().split("\\s+", -1)));
    }
    program.addAll(List.of("-jar", jar.toString()));
    return program;
  }
}
