package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often the manager looks, and how long it waits for an answer.
 *
 * @param checkInterval between two looks at a cluster
 * @param observeTimeout for one look at one server or proxy
 * @param commandTimeout for one change on one server or proxy
 */
public record ReconcileSettings(
    Duration checkInterval, Duration observeTimeout, Duration commandTimeout) {
  @JsonCreator
  static ReconcileSettings of(
      @JsonProperty("check_interval") @Nullable Duration checkInterval,
      @JsonProperty("observe_timeout") @Nullable Duration observeTimeout,
      @JsonProperty("command_timeout") @Nullable Duration commandTimeout) {
    return new ReconcileSettings(
        Limits.duration(
            "check_interval",
            checkInterval,
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofMinutes(10)),
        Limits.duration(
            "observe_timeout",
            observeTimeout,
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofMinutes(1)),
        Limits.duration(
            "command_timeout",
            commandTimeout,
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofMinutes(1)));
  }
}
