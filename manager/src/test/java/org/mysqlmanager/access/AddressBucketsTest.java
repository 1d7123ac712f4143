package org.mysqlmanager.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AddressBucketsTest {
  private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.1");

  private final AtomicLong nanos = new AtomicLong();
  private final AddressBuckets buckets = new AddressBuckets(2, 0.5, nanos::get);

  @Test
  void soManyAreTakenAtOnceAndThenSoManyASecond() {
    assertTrue(buckets.take(CLIENT).isEmpty());
    assertTrue(buckets.take(CLIENT).isEmpty());
    assertEquals(Duration.ofSeconds(2), buckets.take(CLIENT).orElseThrow());
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertTrue(buckets.take(CLIENT).isEmpty());
    assertTrue(buckets.take(CLIENT).isPresent());
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    assertTrue(buckets.take(CLIENT).isEmpty());
    assertTrue(buckets.take(CLIENT).isEmpty());
    assertTrue(buckets.take(CLIENT).isPresent());
  }

  @Test
  void whatIsGivenBackCanBeTakenAgainButNoMore() {
    buckets.take(CLIENT);
    buckets.giveBack(CLIENT);
    buckets.giveBack(CLIENT);
    buckets.take(CLIENT);
    buckets.take(CLIENT);
    assertTrue(buckets.take(CLIENT).isPresent());
  }

  @Test
  void whoHasANetworkOfAddressesIsCountedOnce() {
    for (String address : new String[] {"2001:db8::1", "2001:db8::2:3"}) {
      buckets.take(InetAddress.ofLiteral(address));
    }
    assertTrue(buckets.take(InetAddress.ofLiteral("2001:db8::4")).isPresent());
    assertFalse(buckets.take(InetAddress.ofLiteral("2001:db8:0:1::4")).isPresent());
    for (String address : new String[] {"127.0.0.1", "127.3.4.5"}) {
      buckets.take(InetAddress.ofLiteral(address));
    }
    assertTrue(buckets.take(InetAddress.ofLiteral("::1")).isPresent());
  }

  @Test
  void theMemoryForAddressesIsBounded() {
    for (int i = 0; i < 3 * AddressBuckets.MOST_ADDRESSES; i++) {
      buckets.take(InetAddress.ofLiteral("10.%d.%d.1".formatted(i >> 8, i & 255)));
    }
    assertEquals(AddressBuckets.MOST_ADDRESSES, buckets.size());
  }
}
