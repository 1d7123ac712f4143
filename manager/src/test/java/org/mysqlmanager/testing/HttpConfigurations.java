package org.mysqlmanager.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Configurations of managers of which only the HTTP side matters. */
public final class HttpConfigurations {
  private static final String REST =
      """
      manager: {id: manager-1}
      zookeeper: {password: z1}
      credentials:
        manager: {password: m1}
        replication: {password: r1}
        monitor: {password: o1}
        application: {password: a1}
      clusters:
        - {name: main, servers: [{name: s1, host: 127.0.0.1}]}
      """;

  private HttpConfigurations() {}

  /** Writes the file, with those blocks {@code access} and {@code server}. */
  public static String write(Path folder, String blocks) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "manager", ".yml"), REST + blocks)
        .toString();
  }

  /** An address of this machine that is not the loopback, if it has one. */
  public static Optional<InetAddress> otherAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof java.net.Inet4Address)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .findFirst();
  }
}
