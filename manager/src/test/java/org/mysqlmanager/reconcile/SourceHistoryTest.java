package org.mysqlmanager.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;

/** A source that commits one transaction a second, and is looked at every second. */
class SourceHistoryTest {
  private static final ServerId S1 = new ServerId("s1");
  private static final ServerId S2 = new ServerId("s2");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final SourceHistory history = new SourceHistory();

  private static GtidSet upTo(long last) {
    return GtidSet.parse("00000000-0000-0000-0000-000000000001:1-" + last);
  }

  private void run(ServerId source, int from, int to) {
    for (int second = from; second <= to; second++) {
      history.seen(source, upTo(second), TimeUnit.SECONDS.toNanos(second), LIMIT);
    }
  }

  private Optional<Duration> lag(int received) {
    return history.lag(upTo(received), LIMIT);
  }

  @Test
  void nothingIsKnownOfAReplicaBeforeTheSourceWasSeen() {
    assertEquals(Optional.empty(), lag(5));
    assertEquals(Optional.empty(), history.executed(S1));
  }

  @Test
  void whoHasAllIsInStep() {
    run(S1, 1, 200);
    assertEquals(Optional.of(Duration.ZERO), lag(200));
    assertEquals(Optional.of(Duration.ZERO), lag(300));
  }

  @Test
  void theLagIsRightWithinTheStepsOfTheRecord() {
    run(S1, 1, 500);
    for (int received = 441; received < 500; received++) {
      Duration lag = lag(received).orElseThrow();
      long truth = 500 - received;
      assertTrue(lag.toSeconds() <= truth && lag.toSeconds() >= truth - 5, received + ": " + lag);
    }
  }

  @Test
  void moreThanTheLimitIsFoundHoweverLongAgo() {
    run(S1, 1, 500);
    for (int received = 1; received <= 430; received++) {
      assertTrue(lag(received).orElseThrow().compareTo(LIMIT) > 0, "received " + received);
    }
  }

  @Test
  void aShortPastDoesNotTellHowFarBehindOneIsThatHasNothingOfIt() {
    run(S1, 400, 420);
    assertEquals(Optional.empty(), lag(300));
    assertTrue(lag(410).isPresent());
    run(S1, 421, 470);
    assertTrue(lag(300).orElseThrow().compareTo(LIMIT) > 0);
  }

  @Test
  void aSourceThatIsAwayDoesNotMakeAnybodyLater() {
    run(S1, 1, 100);
    Optional<Duration> before = lag(95);
    assertEquals(before, lag(95));
    assertEquals(Optional.of(upTo(100)), history.executed(S1));
  }

  @Test
  void anotherSourceBeginsAnotherRecord() {
    run(S1, 1, 100);
    run(S2, 101, 101);
    assertEquals(Optional.empty(), history.executed(S1));
    assertEquals(Optional.of(upTo(101)), history.executed(S2));
    assertEquals(Optional.empty(), lag(50));
  }
}
