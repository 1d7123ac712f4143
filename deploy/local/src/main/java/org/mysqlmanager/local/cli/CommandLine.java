package org.mysqlmanager.local.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
        ./mm local soak [OPTIONS]   a system of its own, with clients, while components are killed, frozen, restarted
                                    and cut off; then what was acknowledged is compared with what is there.
                                    Status 0: no violation; 1: some, and where to look. Ctrl-C reports what was found
            --minutes 10            how long there are faults
            --seed S                of the sequence of faults (any number; printed)
            --report DIR            where the report, the timeline and all logs go (.local/soak-SEED)
            --servers 2|3           how many MySQL servers (2)
            --check-interval 1s     how often the managers look (1s)
            --proxy, --mysql        as above

      All data, configurations and logs are in the folder .local, and are used again the next time.
      """;

  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m)");
  private static final List<String> UP_OPTIONS =
      List.of("--servers", "--check-interval", "--proxy", "--mysql", "--detach", "--help");

  private static final List<String> SOAK_OPTIONS =
      List.of(
          "--minutes",
          "--seed",
          "--report",
          "--servers",
          "--check-interval",
          "--proxy",
          "--mysql",
          "--help");

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
          case "soak" -> soak();
          case "help" -> new Request.Help();
          default ->
              new Request.Act(
                  choice(
                      "command",
                      first,
                      Request.Action.values(),
                      Request.Action::word,
                      "up, status, down, zk, soak, help"),
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
      String option = option();
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

  private Request soak() {
    Duration duration = Duration.ofMinutes(10);
    long seed = Instant.now().toEpochMilli() % 1_000_000;
    int servers = 2;
    Duration checkInterval = Duration.ofSeconds(1);
    Optional<ProxyDistribution.Kind> proxy = Optional.empty();
    Optional<Path> mysql = Optional.empty();
    Optional<Path> folder = Optional.empty();
    while (!words.isEmpty()) {
      String option = option();
      switch (option) {
        case "--minutes" ->
            duration = Duration.ofMinutes(number(option, value(option), 1, 100_000));
        case "--seed" -> seed = number(option, value(option), Long.MIN_VALUE, Long.MAX_VALUE);
        case "--servers" -> servers = (int) number(option, value(option), 2, 3);
        case "--check-interval" -> checkInterval = duration(option, value(option));
        case "--proxy" -> proxy = proxy(value(option));
        case "--mysql" -> mysql = Optional.of(Path.of(value(option)).toAbsolutePath());
        case "--report" -> folder = Optional.of(Path.of(value(option)).toAbsolutePath());
        default ->
            throw new UsageException(
                "\"%s\" is no option of soak; there are: %s"
                    .formatted(option, String.join(", ", SOAK_OPTIONS)));
      }
    }
    return new Request.Soak(duration, seed, servers, checkInterval, proxy, mysql, folder);
  }

  /** The next option; its value, if it is in the same word, is the next word then. */
  private String option() {
    String option = words.removeFirst();
    int equals = option.indexOf('=');
    if (option.startsWith("--") && equals > 0) { // --servers=2
      words.addFirst(option.substring(equals + 1));
      return option.substring(0, equals);
    }
    return option;
  }

  private static long number(String option, String value, long least, long most) {
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw new UsageException(
        "%s must be a whole number from %d to %d, not \"%s\""
            .formatted(option, least, most, value));
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
