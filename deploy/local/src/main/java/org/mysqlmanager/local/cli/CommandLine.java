package org.mysqlmanager.local.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.mysqlmanager.local.install.ProxyDistribution;

/** Reads the words after {@code ./mm local}. */
final class CommandLine {
  static final String HELP =
      """
      A whole system on this machine: three ZooKeepers, two MySQL servers, a proxy and three managers.

        ./mm local [up] [OPTIONS]   bring it up and show its status until Ctrl-C, which ends it
            --servers 1|2           how many MySQL servers (2)
            --check-interval 5s     how often the managers look at the cluster (5s)
            --proxy auto|proxysql|haproxy   the proxy (auto: proxysql if it is on PATH, else haproxy)
            --mysql PATH            the mysqld to use, or the folder of a MySQL (also: MYSQLD in the environment)
            --detach                go on in the background
        ./mm local status           what runs, and what the managers say
        ./mm local kill NAME        kill -9 one process; names are those of status: s1, zk2, manager-3, proxy
        ./mm local stop NAME        end one process in an orderly way
        ./mm local start NAME       start it again
        ./mm local pause NAME       freeze it (SIGSTOP): connections stay, nothing is answered
        ./mm local resume NAME      let it go on (SIGCONT)
        ./mm local zk ls|get PATH   read from its ZooKeeper, such as /mysql-manager/clusters/main/state
        ./mm local down [--purge]   end everything; --purge removes the data as well

      All data, configurations and logs are in the folder .local, and are used again the next time.
      """;

  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m)");
  private static final List<String> UP_OPTIONS =
      List.of("--servers", "--check-interval", "--proxy", "--mysql", "--detach", "--help");

  private final Deque<String> words;

  private CommandLine(List<String> words) {
    this.words = new ArrayDeque<>(words);
  }

  /**
   * What the words ask for.
   *
   * @throws UsageException when they are not understood, with what would be
   */
  static Request parse(List<String> words) {
    return new CommandLine(words).request();
  }

  private Request request() {
    if (words.contains("--help") || words.contains("-h")) {
      return new Request.Help();
    }
    String first = words.isEmpty() || words.getFirst().startsWith("-") ? "up" : words.removeFirst();
    Request request =
        switch (first) {
          case "up" -> up();
          case "status" -> new Request.Status();
          case "down" -> down();
          case "zk" -> zookeeper();
          case "help" -> new Request.Help();
          default ->
              new Request.Act(
                  choice(
                      "command",
                      first,
                      Request.Action.values(),
                      Request.Action::word,
                      "up, status, down, zk, help"),
                  next("the NAME of a component is missing, such as: ./mm local " + first + " s1"));
        };
    if (!words.isEmpty()) {
      throw new UsageException(
          "\"%s\" is one word too many after \"%s\"".formatted(words.getFirst(), first));
    }
    return request;
  }

  private Request up() {
    Optional<Integer> servers = Optional.empty();
    Duration checkInterval = Duration.ofSeconds(5);
    Optional<ProxyDistribution.Kind> proxy = Optional.empty();
    Optional<Path> mysql = Optional.empty();
    Request.Mode mode = Request.Mode.FOREGROUND;
    while (!words.isEmpty()) {
      String option = words.removeFirst();
      int equals = option.indexOf('=');
      if (option.startsWith("--") && equals > 0) { // --servers=2
        words.addFirst(option.substring(equals + 1));
        option = option.substring(0, equals);
      }
      switch (option) {
        case "--servers" -> servers = Optional.of(servers(value(option)));
        case "--check-interval" -> checkInterval = duration(option, value(option));
        case "--proxy" -> proxy = proxy(value(option));
        case "--mysql" -> mysql = Optional.of(Path.of(value(option)).toAbsolutePath());
        case "--detach" -> mode = Request.Mode.DETACH;
        case "--background" -> mode = Request.Mode.BACKGROUND; // how --detach calls itself
        default ->
            throw new UsageException(
                "\"%s\" is no option of up; there are: %s"
                    .formatted(option, String.join(", ", UP_OPTIONS)));
      }
    }
    return new Request.Up(servers, checkInterval, proxy, mysql, mode);
  }

  private Request down() {
    boolean purge = false;
    while (!words.isEmpty() && words.getFirst().startsWith("-")) {
      String option = words.removeFirst();
      if (!option.equals("--purge")) {
        throw new UsageException(
            "\"%s\" is no option of down; there is: --purge".formatted(option));
      }
      purge = true;
    }
    return new Request.Down(purge);
  }

  private Request zookeeper() {
    String question =
        next("zk needs ls or get and a path, such as: ./mm local zk ls /mysql-manager");
    String path = words.isEmpty() ? "/" : words.removeFirst();
    if (!path.startsWith("/")) {
      throw new UsageException(
          "a path in ZooKeeper begins with \"/\"; \"%s\" does not".formatted(path));
    }
    return new Request.Zookeeper(
        choice(
            "command of zk",
            question,
            Request.ZookeeperQuestion.values(),
            Request.ZookeeperQuestion::word,
            ""),
        path);
  }

  private String next(String complaint) {
    if (words.isEmpty()) {
      throw new UsageException(complaint);
    }
    return words.removeFirst();
  }

  private String value(String option) {
    return next(option + " needs a value");
  }

  private static int servers(String value) {
    return switch (value) {
      case "1" -> 1;
      case "2" -> 2;
      default -> throw new UsageException("--servers must be 1 or 2, not \"%s\"".formatted(value));
    };
  }

  private static Optional<ProxyDistribution.Kind> proxy(String value) {
    return value.equals("auto")
        ? Optional.empty()
        : Optional.of(
            choice(
                "proxy",
                value,
                ProxyDistribution.Kind.values(),
                ProxyDistribution.Kind::key,
                "auto"));
  }

  private static Duration duration(String option, String value) {
    Matcher duration = DURATION.matcher(value.toLowerCase(Locale.ROOT));
    if (!duration.matches()) {
      throw new UsageException(
          "%s must be a time such as 5s or 500ms, not \"%s\"".formatted(option, value));
    }
    long amount = Long.parseLong(duration.group(1));
    Duration result =
        switch (duration.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          default -> Duration.ofMinutes(amount);
        };
    if (result.compareTo(Duration.ofMillis(100)) < 0) {
      throw new UsageException("%s must be at least 100ms, not \"%s\"".formatted(option, value));
    }
    return result;
  }

  private static <T> T choice(
      String what, String word, T[] values, Function<T, String> name, String others) {
    return Arrays.stream(values)
        .filter(value -> name.apply(value).equals(word))
        .findFirst()
        .orElseThrow(() -> {
          String names = Arrays.stream(values).map(name).collect(Collectors.joining(", "));
          return new UsageException(
              "\"%s\" is no %s; there are: %s"
                  .formatted(word, what, others.isEmpty() ? names : others + ", " + names));
        });
  }
}
