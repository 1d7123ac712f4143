package org.mysqlmanager.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AddressBookTest {
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("10.0.0.1");

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  @Test
  void takesAddressesAsTheyAreWithoutNameService() {
    AddressBook book =
        new AddressBook(host -> {
          throw new UnknownHostException(host);
        });
    assertEquals(List.of(InetAddress.ofLiteral("::1")), book.addressesOf("::1", soon()));
  }

  @Test
  void remembersWhatNameStoodForWhenNameServiceFails() {
    AtomicBoolean works = new AtomicBoolean(true);
    AddressBook book =
        new AddressBook(host -> {
          if (!works.get()) {
            throw new UnknownHostException(host);
          }
          return new InetAddress[] {ADDRESS};
        });

    assertEquals(List.of(ADDRESS), book.addressesOf("db1", soon()));
    works.set(false);
    assertEquals(List.of(ADDRESS), book.addressesOf("db1", soon()));
    assertEquals(List.of(), book.addressesOf("db2", soon()));
  }

  @Test
  void givesUpAtDeadlineAndAsksHangingNameServiceOnlyOnce() {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    AddressBook book =
        new AddressBook(_ -> {
          asked.incrementAndGet();
          try {
            never.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          return new InetAddress[0];
        });

    long began = System.nanoTime();
    for (int i = 0; i < 3; i++) {
      assertEquals(List.of(), book.addressesOf("db1", Deadline.after(Duration.ofMillis(50))));
    }
    assertTrue(Duration.ofNanos(System.nanoTime() - began).compareTo(Duration.ofSeconds(20)) < 0);
    assertEquals(1, asked.get());
    never.countDown();
  }
}
