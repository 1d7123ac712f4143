package org.mysqlmanager.zk;

import java.time.Instant;

/**
 * One leadership: what its holder shows to be allowed to change things.
 *
 * @param epoch a number that no other leadership has, higher than those of all earlier ones; the
 *     version of the epoch znode
 * @param since when it began, by the leader's clock; for people
 */
public record LeaderTerm(long epoch, Instant since) {

  /** Checks that the epoch is one that ZooKeeper can have given. */
  public LeaderTerm {
    if (epoch < 1 || epoch > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "epoch is %d: it must be between 1 and %d".formatted(epoch, Integer.MAX_VALUE));
    }
  }

  /** The version that the epoch znode has while this is the latest leadership. */
  int znodeVersion() {
    return Math.toIntExact(epoch);
  }
}
