package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SourceSilenceTest {
  private long nanos = Long.MAX_VALUE - 1_000_000_000L;
  private final SourceSilence silence = new SourceSilence(() -> nanos);

  @Test
  void theFirstReadingKnowsOfNoSilence() {
    assertEquals(Duration.ZERO, silence.after("a"));
  }

  @Test
  void growsWhileNothingComesEvenWhereTheClockOverflows() {
    silence.after("a");
    pass(Duration.ofSeconds(2));
    assertEquals(Duration.ofSeconds(2), silence.after("a"));
    pass(Duration.ofSeconds(2));
    assertEquals(Duration.ofSeconds(4), silence.after("a"));
  }

  @Test
  void anythingNewEndsIt() {
    silence.after("a");
    pass(Duration.ofSeconds(2));
    assertEquals(Duration.ZERO, silence.after("b"));
    pass(Duration.ofSeconds(1));
    assertEquals(Duration.ofSeconds(1), silence.after("b"));
  }

  @Test
  void aConnectionThatWasLostAndMadeAgainBeginsAnew() {
    silence.after("a");
    pass(Duration.ofSeconds(9));
    silence.forget();
    assertEquals(Duration.ZERO, silence.after("a"));
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }
}
