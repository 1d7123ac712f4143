package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where ZooKeeper is, and how long the manager may be out of touch with it.
 *
 * @param connect {@code host:port,host:port…}
 * @param root the path under which everything is kept
 * @param sessionTimeout after this long without contact another manager may lead; ZooKeeper itself
 *     grants 2 to 20 of its ticks
 * @param connectTimeout how long one attempt at connecting may take
 */
public record ZooKeeperSettings(
    String connect, String root, Duration sessionTimeout, Duration connectTimeout) {
  private static final Pattern MEMBER =
      Pattern.compile("(?:[A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,6}))?");
  private static final Pattern ROOT = Pattern.compile("(/[A-Za-z0-9._-]+)+");

  public ZooKeeperSettings {
    for (String member : connect.split(",", -1)) {
      requireMember(connect, member.strip());
    }
    if (!ROOT.matcher(root).matches() || root.contains("/.") || root.startsWith("/zookeeper")) {
      throw new IllegalArgumentException(
          "root '%s' is not valid: give a path such as /mysql-manager (not / nor /zookeeper)"
              .formatted(root.replaceAll("\\p{Cntrl}", "?")));
    }
    Limits.duration(
        "session_timeout",
        sessionTimeout,
        sessionTimeout,
        Duration.ofSeconds(1),
        Duration.ofMinutes(2));
    Limits.duration(
        "connect_timeout",
        connectTimeout,
        connectTimeout,
        Duration.ofMillis(100),
        Duration.ofMinutes(1));
  }

  @JsonCreator
  static ZooKeeperSettings of(
      @JsonProperty("connect") @Nullable String connect,
      @JsonProperty("root") @Nullable String root,
      @JsonProperty("session_timeout") @Nullable Duration sessionTimeout,
      @JsonProperty("connect_timeout") @Nullable Duration connectTimeout) {
    return new ZooKeeperSettings(
        Limits.orElse(connect, "127.0.0.1:2181"),
        Limits.orElse(root, "/mysql-manager"),
        sessionTimeout == null ? Duration.ofSeconds(6) : sessionTimeout,
        connectTimeout == null ? Duration.ofSeconds(5) : connectTimeout);
  }

  private static void requireMember(String connect, String member) {
    Matcher matcher = MEMBER.matcher(member);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "connect '%s' is not valid at '%s': give host:port,host:port,... and the path as root"
              .formatted(connect.replaceAll("\\p{Cntrl}", "?"), member));
    }
    String port = matcher.group(1);
    if (port != null && (Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535)) {
      throw new IllegalArgumentException(
          "connect '%s': port %s is out of range: a TCP port is 1 to 65535"
              .formatted(connect, port));
    }
  }
}
