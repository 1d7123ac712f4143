package org.mysqlmanager.local.install;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of MySQL, such as 8.0.31. */
public record MysqlVersion(int major, int minor, int patch) implements Comparable<MysqlVersion> {
  /** The oldest that the manager works with. */
  public static final MysqlVersion OLDEST = new MysqlVersion(8, 0, 22);

  private static final Pattern REPORTED = Pattern.compile("\\bVer (\\d+)\\.(\\d+)\\.(\\d+)");
  private static final Comparator<MysqlVersion> ORDER =
      Comparator.comparingInt(MysqlVersion::major)
          .thenComparingInt(MysqlVersion::minor)
          .thenComparingInt(MysqlVersion::patch);

  /**
   * Reads what {@code mysqld --version} prints, such as {@code mysqld Ver 9.7.4-2 for Linux on
   * x86_64 ((Debian))}.
   *
   * @return empty when that is MariaDB or nothing known
   */
  public static Optional<MysqlVersion> parse(String reported) {
    Matcher version = REPORTED.matcher(reported);
    if (reported.contains("MariaDB") || !version.find()) {
      return Optional.empty();
    }
    return Optional.of(
        new MysqlVersion(
            Integer.parseInt(version.group(1)),
            Integer.parseInt(version.group(2)),
            Integer.parseInt(version.group(3))));
  }

  public boolean isSupported() {
    return compareTo(OLDEST) >= 0;
  }

  @Override
  public int compareTo(MysqlVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "%d.%d.%d".formatted(major, minor, patch);
  }
}
