package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.access.AccessLimits;

/** The {@code access.limits} block. */
record AccessLimitSettings(AccessLimits limits) {
  private static final int MANY = 10_000;
  private static final int MOST_BODY_BYTES = 1024 * 1024;

  @JsonCreator
  static AccessLimitSettings of(
      @JsonProperty("requests_per_second") @Nullable Integer requestsPerSecond,
      @JsonProperty("failed_logins_per_minute") @Nullable Integer failedLoginsPerMinute,
      @JsonProperty("request_body_bytes") @Nullable Integer requestBodyBytes,
      @JsonProperty("connections") @Nullable Integer connections,
      @JsonProperty("connections_per_address") @Nullable Integer connectionsPerAddress) {
    AccessLimits usual = AccessLimits.USUAL;
    int all = number("connections", connections, usual.connections(), MANY);
    int perAddress =
        number(
            "connections_per_address",
            connectionsPerAddress,
            Math.min(all, usual.connectionsPerAddress()),
            MANY);
    if (perAddress > all) {
      throw new IllegalArgumentException(
          "connections_per_address %d is more than connections %d: one client could keep all others out"
              .formatted(perAddress, all));
    }
    return new AccessLimitSettings(
        new AccessLimits(
            number("requests_per_second", requestsPerSecond, usual.requestsPerSecond(), MANY),
            number(
                "failed_logins_per_minute",
                failedLoginsPerMinute,
                usual.failedLoginsPerMinute(),
                MANY),
            number(
                "request_body_bytes", requestBodyBytes, usual.requestBodyBytes(), MOST_BODY_BYTES),
            all,
            perAddress));
  }

  private static int number(String field, @Nullable Integer value, int usual, int most) {
    int number = value == null ? usual : value;
    if (number < 1 || number > most) {
      throw new IllegalArgumentException(
          "%s %d is out of range: 1 to %d".formatted(field, number, most));
    }
    return number;
  }
}
