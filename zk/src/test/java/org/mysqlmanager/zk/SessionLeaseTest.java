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
    lease.answered(SESSION_ID, at(0), TIMEOUT);
    assertTrue(lease.holds(SESSION_ID, at(Duration.ofMillis(2_999).toNanos())));
    assertFalse(lease.holds(SESSION_ID, at(Duration.ofMillis(3_000).toNanos())));
  }

  @Test
  void holdsForNobodyBeforeTheFirstAnswer() {
    assertFalse(lease.holds(SESSION_ID, at(0)));
    assertEquals(Optional.empty(), lease.age(0));
  }

  @Test
  void holdsForNoOtherSession() {
    lease.answered(SESSION_ID, at(0), TIMEOUT);
    assertFalse(lease.holds(SESSION_ID + 1, at(1)));
    lease.answered(SESSION_ID + 1, at(2), TIMEOUT);
    assertFalse(lease.holds(SESSION_ID, at(3)));
    assertTrue(lease.holds(SESSION_ID + 1, at(3)));
  }

  @Test
  void isNotShortenedByAnAnswerThatComesLate() {
    lease.answered(SESSION_ID, at(100), TIMEOUT);
    lease.answered(SESSION_ID, at(50), TIMEOUT);
    assertEquals(Optional.of(Duration.ofNanos(10)), lease.age(110));
  }

  @Test
  void endsWithTheSession() {
    lease.answered(SESSION_ID, at(0), TIMEOUT);
    lease.lost();
    assertFalse(lease.holds(SESSION_ID, at(1)));
    assertEquals(Optional.empty(), lease.age(1));
  }

  @Test
  void survivesTheOverflowOfTheClock() {
    long sent = Long.MAX_VALUE - 10;
    lease.answered(SESSION_ID, at(sent), TIMEOUT);
    assertTrue(lease.holds(SESSION_ID, at(sent + 1_000)));
    assertFalse(lease.holds(SESSION_ID, at(sent + TIMEOUT.toNanos())));
  }

  @Test
  void endsByTheWallClockWhenTheOtherOneStoodStill() {
    lease.answered(SESSION_ID, new SessionLease.Moment(0, 1_000_000), TIMEOUT);
    assertTrue(lease.holds(SESSION_ID, new SessionLease.Moment(1, 1_002_999)));
    assertFalse(lease.holds(SESSION_ID, new SessionLease.Moment(1, 1_003_000)));
  }

  @Test
  void isNotLengthenedByAWallClockThatIsSetBack() {
    lease.answered(SESSION_ID, new SessionLease.Moment(0, 1_000_000), TIMEOUT);
    long half = TIMEOUT.dividedBy(2).toNanos();
    assertTrue(lease.holds(SESSION_ID, new SessionLease.Moment(half - 1, 0)));
    assertFalse(lease.holds(SESSION_ID, new SessionLease.Moment(half, 0)));
  }

  @Test
  void isNotRenewedByALateAnswerOfASessionThatWeEndedOurselves() {
    lease.answered(SESSION_ID, at(0), TIMEOUT);
    lease.end(SESSION_ID);
    lease.answered(SESSION_ID, at(1), TIMEOUT);
    assertFalse(lease.holds(SESSION_ID, at(2)));
    lease.answered(SESSION_ID + 1, at(3), TIMEOUT);
    assertTrue(lease.holds(SESSION_ID + 1, at(4)));
  }

  /** The same by both clocks. */
  private static SessionLease.Moment at(long nanos) {
    return new SessionLease.Moment(nanos, Duration.ofNanos(nanos).toMillis());
  }
}
