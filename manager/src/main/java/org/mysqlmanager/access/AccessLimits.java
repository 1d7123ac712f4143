package org.mysqlmanager.access;

/**
 * What one client, and all together, may ask of a port.
 *
 * @param requestsPerSecond of one remote address in the long run; at once it may make {@value
 *     #BURST_SECONDS} times as many
 * @param failedLoginsPerMinute of one remote address, with a password; no more are looked at
 * @param requestBodyBytes a longer body is refused
 * @param connections to one port at a time
 * @param connectionsPerAddress of those, from one remote address
 */
public record AccessLimits(
    int requestsPerSecond,
    int failedLoginsPerMinute,
    int requestBodyBytes,
    int connections,
    int connectionsPerAddress) {
  /** How many seconds' worth of requests may come at once. */
  public static final int BURST_SECONDS = 4;

  public static final AccessLimits USUAL = new AccessLimits(50, 10, 16 * 1024, 256, 64);
}
