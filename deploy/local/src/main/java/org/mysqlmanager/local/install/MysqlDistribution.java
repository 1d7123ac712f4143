package org.mysqlmanager.local.install;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.local.process.LocalException;

/**
 * A mysqld that can be run.
 *
 * @param mysqld how it is started, to be followed by its options
 * @param client how its command-line client is started, if there is one
 * @param clonePlugin whether the clone plugin is there
 * @param origin where it comes from, in words
 */
public record MysqlDistribution(
    List<String> mysqld,
    Optional<List<String>> client,
    MysqlVersion version,
    boolean clonePlugin,
    String origin) {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Pattern PLUGIN_DIRECTORY =
      Pattern.compile("(?m)^plugin-dir\\s+(\\S.*?)\\s*$");

  public MysqlDistribution {
    mysqld = List.copyOf(mysqld);
    client = client.map(List::copyOf);
  }

  /**
   * Looks at a mysqld by running it.
   *
   * @throws LocalException when it does not run, is not MySQL, or is too old; the message says
   *     which
   */
  static MysqlDistribution examine(
      List<String> mysqld, Optional<List<String>> client, String origin) {
    String name = mysqld.getLast();
    Command.Result version = run(mysqld, "--no-defaults", "--version");
    if (!version.succeeded()) {
      throw new LocalException("%s does not run:\n%s".formatted(name, version.tail()));
    }
    MysqlVersion parsed =
        MysqlVersion.parse(version.output())
            .orElseThrow(() ->
                new LocalException(
                    "%s is not MySQL: it says \"%s\"".formatted(name, version.output().strip())));
    if (!parsed.isSupported()) {
      throw new LocalException(
          "%s is MySQL %s, which is older than %s".formatted(name, parsed, MysqlVersion.OLDEST));
    }
    Matcher plugins =
        PLUGIN_DIRECTORY.matcher(run(mysqld, "--no-defaults", "--verbose", "--help").output());
    boolean clone = plugins.find() && Files.exists(Path.of(plugins.group(1), "mysql_clone.so"));
    return new MysqlDistribution(mysqld, client, parsed, clone, origin);
  }

  /**
   * How a program that comes with the command-line client is started, such as {@code mysqlbinlog}.
   *
   * @throws LocalException when it is not there
   */
  public List<String> program(String name) {
    List<String> command =
        new ArrayList<>(
            client.orElseThrow(() -> new LocalException("this MySQL came without its client")));
    Path program = Path.of(command.removeLast()).resolveSibling(name);
    if (!Files.isExecutable(program)) {
      throw new LocalException("this MySQL came without " + name + ": there is no " + program);
    }
    command.add(program.toString());
    return List.copyOf(command);
  }

  /** Whether {@code --user} must be given: mysqld refuses to run as root without being told to. */
  public static boolean runsAsRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static Command.Result run(List<String> mysqld, String... options) {
    List<String> command = new ArrayList<>(mysqld);
    command.addAll(List.of(options));
    return Command.run(DEADLINE, command.toArray(String[]::new));
  }
}
