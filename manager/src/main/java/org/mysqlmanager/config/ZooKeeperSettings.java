package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where ZooKeeper is, and how long the manager may be out of touch with it.
 *
 * @param connect {@code host:port,host:port…}
 * @param root the path under which everything is kept
 * @param sessionTimeout after this long without contact another manager may lead; 2 s to 1 min.
 *     ZooKeeper itself grants 2 to 20 of its ticks, and no manager works with less than this
 * @param connectTimeout how long one attempt at connecting may take
 * @param account what to authenticate with; empty with {@link ZooKeeperAuthentication#NONE}
 * @param tls how to encrypt; empty for a connection that anyone on the way can read
 * @param warnings what is allowed but unwise
 */
public record ZooKeeperSettings(
    String connect,
    String root,
    Duration sessionTimeout,
    Duration connectTimeout,
    Optional<ZooKeeperAccount> account,
    Optional<ZooKeeperTls> tls,
    List<String> warnings) {
  /** The name of the block. */
  static final String BLOCK = "zookeeper";

  private static final Pattern MEMBER =
      Pattern.compile("(?:[A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,6}))?");
  private static final Pattern ROOT = Pattern.compile("(/[A-Za-z0-9._-]+)+");
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.[0-9]+){3}|\\[::1])(:[0-9]+)?");

  public ZooKeeperSettings {
    warnings = List.copyOf(warnings);
    for (String member : connect.split(",", -1)) {
      requireMember(connect, member.strip());
    }
    if (!ROOT.matcher(root).matches()
        || root.contains("/.")
        || (root + "/").startsWith("/zookeeper/")) {
      throw new IllegalArgumentException(
          "root '%s' is not valid: give a path such as /mysql-manager (not / nor /zookeeper)"
              .formatted(root.replaceAll("\\p{Cntrl}", "?")));
    }
    Limits.duration(
        "session_timeout",
        sessionTimeout,
        sessionTimeout,
        Duration.ofSeconds(2),
        Duration.ofMinutes(1));
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
      @JsonProperty("connect_timeout") @Nullable Duration connectTimeout,
      @JsonProperty("authentication") @Nullable ZooKeeperAuthentication authentication,
      @JsonProperty("user") @Nullable String user,
      @JsonProperty("password") @Nullable String password,
      @JsonProperty("password_file") @Nullable String passwordFile,
      @JsonProperty("previous_password") @Nullable String previousPassword,
      @JsonProperty("previous_password_file") @Nullable String previousPasswordFile,
      @JsonProperty("tls") ZooKeeperTls.@Nullable Settings tls) {
    String members = Limits.orElse(connect, "127.0.0.1:2181");
    Optional<ZooKeeperTls> encryption = tls == null ? Optional.empty() : tls.tls();
    if (authentication == ZooKeeperAuthentication.NONE) {
      return new ZooKeeperSettings(
          members,
          Limits.orElse(root, "/mysql-manager"),
          Limits.orElse(sessionTimeout, Duration.ofSeconds(6)),
          Limits.orElse(connectTimeout, Duration.ofSeconds(5)),
          Optional.empty(),
          encryption,
          List.of(
              "zookeeper.authentication is none: whoever reaches ZooKeeper can read what the managers decide and change it; use digest, with a password"));
    }
    SecretSetting current =
        SecretSetting.required("password", password, "password_file", passwordFile);
    Optional<SecretSetting> previous =
        SecretSetting.ifGiven(
            "previous_password", previousPassword, "previous_password_file", previousPasswordFile);
    return new ZooKeeperSettings(
        members,
        Limits.orElse(root, "/mysql-manager"),
        Limits.orElse(sessionTimeout, Duration.ofSeconds(6)),
        Limits.orElse(connectTimeout, Duration.ofSeconds(5)),
        Optional.of(
            new ZooKeeperAccount(
                Limits.orElse(user, ZooKeeperAccount.USUAL_USER),
                current.secret(),
                previous.map(SecretSetting::secret))),
        encryption,
        Stream.of(
                current.warning(BLOCK),
                previous.flatMap(secret -> secret.warning(BLOCK)),
                previous.map(_ ->
                    "zookeeper.previous_password is given: it is let in like the present one; take it out when all managers have the new password"),
                plainText(members, encryption))
            .flatMap(Optional::stream)
            .toList());
  }

  private static Optional<String> plainText(String members, Optional<ZooKeeperTls> tls) {
    boolean isLocal =
        Arrays.stream(members.split(",", -1))
            .allMatch(member -> LOOPBACK.matcher(member.strip()).matches());
    return isLocal || tls.isPresent()
        ? Optional.empty()
        : Optional.of(
            "zookeeper.tls is not given: the password and all values cross the network to %s in clear"
                .formatted(members));
  }

  private static void requireMember(String connect, String member) {
    Matcher matcher = MEMBER.matcher(member);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "connect '%s' is not valid at '%s': give host:port,host:port,... and the path as root"
              .formatted(
                  connect.replaceAll("\\p{Cntrl}", "?"), member.replaceAll("\\p{Cntrl}", "?")));
    }
    String port = matcher.group(1);
    if (port != null && (Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535)) {
      throw new IllegalArgumentException(
          "connect '%s': port %s is out of range: a TCP port is 1 to 65535"
              .formatted(connect, port));
    }
  }
}
