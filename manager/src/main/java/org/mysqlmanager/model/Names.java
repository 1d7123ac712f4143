package org.mysqlmanager.model;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for names, hosts and ports, with the sentences a user gets for breaking them. */
final class Names {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}|[0-9A-Fa-f:.]{2,45}");

  /**
   * What Java compares with a certificate: it takes no underscore for part of a host's name (RFC
   * 952, {@code javax.net.ssl.SNIHostName}), and refuses the name, not the certificate.
   */
  private static final Pattern COMPARABLE =
      Pattern.compile("([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.|$))+|[0-9A-Fa-f:.]+");

  private Names() {}

  static void requireValid(String what, @Nullable String value) {
    if (value == null || !NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "%s name %s is not valid: use 1 to 63 letters, digits, '.', '_' or '-', beginning with a letter or a digit"
              .formatted(what, quoted(value)));
    }
  }

  static void requireHost(String what, @Nullable String host) {
    if (host == null || !HOST.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "%s: host %s is not valid: give a host name or an IP address"
              .formatted(what, quoted(host)));
    }
  }

  /** Whether a server shows its certificate for that host is to be checked. */
  static void requireComparable(String what, String host, TlsMode mode) {
    if (mode == TlsMode.VERIFY_IDENTITY && !COMPARABLE.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "%s: host %s cannot be compared with a certificate, as tls.mode verify_identity asks for: give a name whose parts are letters, digits and inner '-' only, or set tls.mode to verify_ca"
              .formatted(what, quoted(host)));
    }
  }

  static void requirePort(String what, int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "%s %d is out of range: a TCP port is 1 to 65535".formatted(what, port));
    }
  }

  /** {@link Printable#quoted}. */
  static String quoted(@Nullable String value) {
    return Printable.quoted(value);
  }
}
