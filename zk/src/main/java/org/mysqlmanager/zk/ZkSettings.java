package org.mysqlmanager.zk;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.client.ConnectStringParser;

/**
 * How to reach ZooKeeper.
 *
 * @param connectString the ensemble, {@code host:port,host:port,…} (port 2181 where it is left out)
 * @param rootPath the znode under which everything is kept, such as {@code /my-service}; created
 *     when missing
 * @param sessionTimeout how long ZooKeeper keeps a session that is silent: so long is a leader that
 *     died not replaced. ZooKeeper itself raises it to two of its ticks, or lowers it to twenty;
 *     with less than was asked for nothing is done
 * @param connectTimeout how long a call waits for a connection that has just been lost to come back
 * @param security who we are, and how the connection is protected
 */
public record ZkSettings(
    String connectString,
    String rootPath,
    Duration sessionTimeout,
    Duration connectTimeout,
    ZkSecurity security) {

  private static final Duration SHORTEST_SESSION = Duration.ofSeconds(2);
  private static final Duration LONGEST_SESSION = Duration.ofSeconds(60);
  private static final Duration SHORTEST_CONNECT = Duration.ofMillis(100);
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(60);

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException naming the field, its value and what would be right
   */
  public ZkSettings {
    checkConnectString(connectString);
    NodePath.checkRoot(rootPath);
    checkBetween("sessionTimeout", sessionTimeout, SHORTEST_SESSION, LONGEST_SESSION);
    checkBetween("connectTimeout", connectTimeout, SHORTEST_CONNECT, LONGEST_CONNECT);
  }

  private static void checkConnectString(String connectString) {
    String remedy = "give a list such as zk1:2181,zk2:2181,zk3:2181";
    if (connectString.isBlank()) {
      throw new IllegalArgumentException("connectString is empty: " + remedy);
    }
    if (connectString.contains("/")) {
      throw new IllegalArgumentException(
          "connectString '%s' contains a path: put the path into rootPath"
              .formatted(connectString));
    }
    List<InetSocketAddress> addresses;
    try {
      addresses = new ConnectStringParser(connectString).getServerAddresses();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "connectString '%s' is not understood (%s): %s"
              .formatted(connectString, e.getMessage(), remedy),
          e);
    }
    for (InetSocketAddress address : addresses) {
      if (address.getHostString().isBlank()
          || address.getHostString().chars().anyMatch(Character::isWhitespace)
          || address.getPort() == 0) {
        throw new IllegalArgumentException(
            "connectString '%s' has a server without a proper host and port: %s"
                .formatted(connectString, remedy));
      }
    }
  }

  private static void checkBetween(String field, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s is %d ms: it must be between %d ms and %d ms"
              .formatted(field, value.toMillis(), least.toMillis(), most.toMillis()));
    }
  }
}
