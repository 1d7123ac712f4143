package org.mysqlmanager.access;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A token bucket for each remote address: so many at once, and so many in the long run. It
 * remembers a bounded number of addresses, the ones seen last. Thread-safe.
 */
public final class AddressBuckets {
  /** About 400 kB. Who has more addresses than this is not limited by address anyway. */
  static final int MOST_ADDRESSES = 4096;

  private static final double NANOS_PER_SECOND = 1e9;

  private static final class Bucket {
    private double tokens;
    private long filledAtNanos;

    Bucket(double tokens, long filledAtNanos) {
      this.tokens = tokens;
      this.filledAtNanos = filledAtNanos;
    }
  }

  private final int burst;
  private final double tokensPerNano;
  private final LongSupplier nanos;
  private final Map<InetAddress, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Bucket> eldest) {
          return size() > MOST_ADDRESSES;
        }
      };

  /**
   * @param burst how many at once
   * @param perSecond how many in the long run
   * @param nanos a clock that only goes forward, as {@link System#nanoTime}
   */
  public AddressBuckets(int burst, double perSecond, LongSupplier nanos) {
    this.burst = burst;
    this.tokensPerNano = perSecond / NANOS_PER_SECOND;
    this.nanos = nanos;
  }

  /** Takes one; if there is none left, how long to wait for the next. */
  public synchronized Optional<Duration> take(InetAddress address) {
    Bucket bucket = filled(address);
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos((long) Math.ceil((1 - bucket.tokens) / tokensPerNano)));
  }

  /** Puts one back that should not count. */
  public synchronized void giveBack(InetAddress address) {
    Bucket bucket = filled(address);
    bucket.tokens = Math.min(burst, bucket.tokens + 1);
  }

  /** Whether nothing was taken lately, so that all may be taken at once. */
  public synchronized boolean isFull(InetAddress address) {
    return filled(address).tokens >= burst;
  }

  /** How many addresses are remembered. */
  synchronized int size() {
    return buckets.size();
  }

  private Bucket filled(InetAddress address) {
    long now = nanos.getAsLong();
    Bucket bucket = buckets.computeIfAbsent(Address.counted(address), _ -> new Bucket(burst, now));
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.filledAtNanos) * tokensPerNano);
    bucket.filledAtNanos = now;
    return bucket;
  }
}
