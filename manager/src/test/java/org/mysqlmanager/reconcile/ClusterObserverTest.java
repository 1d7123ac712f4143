package org.mysqlmanager.reconcile;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.reconcile.FakePorts.PROXY;
import static org.mysqlmanager.reconcile.FakePorts.S1;
import static org.mysqlmanager.reconcile.FakePorts.S2;
import static org.mysqlmanager.reconcile.FakePorts.U1;
import static org.mysqlmanager.reconcile.FakePorts.away;
import static org.mysqlmanager.reconcile.FakePorts.behind;
import static org.mysqlmanager.reconcile.FakePorts.slowly;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;

/** Who is waited for in a round, and what becomes of a look that is not. */
class ClusterObserverTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final FakePorts ports = new FakePorts();
  private final AdjustableClock clock = new AdjustableClock();
  private final AtomicInteger wakes = new AtomicInteger();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final ClusterObserver observer =
      new ClusterObserver(
          clock, new JdkThreads(), TIMEOUT, new FakePorts.EmptyArchive(), wakes::incrementAndGet);
  private Members members = new Members(ports.spec, ports.connector());

  private static final class AdjustableClock extends Clock {
    volatile Instant now = Instant.parse("2026-05-01T12:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @AfterEach
  void endAllLooks() {
    gate.countDown();
  }

  private Observation check() {
    return observer.observe(members, Optional.of(S1), Optional.of(S1), Trigger.CHECK);
  }

  private Observation event() {
    return observer.observe(members, Optional.of(S1), Optional.of(S1), Trigger.EVENT);
  }

  private Observation discovery() {
    return observer.observe(members, Optional.empty(), Optional.empty(), Trigger.CHECK);
  }

  private static Duration timeOf(Runnable round) {
    long begun = System.nanoTime();
    round.run();
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private static void assertReachable(ServerObservation seen) {
    assertInstanceOf(Reachable.class, seen);
  }

  private static void assertAway(ServerObservation seen) {
    assertInstanceOf(Unreachable.class, seen);
  }

  @Test
  void aReplicaThatIsBackButSlowIsSeenInTheRoundItAsksFor() {
    Supplier<ServerObservation> well = ports.s2.look;
    ports.s2.look = () -> away("s2 is away");
    assertAway(check().server(S2));
    ports.s2.look = behind(gate, well);
    assertAway(check().server(S2));
    assertEquals(0, wakes.get(), "rounds asked for before anything was found");

    gate.countDown();
    await().until(() -> wakes.get() == 1);
    assertReachable(event().server(S2));
    assertEquals(2, ports.s2.looks.get(), "the look that found it is enough");

    assertReachable(event().server(S2));
    assertEquals(3, ports.s2.looks.get(), "what was found is used once");
  }

  @Test
  void aProxyThatIsBackButSlowIsSeenInTheRoundItAsksFor() {
    Supplier<ProxyObservation> well = ports.proxy.look;
    ports.proxy.look = () -> new ProxyObservation.Unreachable("away");
    check();
    ports.proxy.look = behind(gate, well);
    assertEquals(new ProxyObservation.Unreachable("away"), check().proxies().get(PROXY));

    gate.countDown();
    await().until(() -> wakes.get() == 1);
    assertEquals(well.get(), event().proxies().get(PROXY));
  }

  @Test
  void aReturnFoundTooLongAgoIsLookedForAgain() {
    Supplier<ServerObservation> well = ports.s2.look;
    ports.s2.look = () -> away("s2 is away");
    check();
    ports.s2.look = behind(gate, well);
    check();
    gate.countDown();
    await().until(() -> wakes.get() == 1);

    clock.now = clock.now.plus(Lookout.LONGEST_AGE).plusMillis(1);
    ports.s2.look = () -> away("s2 is away again");
    assertEquals(away("s2 is away again"), event().server(S2));
    assertEquals(3, ports.s2.looks.get());
  }

  @Test
  void whatIsStillAwayAsksForNoRoundButItsNewerReasonIsShown() {
    ports.s2.look = () -> away("refused");
    check();
    CountDownLatch first = new CountDownLatch(1);
    ports.s2.look = behind(first, () -> away("no route"));
    assertEquals(away("refused"), check().server(S2));
    ports.s2.look = behind(gate, () -> away("much later"));
    first.countDown();

    await().until(() -> event().server(S2).equals(away("no route")));
    assertEquals(0, wakes.get());
  }

  @Test
  void whatWasWellAndFreezesCostsOneDeadlineOnce() {
    check();
    ports.s2.look = behind(gate, () -> away("frozen"));
    ports.proxy.look = behind(gate, () -> new ProxyObservation.Unreachable("frozen"));

    Duration first = timeOf(() -> assertAway(check().server(S2)));
    assertTrue(first.compareTo(TIMEOUT) >= 0, "the first check waits: " + first);
    Duration next = timeOf(() -> assertAway(check().server(S2)));
    assertTrue(next.compareTo(TIMEOUT) < 0, "the next does not: " + next);
  }

  @Test
  void aCheckWaitsForASourceThatWasAway() {
    Supplier<ServerObservation> well = ports.s1.look;
    ports.s1.look = () -> away("s1 is away");
    check();
    ports.s1.look = slowly(well);
    assertReachable(check().server(S1));
  }

  @Test
  void aRoundBetweenChecksDoesNotWaitForASourceThatWasAway() {
    Supplier<ServerObservation> well = ports.s1.look;
    ports.s1.look = () -> away("s1 is away");
    check();
    ports.s1.look = behind(gate, well);
    assertAway(event().server(S1));
  }

  @Test
  void aCheckWithoutAKnownSourceWaitsForAll() {
    Supplier<ServerObservation> wellS1 = ports.s1.look;
    Supplier<ServerObservation> wellS2 = ports.s2.look;
    Supplier<ProxyObservation> wellProxy = ports.proxy.look;
    ports.s1.look = () -> away("s1 is away");
    ports.s2.look = () -> away("s2 is away");
    ports.proxy.look = () -> new ProxyObservation.Unreachable("away");
    discovery();

    ports.s1.look = slowly(wellS1);
    ports.s2.look = slowly(wellS2);
    ports.proxy.look = slowly(wellProxy);
    Observation seen = discovery();
    assertReachable(seen.server(S1));
    assertReachable(seen.server(S2));
    assertEquals(wellProxy.get(), seen.proxies().get(PROXY));
  }

  @Test
  void aLookOverFormerAdaptersIsNeitherJoinedNorUsed() {
    Reachable former = FakePorts.closed(U1, U1 + ":1-10", false, Optional.empty());
    ports.s2.look = () -> away("s2 is away");
    check();
    ports.s2.look = behind(gate, () -> former);
    assertAway(check().server(S2));

    FakePorts others = new FakePorts();
    members = new Members(others.spec, others.connector());
    assertEquals(others.s2.look.get(), check().server(S2), "the look under way was not joined");
    others.s2.look = () -> away("the other s2 is away");
    assertAway(check().server(S2));
    gate.countDown();
    await().until(() -> wakes.get() == 1);
    assertEquals(away("the other s2 is away"), event().server(S2), "nor what it found used");
  }

  @Test
  void whatFormerAdaptersSawDoesNotMakeOthersCountAsAway() {
    ports.s2.look = () -> away("s2 is away");
    check();
    FakePorts others = new FakePorts();
    others.s2.look = slowly(others.s2.look);
    members = new Members(others.spec, others.connector());
    assertReachable(check().server(S2));
  }

  @Test
  void anErrorInAnAdapterStaysAnError() {
    ports.s2.look =
        () -> {
          throw new NoClassDefFoundError("com/mysql/cj/Session");
        };
    assertThrows(NoClassDefFoundError.class, this::check);
  }
}
