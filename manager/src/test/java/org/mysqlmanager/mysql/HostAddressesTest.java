package org.mysqlmanager.mysql;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A name service that changes its mind, fails, or hangs. */
class HostAddressesTest {
  private static final InetAddress OLD = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress NEW = InetAddress.ofLiteral("192.0.2.2");

  private final AtomicReference<InetAddress[]> answer =
      new AtomicReference<>(new InetAddress[] {OLD});
  private final AtomicInteger asked = new AtomicInteger();
  private final HostAddresses addresses = new HostAddresses("s1", this::resolve);

  private InetAddress[] resolve(String host) throws UnknownHostException {
    asked.incrementAndGet();
    if (answer.get().length == 0) {
      throw new UnknownHostException(host);
    }
    return answer.get();
  }

  @Test
  void noticesThatTheNameStandsForAnotherAddress() throws Exception {
    Set<InetAddress> then = addresses.await();
    assertFalse(addresses.haveReplaced(then));

    answer.set(new InetAddress[] {NEW});

    await().atMost(Duration.ofSeconds(20)).until(() -> addresses.haveReplaced(then));
    assertEquals(Set.of(NEW), addresses.await());
    assertFalse(addresses.haveReplaced(Set.of(NEW)));
  }

  @Test
  void takesAnAdditionalAddressForNoMove() throws Exception {
    Set<InetAddress> then = addresses.await();
    answer.set(new InetAddress[] {NEW, OLD});
    assertEquals(Set.of(OLD, NEW), addresses.await());

    assertFalse(addresses.haveReplaced(then));
  }

  @Test
  void keepsTheLastAnswerWhenTheNameServiceFails() throws Exception {
    Set<InetAddress> then = addresses.await();
    answer.set(new InetAddress[0]);
    assertThrows(UnknownHostException.class, addresses::await);

    assertFalse(addresses.haveReplaced(then));
  }

  @Test
  void looksUpAgainAfterThereWasNoThreadForIt() throws Exception {
    AtomicInteger wanted = new AtomicInteger();
    HostAddresses starved =
        new HostAddresses(
            "s1",
            this::resolve,
            task -> {
              if (wanted.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return Thread.ofPlatform().daemon().unstarted(task);
            });
    assertThrows(OutOfMemoryError.class, starved::await);

    assertEquals(Set.of(OLD), starved.await());
  }

  @Test
  void doesNotWaitForALookUpThatHangsAndBeginsNoSecondOne() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    HostAddresses hanging =
        new HostAddresses(
            "s1",
            host -> {
              begun.incrementAndGet();
              try {
                hangs.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return new InetAddress[] {NEW};
            });

    assertFalse(hanging.haveReplaced(Set.of(OLD)));
    assertFalse(hanging.haveReplaced(Set.of(OLD)));
    await().atMost(Duration.ofSeconds(20)).until(() -> begun.get() == 1);

    hangs.countDown();
    await().atMost(Duration.ofSeconds(20)).until(() -> hanging.haveReplaced(Set.of(OLD)));
  }
}
