package org.mysqlmanager.sim;

import java.util.SplittableRandom;

/** The links between any two processes: how long a message takes, and whether it arrives. */
final class Network {
  private static final int PLACES = 16;
  private static final long FASTEST = Times.micros(200);
  private static final long SLOWEST = Times.millis(3);

  private final int[][] cuts = new int[PLACES][PLACES];
  private final long[][] delays = new long[PLACES][PLACES];
  private final SplittableRandom chance;

  Network(SplittableRandom chance) {
    this.chance = chance;
  }

  boolean isCut(SimProcess one, SimProcess other) {
    return cuts[one.place()][other.place()] > 0;
  }

  /** Nothing passes between them until {@link #heal}; cuts add up. */
  void cut(int one, int other) {
    cuts[one][other]++;
    cuts[other][one]++;
  }

  void heal(int one, int other) {
    if (cuts[one][other] > 0) {
      cuts[one][other]--;
      cuts[other][one]--;
    }
  }

  /** Each message takes up to that much longer. */
  void slow(int one, int other, long nanos) {
    delays[one][other] = nanos;
    delays[other][one] = nanos;
  }

  void healAll() {
    for (int i = 0; i < PLACES; i++) {
      java.util.Arrays.fill(cuts[i], 0);
      java.util.Arrays.fill(delays[i], 0);
    }
  }

  /** How long the next message takes. */
  long latency(SimProcess one, SimProcess other) {
    long delay = delays[one.place()][other.place()];
    return chance.nextLong(FASTEST, SLOWEST) + (delay > 0 ? chance.nextLong(delay) : 0);
  }
}
