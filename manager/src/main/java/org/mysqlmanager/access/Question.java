package org.mysqlmanager.access;

import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A request, as far as it matters for whether it is allowed. Its text form shows no credentials.
 *
 * @param path below the port's root, decoded
 * @param local where the connection ends, on this machine; empty if it is none of IP's
 * @param remote where it comes from
 * @param connected where the connection itself comes from: the same, or a reverse proxy that is
 *     believed
 * @param bodyBytes as announced; empty without an announcement
 * @param encodedBody whether a body comes in chunks or compressed, so that its length is not known
 * @param isPassedOn whether a header says that a proxy passed it on
 * @param host the Host header
 * @param origin the Origin header: which page a browser asks for
 * @param fetchSite the Sec-Fetch-Site header: how far that page is from here
 * @param authorization the Authorization header
 */
public record Question(
    Endpoints endpoints,
    String method,
    String path,
    Optional<InetAddress> local,
    Optional<InetAddress> remote,
    Optional<InetAddress> connected,
    OptionalLong bodyBytes,
    boolean encodedBody,
    boolean isPassedOn,
    Optional<String> host,
    Optional<String> origin,
    Optional<String> fetchSite,
    Optional<String> authorization) {
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  /** Whether its method is one that changes nothing. */
  public boolean isReading() {
    return READING.contains(method);
  }

  @Override
  public String toString() {
    return "%s %s on the %s port".formatted(method, path, endpoints);
  }
}
