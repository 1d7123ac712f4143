package org.mysqlmanager.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.decide.FakeWorld.id;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation.Failover;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.Evidence;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.Sight;
import org.mysqlmanager.observe.WriteProbe;

/** Conditions that a decision must not do without, each by a case in which it alone matters. */
class GuardsDecisionTest {
  private static final Predicate<Step> NONE = _ -> false;

  private static FakeWorld dying(String... names) {
    return FakeWorld.running(names).given(w -> w.server("s1").up = false);
  }

  private static Failover failover(FakeWorld world) {
    return (Failover) world.state.operation().orElseThrow();
  }

  /** s1 was failed over to s2 just now, and follows it. */
  private static FakeWorld failedOverAndBack() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    world.server("s1").restart();
    world.untilRunning();
    assertEquals(Optional.of(id("s2")), world.state.source());
    return world;
  }

  // --- Who hears from the source

  @Test
  void aReplicaThatHearsFromSomebodyElseIsNoWitnessForTheSource() {
    FakeWorld world = dying("s1", "s2", "s3");
    world.server("s3").follow(world.server("s2"));
    world.checks(5);
    assertEquals(Optional.of(id("s2")), world.state.source(), world.state.reason());
  }

  @ParameterizedTest
  @CsvSource({"0,s1", "2499,s1", "2500,s2", "60000,s2"})
  void aReceiverThatIsConnectedButHasLongHeardNothingIsNoWitness(long silent, String source) {
    FakeWorld world = FakeWorld.running("s1", "s2").given(w -> w.server("s1").hidden = true);
    world.server("s2").silence = Duration.ofMillis(silent);
    Rounds.checksWithout(world, 5, Step.FenceOldSource.class::isInstance);
    assertEquals(source.equals("s2"), world.state.operation().isPresent(), world.state.reason());
  }

  // --- A source that is back

  @Test
  void aReplicaThatDivergedDoesNotKeepARestartedSourceClosed() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    FakeServer s2 = world.server("s2");
    s2.executed = s2.executed.union(GtidSet.parse("99999999-0000-0000-0000-000000000001:1"));
    world.check();
    world.server("s1").restart();
    world.checks(3);
    assertFalse(world.server("s1").readOnly, world.state.reason());
  }

  @Test
  void whatAReplicaWroteItselfIsNothingThatTheSourceLost() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    FakeServer s2 = world.server("s2");
    s2.executed = s2.executed.union(s2.own(1));
    world.server("s1").restart();
    world.checks(3);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertFalse(world.server("s1").readOnly, world.state.reason());
  }

  @Test
  void noReplicaIsComparedWithAForeignServerInThePlaceOfTheSource() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    FakeServer s1 = world.server("s1");
    s1.uuid = "00000000-0000-0000-0000-0000000000aa";
    s1.executed = s1.own(3);
    world.checks(2);
    assertFalse(world.state.server(id("s2")).diverged());
    assertEquals(Optional.of(id("s2")), world.state.source(), world.state.reason());
  }

  // --- The minimum time between failovers holds for every kind

  @Test
  void aSourceThatCannotWriteIsNotReplacedTooSoon() {
    FakeWorld world = failedOverAndBack();
    world.spec = world.spec.withPolicy(world.spec.policy().withWriteProbe(WriteProbing.FAILOVER));
    world.writeProbe = Optional.of(new WriteProbe.Failed("s2: disk full"));
    world.checks(5);
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertTrue(world.state.reason().contains("min_failover_interval"), world.state.reason());
    world.pass(world.spec.minFailoverInterval());
    world.check();
    assertEquals(Optional.of(id("s1")), world.state.source());
  }

  @Test
  void aSourceThatLostDataIsNotReplacedTooSoonNorOpened() {
    FakeWorld world = failedOverAndBack();
    FakeServer s2 = world.server("s2");
    s2.write();
    world.check();
    s2.executed = s2.executed.minus(s2.own(1000));
    s2.restart();
    world.checks(2);
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertTrue(s2.readOnly);
    world.pass(world.spec.minFailoverInterval());
    world.checks(2);
    assertEquals(Optional.of(id("s1")), world.state.source());
  }

  // --- The steps of a failover

  @Test
  void theOldSourceIsToldToCloseEvenIfNoProxyIsKnownToSendClientsThere() {
    FakeWorld world = dying("s1", "s2").given(w -> w.proxyUp = false);
    world.checks(5);
    assertTrue(world.steps.getFirst() instanceof Step.FenceOldSource, world.steps::toString);
  }

  @Test
  void whatArrivesUntilTheReceiverStandsIsRequiredToo() {
    FakeWorld world = dying("s1", "s2");
    Rounds.reach(world, FailoverStep.STOP_RECEIVER, Step.StopReceiver.class::isInstance);
    FakeServer s2 = world.server("s2");
    s2.applierOn = false;
    s2.retrieved = world.server("s1").own(105).minus(s2.executed);
    s2.receiverOn = false;
    world.checks(3);
    assertEquals(Optional.of(id("s2")), world.state.source());
    assertTrue(s2.executed.contains(world.server("s1").own(105)), s2.executed::toString);
  }

  @Test
  void aCandidateIsReplacedAfterMoreThanTheThresholdOfChecksInARow() {
    FakeWorld world = dying("s1", "s2", "s3");
    Rounds.reach(world, FailoverStep.STOP_RECEIVER, Step.StopReceiver.class::isInstance);
    for (int i = 0; i < 2; i++) {
      world.server("s2").up = false;
      for (int j = 0; j < 3; j++) {
        world.decideAndStore(Trigger.CHECK);
      }
      assertEquals(id("s2"), failover(world).candidate());
      world.server("s2").up = true;
      world.decideAndStore(Trigger.CHECK);
    }
    assertEquals(0, failover(world).candidateFailures());
    world.server("s2").up = false;
    for (int j = 0; j < 4; j++) {
      world.decideAndStore(Trigger.CHECK);
    }
    assertEquals(id("s3"), failover(world).candidate());
  }

  @Test
  void aCandidateThatMayHaveBeenOpenedIsAFormerSource() {
    FakeWorld world = dying("s1", "s2", "s3");
    Rounds.reach(world, FailoverStep.PROMOTE, NONE);
    world.server("s2").up = false;
    for (int j = 0; j < 4; j++) {
      world.decideAndStore(Trigger.CHECK);
    }
    assertEquals(id("s3"), failover(world).candidate());
    assertEquals(Membership.FORMER_SOURCE, world.membership("s2"));
  }

  @Test
  void aCandidateThatCannotApplyIsNotReplacedByOneThatHasReceivedLess() {
    FakeWorld world = FakeWorld.running("s1", "s2", "s3");
    FakeServer s2 = world.server("s2");
    s2.applierOn = false;
    s2.retrieved = world.server("s1").own(110).minus(s2.executed);
    world.server("s1").executed = world.server("s1").own(110);
    world.server("s1").up = false;
    Rounds.reach(world, FailoverStep.CATCH_UP, Step.AwaitApplied.class::isInstance);
    s2.applierError = "duplicate key";
    Rounds.checksWithout(world, 5, Step.AwaitApplied.class::isInstance);
    assertEquals(id("s2"), failover(world).candidate());
    assertEquals(Phase.NEEDS_OPERATOR, world.state.phase());
  }

  @Test
  void aLeaderThatResignsOverACandidateLeavesNoCountOfItBehind() {
    FakeWorld world = dying("s1", "s2", "s3");
    Rounds.reach(world, FailoverStep.PROMOTE, Step.Promote.class::isInstance);
    world.server("s2").hidden = true;
    world.witness("manager-2", "s2", Sight.UP);
    for (int i = 0; i < 20 && world.resignations == 0; i++) {
      world.round(Trigger.CHECK);
    }
    assertEquals(1, world.resignations);
    assertEquals(0, failover(world).candidateFailures());
  }

  @Test
  void aServerWithoutCompleteDataIsNoCandidateWhateverElseItIs() {
    FakeWorld world = dying("s1", "s2");
    world.state = world.state.withServer(id("s2"), s -> s.withCloneRequired(""));
    world.checks(8);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertEquals(List.of(), world.steps);
  }

  @Test
  void aServerWithoutGtidsIsNoCandidate() {
    FakeWorld world = dying("s1", "s2").given(w -> w.server("s2").gtidMode = false);
    world.checks(8);
    assertEquals(Optional.of(id("s1")), world.state.source());
    assertTrue(world.state.reason().contains("gtid_mode"), world.state.reason());
  }

  // --- Counts, pauses and what is remembered

  @Test
  void onlyChecksCountWriteFailures() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withWriteProbe(WriteProbing.FAILOVER));
    world.writeProbe = Optional.of(new WriteProbe.Failed("s1: disk full"));
    for (int i = 0; i < 9; i++) {
      world.round(Trigger.EVENT);
    }
    assertEquals(0, world.state.writeFailureCount());
    assertEquals(ServerStatus.WRITE_FAILING, world.state.server(id("s1")).status());
  }

  @Test
  void aCheckThatGivesAReplicaUpCountsAWriteFailureOnce() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec =
        world.spec.withPolicy(
            world
                .spec
                .policy()
                .withMasterFailureThreshold(1000)
                .withWriteProbe(WriteProbing.ALARM)
                .withCloneBrokenReplicas(true));
    world.writeProbe = Optional.of(new WriteProbe.Failed("s1: disk full"));
    world.server("s2").applierError = "duplicate key";
    for (int i = 1; i < 60 && world.server("s2").clones == 0; i++) {
      world.round(Trigger.CHECK);
      assertEquals(i, world.state.writeFailureCount());
    }
    assertEquals(1, world.server("s2").clones);
  }

  @Test
  void aReplicaThatBreaksSoonAfterItsCloneIsNotClonedAgain() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withCloneBrokenReplicas(true));
    for (int i = 0; i < 3; i++) {
      world.server("s2").applierError = "duplicate key";
      world.checks(50);
      world.server("s2").applierError = "";
      world.checks(3);
    }
    assertEquals(1, world.server("s2").clones);
  }

  @Test
  void aReplicaThatReceivedWhatTheSourceLacksIsNotClonedUnasked() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.spec = world.spec.withPolicy(world.spec.policy().withCloneBrokenReplicas(true));
    FakeServer s2 = world.server("s2");
    s2.retrieved = GtidSet.parse(world.server("s1").uuid + ":101-105");
    s2.applierError = "duplicate key";
    world.checks(100);
    assertEquals(0, s2.clones, "101 to 105 are nowhere else");
  }

  @Test
  void whatIsUnknownOfAReceiverLeavesItAsLateAsItWas() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s2").receiverLag = Duration.ofMinutes(10);
    world.check();
    Observation unknown =
        world
            .observe(Trigger.CHECK)
            .with(
                new Evidence(
                    Map.of(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
    assertEquals(
        Optional.of(Duration.ofMinutes(10)),
        Decider.decide(world.spec, world.state, unknown).next().server(id("s2")).behind());
  }

  @Test
  void aProxyThatTookNothingForLongIsTriedAgainWithinSeconds() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.routed = Routing.NOWHERE;
    Rounds.checksWithout(world, 60, Step.ApplyRouting.class::isInstance);
    world.checks(3);
    assertEquals(Optional.of(id("s1")), world.routed.writer());
  }

  @Test
  void aStrangerThatCouldNotBeClosedForLongIsTriedAgainWithinSeconds() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    FakeServer s1 = world.server("s1");
    s1.up = true;
    s1.readOnly = false;
    s1.superReadOnly = false;
    Rounds.checksWithout(world, 60, Step.FenceServer.class::isInstance);
    assertFalse(s1.readOnly);
    int before = world.steps.size();
    world.checks(3);
    assertTrue(
        world.steps.subList(before, world.steps.size()).contains(new Step.FenceServer(id("s1"))),
        world.steps::toString);
  }

  @Test
  void aFormerSourceThatIsOnlyReadOnlyIsClosedForAdministratorsToo() {
    FakeWorld world = FailoverDecisionTest.failedOver();
    FakeServer s1 = world.server("s1");
    s1.up = true;
    s1.readOnly = true;
    s1.superReadOnly = false;
    assertEquals(Optional.of(new Step.FenceServer(id("s1"))), world.round(Trigger.CHECK));
  }

  @Test
  void aServerWithDataOfItsOwnIsClosedIfAProxySendsClientsThere() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    FakeServer s3 = Rounds.add(world, "s3", 3);
    s3.executed = s3.own(7);
    s3.userData = true;
    s3.readOnly = false;
    s3.superReadOnly = false;
    world.routed = new Routing(Optional.of(id("s1")), Set.of(id("s2"), id("s3")));
    assertEquals(Optional.of(new Step.FenceServer(id("s3"))), world.round(Trigger.CHECK));
  }

  // --- Who serves reads

  @Test
  void aReplicaThatDivergedServesNoReads() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    FakeServer s2 = world.server("s2");
    s2.executed = s2.executed.union(s2.own(1));
    world.checks(2);
    assertEquals(Set.of(id("s1")), world.routed.readers());
  }

  @Test
  void aReplicaThatIsOpenServesNoReads() {
    FakeWorld world = FakeWorld.running("s1", "s2");
    world.server("s2").readOnly = false;
    Rounds.checksWithout(world, 3, Step.CloseReplica.class::isInstance);
    assertEquals(Set.of(id("s1")), world.routed.readers());
  }
}
