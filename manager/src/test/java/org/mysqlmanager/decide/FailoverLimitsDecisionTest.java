package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.LastFailover;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.WriteProbe;

/** What keeps a failover from happening: too soon, too much to lose; and writes that fail. */
class FailoverLimitsDecisionTest {
  // --- The minimum time between failovers

  /** s1 was failed over to s2 just now, and follows it. */
  private static FakeWorld failedOverAndBack() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(5);
    assertEquals(Optional.of(id("s2")), world.state.source());
    world.server("s1").restart();
    world.untilRunning();
    return world;
  }

  @Test
  void aSecondFailoverWaitsForTheMinimumInterval() {
    FakeWorld world = failedOverAndBack();
    world.server("s2").up = false;
    world.checks(6);
    assertTrue(
        Duration.between(world.state.lastFailover().orElseThrow().ended(), world.now)
                .compareTo(world.spec.minFailoverInterval())
            < 0);
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertEquals(Phase.DEGRADED, world.state.phase());

    world.pass(world.spec.minFailoverInterval());
    world.check();
    assertEquals(Optional.of(id("s1")), world.state.source());
  }

  @Test
  void anIntervalOfZeroBlocksNothing() {
    FakeWorld world = failedOverAndBack();
    world.spec = world.spec.withPolicy(world.spec.policy().withMinFailoverInterval(Duration.ZERO));
    world.server("s2").up = false;
    world.checks(4);
    assertEquals(Optional.of(id("s1")), world.state.source());
  }

  @Test
  void aNewSourceThatFailsBeforeTheOldOneHasJoinedIsReplacedAtOnce() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3").given(w -> w.server("s1").up = false);
    world.checks(5);
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertFalse(world.state.oldMasterJoined());
    world.server("s2").up = false;
    world.checks(4);
    assertEquals(Optional.of(id("s3")), world.state.source());
  }

  @Test
  void anEndInTheFutureIsAClockThatWasWrong() {
    FakeWorld world = failedOverAndBack();
    world.state =
        world.state.withLastFailover(
            new LastFailover(world.now.plus(Duration.ofDays(1)), id("s1")));
    world.server("s2").up = false;
    world.checks(4);
    assertEquals(Optional.of(id("s1")), world.state.source());
  }

  // --- The longest lag

  private static FakeWorld behind(Duration lag) {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s2").receiverLag = lag;
    world.server("s2").receiverError = "cannot connect";
    world.server("s1").write();
    world.server("s1").write();
    world.check();
    world.server("s1").up = false;
    world.checks(8);
    return world;
  }

  @Test
  void aReplicaTooFarBehindIsNotPromotedAndTheReasonTellsTheLoss() {
    FakeWorld world = behind(Duration.ofSeconds(61));
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    String lost = world.server("s1").uuid + ":101-102";
    assertTrue(world.state.reason().contains(lost), world.state.reason());

    // The operator accepts the loss.
    world.spec = SpecChanges.withMaxFailoverLag(world.spec, Duration.ofHours(1));
    world.check();
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @Test
  void aReplicaThatHasCaughtUpIsFitAgain() {
    FakeWorld world = behind(Duration.ofSeconds(61));
    world.server("s1").restart();
    world.server("s2").receiverError = "";
    world.server("s2").receiverLag = Duration.ZERO;
    world.untilRunning();
    world.server("s1").up = false;
    world.checks(4);
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @Test
  void aReplicaWithinTheLimitIsPromoted() {
    assertEquals(Optional.of(id("s2")), behind(Duration.ofSeconds(60)).state.source());
  }

  @Test
  void aLateApplierCountsUntilItHasAppliedEverything() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    FakeServer s2 = world.server("s2");
    s2.lag = Duration.ofSeconds(61);
    s2.applierOn = false;
    s2.applierError = "slow";
    world.server("s1").write();
    world.check();
    world.server("s1").up = false;
    world.checks(8);
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
    s2.applierError = "";
    s2.applierOn = true;
    world.checks(2);
    assertEquals(Optional.of(id("s2")), world.state.source());
  }

  @Test
  void aServerJoinsOnlyWhenItReceivesInStep() {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").up = false);
    world.checks(5);
    world.server("s1").receiverLag = Duration.ofMinutes(5);
    world.server("s1").restart();
    world.checks(10);
    assertFalse(world.state.oldMasterJoined());
    world.server("s1").receiverLag = Duration.ZERO;
    world.untilRunning();
    assertTrue(world.state.oldMasterJoined());
  }

  // --- A source that cannot write

  private static FakeWorld unwritable(WriteProbing probing) {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withWriteProbe(probing));
    world.writeProbe = Optional.of(new WriteProbe.Failed("s1: disk full"));
    world.checks(6);
    return world;
  }

  @Test
  void aSourceThatCannotWriteIsAnAlarm() {
    FakeWorld world = unwritable(WriteProbing.ALARM);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(ServerStatus.WRITE_FAILING, world.state.server(id("s1")).status());
    assertEquals(Phase.DEGRADED, world.state.phase());
    assertEquals(
        world.spec.masterFailureThreshold() + 1,
        world.state.writeFailureCount(),
        "counted no further than it matters");
    assertEquals(List.of(), world.steps);

    world.writeProbe = Optional.of(new WriteProbe.NotTried("not now"));
    world.check();
    assertEquals(Phase.DEGRADED, world.state.phase(), "what failed is not mended by not trying");
    world.writeProbe = Optional.of(new WriteProbe.Written());
    world.untilRunning();
    assertEquals(0, world.state.writeFailureCount());
  }

  @Test
  void aSourceThatCannotWriteIsReplacedWhereTheOperatorWantsThat() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withWriteProbe(WriteProbing.FAILOVER));
    world.writeProbe = Optional.of(new WriteProbe.Failed("s1: disk full"));
    world.checks(3);
    assertEquals(Optional.of(id("s1")), world.state.source());
    world.check();
    assertEquals(Optional.of(id("s2")), world.state.source());
    world.writeProbe = Optional.of(new WriteProbe.Written());
    world.untilRunning();
    assertEquals(0, world.state.writeFailureCount());
  }

  @Test
  void itIsNotReplacedByAReplicaThatLacksAnything() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s2").receiverError = "stopped by a test";
    world.server("s1").write();
    world.spec = world.spec.withPolicy(world.spec.policy().withWriteProbe(WriteProbing.FAILOVER));
    world.writeProbe = Optional.of(new WriteProbe.Failed("s1: disk full"));
    world.checks(8);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
  }

  @Test
  void withoutProbingNothingIsConcluded() {
    FakeWorld world = unwritable(WriteProbing.OFF);
    assertEquals(Phase.RUNNING, world.state.phase());
    assertEquals(0, world.state.writeFailureCount());
  }
}
