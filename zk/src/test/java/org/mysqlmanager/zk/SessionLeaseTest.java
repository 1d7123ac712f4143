package org.mysqlmanager.zk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionLeaseTest {
  private static final long SESSION_ID = 7;
  private static final Duration TIMEOUT = Duration.ofSeconds(6);

  private final SessionLease lease = new SessionLease();

  @Test
  void holdsForHalfTheTimeoutAfterTheRequestWasSent() {
    lease.answered(SESSION_ID, 0, TIMEOUT);
    assertTrue(lease.holds(SESSION_ID, Duration.ofMillis(2_999).toNanos()));
    assertFalse(lease.holds(SESSION_ID, Duration.ofMillis(3_000).toNanos()));
  }

  @Test
  void holdsForNobodyBeforeTheFirstAnswer() {
    assertFalse(lease.holds(SESSION_ID, 0));
    assertEquals(Optional.empty(), lease.age(0));
  }

  @Test
  void holdsForNoOtherSession() {
    lease.answered(SESSION_ID, 0, TIMEOUT);
    assertFalse(lease.holds(SESSION_ID + 1, 1));
    lease.answered(SESSION_ID + 1, 2, TIMEOUT);
    assertFalse(lease.holds(SESSION_ID, 3));
    assertTrue(lease.holds(SESSION_ID + 1, 3));
  }

  @Test
  void isNotShortenedByAnAnswerThatComesLate() {
    lease.answered(SESSION_ID, 100, TIMEOUT);
    lease.answered(SESSION_ID, 50, TIMEOUT);
    assertEquals(Optional.of(Duration.ofNanos(10)), lease.age(110));
  }

  @Test
  void endsWithTheSession() {
    lease.answered(SESSION_ID, 0, TIMEOUT);
    lease.lost();
    assertFalse(lease.holds(SESSION_ID, 1));
    assertEquals(Optional.empty(), lease.age(1));
  }

  @Test
  void survivesTheOverflowOfTheClock() {
    long sent = Long.MAX_VALUE - 10;
    lease.answered(SESSION_ID, sent, TIMEOUT);
    assertTrue(lease.holds(SESSION_ID, sent + 1_000));
    assertFalse(lease.holds(SESSION_ID, sent + TIMEOUT.toNanos()));
  }
}
