package org.mysqlmanager.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the ends of a connection tell about a client. */
public final class Address {
  private static final int NETWORK_BYTES = 8;
  private static final Pattern IPV4 = Pattern.compile("[0-9.]{7,15}");
  private static final Pattern IPV6 =
      Pattern.compile("\\[?([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)(?:%[A-Za-z0-9]+)?]?");

  private Address() {}

  /**
   * The IP address of an end of a connection; null where it has none. What a reverse proxy says of
   * its client comes as a text: it counts if it is an address. A name is not looked up.
   */
  public static @Nullable InetAddress of(@Nullable SocketAddress end) {
    if (!(end instanceof InetSocketAddress internet)) {
      return null;
    }
    InetAddress address = internet.getAddress();
    return address == null ? literal(internet.getHostString()).orElse(null) : address;
  }

  private static Optional<InetAddress> literal(String text) {
    Matcher ipv6 = IPV6.matcher(text);
    if (!ipv6.matches() && !IPV4.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(ipv6.matches() ? ipv6.group(1) : text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static boolean isLoopback(Optional<InetAddress> address) {
    return address.filter(InetAddress::isLoopbackAddress).isPresent();
  }

  /**
   * The address by which a client is counted. A client of IPv6 has a whole network of 64 bits, and
   * a local one all of 127.0.0.0/8: each of these counts as one.
   */
  public static InetAddress counted(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return InetAddress.getLoopbackAddress();
    }
    if (address instanceof Inet6Address) {
      byte[] network = address.getAddress();
      Arrays.fill(network, NETWORK_BYTES, network.length, (byte) 0);
      try {
        return InetAddress.getByAddress(network);
      } catch (UnknownHostException e) {
        throw new IllegalStateException("an address has 16 bytes", e);
      }
    }
    return address;
  }

  /**
   * Whether a Host header names this machine's loopback, by {@code localhost} or an address. A web
   * page whose own name was made to lead to 127.0.0.1 (DNS rebinding) sends that name.
   */
  static boolean namesLoopback(String host) {
    String name = host.strip().toLowerCase(Locale.ROOT).replaceFirst(":[0-9]*$", "");
    // Literals only: a name is not looked up for whoever sends one.
    return name.equals("localhost") || isLoopback(literal(name));
  }
}
