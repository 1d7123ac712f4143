package org.mysqlmanager.reconcile;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.reconcile.FakePorts.S1;
import static org.mysqlmanager.reconcile.FakePorts.S2;
import static org.mysqlmanager.reconcile.FakePorts.U1;
import static org.mysqlmanager.reconcile.FakePorts.U2;
import static org.mysqlmanager.reconcile.FakePorts.away;
import static org.mysqlmanager.reconcile.FakePorts.behind;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.Sight;
import org.mysqlmanager.observe.WriteProbe;

/** The real loop, observer, executor and decisions between ports that do as a test says. */
class ClusterLoopTest {
  private static final Duration SHORT = Duration.ofMillis(100);

  /** No second check comes while a test runs. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final FakePorts ports = new FakePorts();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicReference<ClusterLoop> started = new AtomicReference<>();

  @AfterEach
  void end() {
    gate.countDown();
    Optional.ofNullable(started.get()).ifPresent(ClusterLoop::stop);
  }

  private ClusterLoop make(Duration checkInterval) {
    ClusterLoop loop = new ClusterLoop(ports.spec, ports.parts(checkInterval));
    started.set(loop);
    return loop;
  }

  private Thread start(ClusterLoop loop) {
    return Thread.ofPlatform().daemon().start(loop);
  }

  private void startRunning(Duration checkInterval) {
    start(make(checkInterval));
    await().atMost(PATIENCE).until(() -> ports.store.state.phase() == Phase.RUNNING);
  }

  private void awaitFailures(int failures) {
    await().atMost(PATIENCE).until(() -> ports.store.state.masterFailureCount() >= failures);
  }

  private void makeSourceFail() {
    ports.s1.look = () -> away("s1 is away");
  }

  /** What a jar that was replaced under a running process leads to. */
  private static Runnable once(Runnable failure) {
    AtomicBoolean due = new AtomicBoolean(true);
    return () -> {
      if (due.getAndSet(false)) {
        failure.run();
      }
    };
  }

  private static void missClass() {
    throw new NoClassDefFoundError("org/mysqlmanager/decide/FailingOver");
  }

  @Test
  void everyLookIsTimed() {
    List<Duration> looks = new CopyOnWriteArrayList<>();
    ports.listener =
        new StepListener() {
          @Override
          public void finished(ClusterName cluster, String step, String result, Duration took) {}

          @Override
          public void looked(ClusterName cluster, Duration took) {
            looks.add(took);
          }
        };
    startRunning(SHORT);
    int before = looks.size();
    await().atMost(PATIENCE).until(() -> looks.size() > before + 1);
    assertTrue(looks.stream().allMatch(look -> look.compareTo(Duration.ZERO) > 0), looks::toString);
  }

  @Test
  void anErrorInARoundGivesUpLeadershipAndDoesNotEndTheLoop() {
    startRunning(SHORT);
    ports.store.beforeLoad = once(ClusterLoopTest::missClass);
    await().atMost(PATIENCE).until(() -> ports.leadership.resignations.get() == 1);
    makeSourceFail();
    awaitFailures(5);
    assertTrue(started.get().status().lastFailure().orElse("").contains("FailingOver"));
    assertEquals(1, ports.leadership.resignations.get());
  }

  @Test
  void anErrorBetweenRoundsDoesNotEndTheLoop() {
    Duration interval = Duration.ofSeconds(2);
    startRunning(interval);
    int before = ports.store.loads.get();
    await().atMost(PATIENCE).until(() -> ports.store.loads.get() > before);
    // The next check is far: this is what the loop does when the store has news.
    ports.store.beforeLoad = once(ClusterLoopTest::missClass);
    ports.store.listener.run();
    await().atMost(PATIENCE).until(() -> ports.leadership.resignations.get() == 1);
    makeSourceFail();
    awaitFailures(1);
  }

  @Test
  void anExceptionInARoundKeepsLeadership() {
    startRunning(SHORT);
    ports.store.beforeLoad =
        once(() -> {
          throw new IllegalStateException("a bug");
        });
    await()
        .atMost(PATIENCE)
        .until(() -> started.get().status().lastFailure().orElse("").contains("a bug"));
    makeSourceFail();
    awaitFailures(5);
    assertEquals(0, ports.leadership.resignations.get());
  }

