package org.mysqlmanager.reconcile;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.reconcile.FakePorts.S1;
import static org.mysqlmanager.reconcile.FakePorts.S2;
import static org.mysqlmanager.reconcile.FakePorts.U1;
import static org.mysqlmanager.reconcile.FakePorts.U2;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.decide.Decider;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.Sight;

/** What a manager knows beside its present look, and what it lets the others know. */
class EvidenceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final FakePorts ports = new FakePorts();
  private final AtomicReference<ClusterLoop> started = new AtomicReference<>();

  @AfterEach
  void end() {
    Optional.ofNullable(started.get()).ifPresent(ClusterLoop::stop);
  }

  private void start(StateStore store) {
    start(store, Duration.ofMillis(100));
  }

  private ClusterLoop start(StateStore store, Duration checkInterval) {
    Parts p = ports.parts(checkInterval);
    ClusterLoop loop =
        new ClusterLoop(
            ports.spec,
            new Parts(
                p.clock(),
                p.threads(),
                p.checkInterval(),
                p.observeTimeout(),
                p.leadership(),
                store,
                p.connector(),
                p.archive(),
                Decider::decide,
                p.listener()));
    started.set(loop);
    Thread.ofPlatform().daemon().start(loop);
    return loop;
  }

  /** A follower of an older version: it lives, so its last word would hold for ever. */
  @Test
  void aManagerThatCannotReadTheStateStillTellsTheOthersThatTheSourceIsDown() {
    Watched store = new Watched(ports.store);
    start(store);
    await().atMost(PATIENCE).until(() -> "up".equals(store.published.get().get(S1)));
    store.readable = false;
    ports.s1.look = () -> FakePorts.away("s1 is away");
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> String.valueOf(store.published.get().get(S1)).startsWith("down"));
  }

  @Test
  void tellsTheOthersHowItSeesEachServer() {
    Watched store = new Watched(ports.store);
    start(store);
    await().atMost(PATIENCE).until(() -> store.published.get().size() == 2);
    ports.s1.look = () -> FakePorts.away("s1 is away");
    await()
        .atMost(PATIENCE)
        .until(() -> "down: connection_failed".equals(store.published.get().get(S1)));
    assertEquals("up", store.published.get().get(S2));
  }

  /** The manager did not see the source for ten minutes; the replica has nothing since. */
  @Test
  void aGapInTheHistoryDoesNotMakeALateReplicaPunctual() {
    SourceHistory history = new SourceHistory();
    Duration limit = Duration.ofSeconds(60);
    for (int second = 1; second <= 100; second++) {
      history.seen(S1, upTo(second), TimeUnit.SECONDS.toNanos(second), limit);
    }
    history.seen(S1, upTo(700), TimeUnit.SECONDS.toNanos(700), limit);
    assertNotEquals(Optional.of(Duration.ZERO), history.lag(upTo(100), limit));
  }

  /** What the source had is asked of the look before, in which it still answered. */
  @Test
  void remembersWhatTheSourceHadWhenItLastAnswered() {
    ClusterObserver observer =
        new ClusterObserver(
            Clock.systemUTC(),
            new JdkThreads(),
            Duration.ofSeconds(2),
            new FakePorts.EmptyArchive(),
            () -> {});
    try (Members members = new Members(ports.spec, ports.connector())) {
      observer.observe(members, Optional.of(S1), Optional.of(S1), Trigger.CHECK);
      ports.s1.look = () -> FakePorts.away("s1 is away");
      Optional<GtidSet> known =
          observer
              .observe(members, Optional.of(S1), Optional.of(S1), Trigger.CHECK)
              .evidence()
              .sourceExecuted();
      assertEquals(Optional.of(GtidSet.parse(U1 + ":1-10")), known);
      assertTrue(
          observer
              .observe(members, Optional.of(S2), Optional.of(S2), Trigger.CHECK)
              .evidence()
              .receiverLag()
              .isEmpty());
    }
  }

  /** What a replica gets between the two looks would else be taken for its own. */
  @Test
  void theSourceIsReadOnceMoreAfterItsReplicas() {
    AtomicInteger looks = new AtomicInteger();
    ports.s1.look = () -> FakePorts.source(U1, U1 + ":1-" + (10 + looks.incrementAndGet()));
    ClusterObserver observer =
        new ClusterObserver(
            Clock.systemUTC(),
            new JdkThreads(),
            Duration.ofSeconds(2),
            new FakePorts.EmptyArchive(),
            () -> {});
    try (Members members = new Members(ports.spec, ports.connector())) {
      Observation seen = observer.observe(members, Optional.of(S1), Optional.of(S1), Trigger.CHECK);
      assertEquals(upTo(12), seen.reachable(S1).orElseThrow().executed());
      assertFalse(seen.evidence().receiverLag().containsKey(S1));
    }
  }

  /** Everybody is to see in whose epoch the state is, even if nothing else has changed. */
  @Test
  void aNewLeaderWritesItsEpochEvenIfNothingElseChanges() {
    start(ports.store);
    await().atMost(PATIENCE).until(() -> ports.store.state.phase() == Phase.RUNNING);
    ports.store.state = ports.store.state.withEpoch(Epoch.NONE);
    await().atMost(PATIENCE).until(() -> ports.store.state.epoch().equals(new Epoch(1)));
  }

  @Test
  void theOldSourceItselfIsFencedTooThoughNobodyWaitsForIt() {
    ports.spec = ports.spec.withPolicy(ports.spec.policy().withMasterFailureThreshold(0));
    ports.store.spec = ports.spec;
    ports.s2.look = () -> FakePorts.closed(U2, U1 + ":1-10", false, Optional.of(cutOff()));
    ports.s1.look = () -> FakePorts.away("s1 is away");
    start(ports.store);
    await().atMost(PATIENCE).until(() -> ports.s1.fences.get() > 0);
  }

  @Test
  void aSourceThatIsBeingReplacedIsNotWrittenTo() {
    ports.spec = ports.spec.withPolicy(ports.spec.policy().withWriteProbe(WriteProbing.ALARM));
    ports.store.spec = ports.spec;
    ports.store.state =
        ports.store.state.withOperation(
            new Operation.Failover(
                S1,
                S2,
                upTo(10),
                Operation.FailoverStep.STOP_RECEIVER,
                1,
                0,
                Optional.empty(),
                Instant.now(),
                GtidSet.EMPTY,
                "s1 cannot write",
                Instant.now(),
                List.of()));
    start(ports.store);
    await().atMost(PATIENCE).until(() -> ports.s1.looks.get() > 20);
    assertEquals(0, ports.s1.writes.get());
  }

  @Test
  void theSourceIsWrittenToAtChecksOnly() {
    ports.spec = ports.spec.withPolicy(ports.spec.policy().withWriteProbe(WriteProbing.ALARM));
    ports.store.spec = ports.spec;
    ClusterLoop loop = start(ports.store, Duration.ofSeconds(2));
    await().atMost(PATIENCE).until(() -> ports.s1.writes.get() > 0);
    int looks = ports.s1.looks.get();
    int writes = ports.s1.writes.get();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          loop.wake();
          return ports.s1.looks.get() > looks + 50;
        });
    // Far more rounds than checks.
    assertTrue(ports.s1.writes.get() - writes < 25, "writes: " + ports.s1.writes);
  }

  /** It neither hears from s1 nor has an error of its own. */
  private static Replication cutOff() {
    Replication well = FakePorts.followsS1();
    return new Replication(
        well.source(),
        well.sourceUuid(),
        Receiver.CONNECTING,
        true,
        true,
        GtidSet.EMPTY,
        Optional.empty(),
        "",
        "",
        Optional.empty());
  }

  private static GtidSet upTo(long last) {
    return GtidSet.parse(U1 + ":1-" + last);
  }

  /** Another store, of which can be told what was published in it. */
  private static final class Watched implements StateStore {
    private final StateStore store;
    final AtomicReference<Map<ServerId, String>> published = new AtomicReference<>(Map.of());
    volatile boolean readable = true;

    Watched(StateStore store) {
      this.store = store;
    }

    @Override
    public boolean createIfAbsent(ClusterSpec configured) {
      return store.createIfAbsent(configured);
    }

    @Override
    public LoadResult load(ClusterName cluster) {
      return readable
          ? store.load(cluster)
          : new LoadResult.Unreadable("state has schema 2: this manager knows up to 1");
    }

    @Override
    public StoreResult store(
        ClusterName cluster,
        ClusterState next,
        int expectedVersion,
        Epoch epoch,
        List<HistoryRecord> finished) {
      return store.store(cluster, next, expectedVersion, epoch, finished);
    }

    @Override
    public List<HistoryRecord> history(ClusterName cluster, int most) {
      return store.history(cluster, most);
    }

    @Override
    public void publishView(ClusterName cluster, Map<ServerId, String> view) {
      published.set(Map.copyOf(view));
    }

    @Override
    public Map<String, Map<ServerId, Sight>> witnesses(ClusterName cluster) {
      return store.witnesses(cluster);
    }

    @Override
    public void onChange(ClusterName cluster, Runnable listener) {
      store.onChange(cluster, listener);
    }
  }
}
