package org.mysqlmanager.model;

import java.time.Instant;
import java.util.Map;

/**
 * One finished operation; kept under {@code history} in ZooKeeper.
 *
 * @param result what came of it, in words
 * @param durationsMillis what took how long, in milliseconds, by a name that says from where to
 *     where
 */
public record HistoryRecord(
    Epoch epoch,
    Operation operation,
    Instant finished,
    String result,
    Map<String, Long> durationsMillis) {
  public HistoryRecord {
    durationsMillis = Map.copyOf(durationsMillis);
  }
}