  @Test
  void aRoundThatAlwaysFailsIsTriedOncePerCheckWhoeverAsks() {
    ports.store.beforeLoad = ClusterLoopTest::missClass;
    long begun = System.nanoTime();
    ClusterLoop loop = make(Duration.ofMillis(300));
    start(loop);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> {
          loop.wake();
          return ports.store.loads.get() >= 5;
        });
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.toMillis() >= 1200, "five rounds, four intervals of 300 ms: " + took);
  }

  @Test
  void aLoopThatEndsUnaskedGivesUpLeadership() throws Exception {
    Thread thread = start(make(LONG));
    await().atMost(PATIENCE).until(() -> ports.store.state.phase() == Phase.RUNNING);
    thread.interrupt();
    assertTrue(thread.join(PATIENCE));
    assertEquals(1, ports.leadership.resignations.get());
  }

  @Test
  void aLoopThatIsStoppedKeepsLeadership() throws Exception {
    ClusterLoop loop = make(LONG);
    Thread thread = start(loop);
    await().atMost(PATIENCE).until(() -> ports.store.state.phase() == Phase.RUNNING);
    loop.stop();
    assertTrue(thread.join(PATIENCE));
    assertEquals(0, ports.leadership.resignations.get());
  }

  @Test
  void savingTransactionsDoesNotHoldUpFailureDetectionAndItsFailureIsShown() {
    ports.store.state =
        ClusterState.INITIAL.withSource(
            S2,
            Map.of(
                S1, ServerState.unjoined(Membership.FORMER_SOURCE),
                S2, ServerState.joined(Role.SOURCE)));
    ports.proxy.look = FakePorts.routing(S2, S2);
    ports.s1.look = () -> FakePorts.closed(U1, U1 + ":1-20", true, Optional.empty());
    ports.s2.look = () -> FakePorts.source(U2, U1 + ":1-10," + U2 + ":1-5");
    ports.s1.save = behind(gate, () -> new StepResult.Failed("disk full"));
    start(make(SHORT));
    await().atMost(PATIENCE).until(() -> ports.s1.saves.get() == 1);

    ports.s2.look = () -> away("s2 is away");
    awaitFailures(5);
    assertEquals(Optional.empty(), started.get().status().lastFailure());

    gate.countDown();
    await()
        .atMost(PATIENCE)
        .until(() -> started.get().status().lastFailure().orElse("").contains("disk full"));
  }

  @Test
  void aFrozenProxyDoesNotSlowDownFailureDetection() {
    startRunning(SHORT);
    ports.proxy.look = behind(gate, () -> new ProxyObservation.Unreachable("frozen"));
    makeSourceFail();
    // Each check would take the two seconds of a look, so ten of them the whole patience.
    awaitFailures(10);
  }

  @Test
  void aFrozenReplicaDoesNotSlowDownFailureDetection() {
    startRunning(SHORT);
    ports.s2.look = behind(gate, () -> away("frozen"));
    makeSourceFail();
    awaitFailures(10);
  }

  @Test
  void aReplicaThatIsBackButSlowIsSeenLongBeforeTheNextCheck() {
    Supplier<ServerObservation> well = ports.s2.look;
    ports.s2.look = () -> away("s2 is away");
    ClusterLoop loop = make(LONG);
    start(loop);
    await().atMost(PATIENCE).until(() -> loop.status().observation().isPresent());
    ports.s2.look = behind(gate, well);
    int looks = ports.s2.looks.get();
    loop.wake();
    await().atMost(PATIENCE).until(() -> ports.s2.looks.get() > looks);
    gate.countDown();
    await()
        .atMost(PATIENCE)
        .until(() -> loop.status().observation().orElseThrow().reachable(S2).isPresent());
  }

  @Test
  void aFailoverGoesOnSoonAfterAFailedStepButNotWithoutEnd() {
    ports.store.state =
        ports.store.state.withOperation(
            new Operation.Failover(
                S1,
                S2,
                GtidSet.parse(U1 + ":1-10"),
                FailoverStep.STOP_RECEIVER,
                1,
                0,
                Optional.empty(),
                Instant.now(),
                GtidSet.EMPTY,
                "s1 is away",
                Instant.now(),
                List.of()));
    makeSourceFail();
    List<Long> attempts = new CopyOnWriteArrayList<>();
    ports.s2.stopReceiver =
        () -> {
          attempts.add(System.nanoTime());
          return new StepResult.Failed("no answer");
        };
    start(make(LONG));
    await().atMost(PATIENCE).until(() -> attempts.size() >= 5);
    long firstFour = TimeUnit.NANOSECONDS.toMillis(attempts.get(3) - attempts.get(0));
    long last = TimeUnit.NANOSECONDS.toMillis(attempts.get(4) - attempts.get(3));
    assertTrue(firstFour >= 600, "three pauses of 200 ms: " + firstFour);
    assertTrue(firstFour < 2700, "three pauses of 200 ms, not of a second: " + firstFour);
    assertTrue(last >= 1000, "then a second: " + last);
  }

  @Test
  void whatAnotherManagerComesToSeeIsHeededLongBeforeTheNextCheck() {
    ports.spec = ports.spec.withPolicy(ports.spec.policy().withMasterFailureThreshold(0));
    ports.store.spec = ports.spec;
    makeSourceFail();
    ports.s2.look = () -> FakePorts.closed(U2, U1 + ":1-10", false, Optional.of(cutOff()));
    ports.store.witnesses =
        Map.of(
            "m2", Map.of(S1, Sight.UP), "m3", Map.of(S1, Sight.UP), "m4", Map.of(S1, Sight.DOWN));
    ClusterLoop loop = make(LONG);
    start(loop);
    await().atMost(PATIENCE).until(() -> ports.store.state.masterFailureCount() == 1);
    assertTrue(ports.store.state.operation().isEmpty());

    ports.store.witnesses =
        Map.of(
            "m2", Map.of(S1, Sight.DOWN), "m3", Map.of(S1, Sight.UP), "m4", Map.of(S1, Sight.DOWN));
    ports.store.listener.run();
    await().atMost(PATIENCE).until(() -> ports.store.state.operation().isPresent());
  }

  @Test
  void aLeaderThatAloneCannotSeeTheSourceResigns() {
    ports.spec = ports.spec.withPolicy(ports.spec.policy().withMasterFailureThreshold(0));
    ports.store.spec = ports.spec;
    makeSourceFail();
    ports.store.witnesses = Map.of("m2", Map.of(S1, Sight.UP));
    start(make(SHORT));
    await().atMost(PATIENCE).until(() -> ports.leadership.resignations.get() > 0);
    assertTrue(ports.store.state.operation().isEmpty());
  }

  @Test
  void aLeaderThatIsRefusedThoughItHoldsAPermitResigns() {
    startRunning(SHORT);
    assertEquals(0, ports.leadership.resignations.get());
    ports.s2.restart = StepResult.Refused::new;
    ports.s2.look =
        () -> FakePorts.closed(U2, U1 + ":1-10", false, Optional.of(FakePorts.stoppedApplier()));
    await().atMost(PATIENCE).until(() -> ports.leadership.resignations.get() > 0);
  }

  @Test
  void aSourceThatCannotWriteIsFoundByWritingIfThatIsWanted() {
    ports.spec = ports.spec.withPolicy(ports.spec.policy().withWriteProbe(WriteProbing.ALARM));
    ports.store.spec = ports.spec;
    startRunning(SHORT);
    ports.s1.write = () -> new WriteProbe.Failed("s1: disk full");
    await().atMost(PATIENCE).until(() -> ports.store.state.writeFailureCount() > 2);
    assertEquals(ServerStatus.WRITE_FAILING, ports.store.state.server(S1).status());
    ports.s1.write = WriteProbe.Written::new;
    await().atMost(PATIENCE).until(() -> ports.store.state.phase() == Phase.RUNNING);
  }

  @Test
  void aWriteThatHangsDoesNotSlowDownFailureDetection() {
    ports.spec = ports.spec.withPolicy(ports.spec.policy().withWriteProbe(WriteProbing.ALARM));
    ports.store.spec = ports.spec;
    startRunning(SHORT);
    ports.s1.write = behind(gate, WriteProbe.Written::new);
    makeSourceFail();
    awaitFailures(10);
  }

  /** s2 neither hears from s1 nor has an error of its own. */
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
}
