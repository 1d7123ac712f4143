package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;
import static org.mysqlmanager.zk.TestingZooKeeper.LONG_SESSION;
import static org.mysqlmanager.zk.TestingZooKeeper.ROOT;
import static org.mysqlmanager.zk.TestingZooKeeper.SESSION;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  /** Well before a session of {@link TestingZooKeeper#LONG_SESSION} could have ended by itself. */
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  @AutoClose private final TestingZooKeeper zooKeeper = TestingZooKeeper.started();

  @Test
  void theFirstLeaderHasEpochOneAndSaysWhoItIs() {
    ZkClient client = zooKeeper.client();
    LeaderElection election = join(client, "a");
    assertEquals(new LeaderTerm(1, NOON), awaitTerm(election));
    assertEquals(
        new ReadResult.Found(
            "{\"epoch\":1,\"leader\":\"a\",\"since\":\"2026-01-01T12:00:00Z\"}", 1),
        new FencedStore(client).read("epoch"));
    await().atMost(DEADLINE).until(() -> election.leaderId().equals(Optional.of("a")));
  }

  @Test
  void onlyOneLeadsAndAllKnowWho() {
    LeaderElection first = join(zooKeeper.client(), "a");
    awaitTerm(first);
    LeaderElection second = join(zooKeeper.client(), "b");
    await().atMost(DEADLINE).until(() -> second.leaderId().equals(Optional.of("a")));
    assertTrue(second.currentTerm().isEmpty());
    assertTrue(first.currentTerm().isPresent());
  }

  @Test
  void closingHandsOverAtOnceInAHigherEpoch() {
    LeaderElection first = join(zooKeeper.client(LONG_SESSION), "a");
    LeaderTerm firstTerm = awaitTerm(first);
    LeaderElection second = join(zooKeeper.client(LONG_SESSION), "b");
    await().atMost(DEADLINE).until(() -> second.leaderId().isPresent());

    first.close();
    first.close();
    assertTrue(first.currentTerm().isEmpty());
    await().atMost(AT_ONCE).until(() -> second.currentTerm().isPresent());
    assertTrue(awaitTerm(second).epoch() > firstTerm.epoch());
  }

  @Test
  void resigningHandsOverAtOnceAndQueuesAgain() {
    LeaderElection first = join(zooKeeper.client(LONG_SESSION), "a");
    LeaderTerm firstTerm = awaitTerm(first);
    LeaderElection second = join(zooKeeper.client(LONG_SESSION), "b");
    await().atMost(DEADLINE).until(() -> second.leaderId().isPresent());

    first.resign();
    assertFalse(first.isSafe(firstTerm));
    await().atMost(AT_ONCE).until(() -> second.currentTerm().isPresent());
    assertTrue(first.currentTerm().isEmpty());
    await().atMost(AT_ONCE).until(() -> first.leaderId().equals(Optional.of("b")));

    second.resign();
    await().atMost(AT_ONCE).until(() -> first.currentTerm().isPresent());
    assertTrue(awaitTerm(first).epoch() >= firstTerm.epoch() + 2);
  }

  @Test
  void whoResignsAloneLeadsAgainInAHigherEpoch() {
    LeaderElection election = join(zooKeeper.client(), "a");
    LeaderTerm first = awaitTerm(election);
    election.resign();
    assertTrue(awaitTerm(election).epoch() > first.epoch());
    assertFalse(election.isSafe(first));
  }

  @Test
  void aLeaderWhoseSessionEndedIsReplacedAndItsWritesAreDeposed() {
    ZkClient client = zooKeeper.client();
    LeaderElection first = join(client, "a");
    LeaderTerm firstTerm = awaitTerm(first);
    LeaderElection second = join(zooKeeper.client(), "b");
    await().atMost(DEADLINE).until(() -> second.leaderId().isPresent());

    zooKeeper.endSession(client);
    LeaderTerm secondTerm = awaitTerm(second);
    assertTrue(secondTerm.epoch() > firstTerm.epoch());
    // At the latest with its next heartbeat: a session that is ended by force is one that nobody
    // has announced.
    await().atMost(DEADLINE).until(() -> !first.isSafe(firstTerm));
    FencedStore store = new FencedStore(client);
    await()
        .atMost(DEADLINE)
        .until(() -> store.write(firstTerm, create("late")) instanceof WriteResult.Deposed);
    assertEquals(new ReadResult.Absent(), store.read("late"));
    await().atMost(DEADLINE).until(() -> first.leaderId().equals(Optional.of("b")));
    assertTrue(second.isSafe(secondTerm));
  }

  @Test
  void aFrozenLeaderStopsBeforeAnotherLeadsAndIsDeposedWhenItComesBack() {
    Link link = zooKeeper.link();
    ZkClient client = zooKeeper.client(link);
    LeaderElection first = join(client, "a");
    LeaderTerm firstTerm = awaitTerm(first);
    LeaderElection second = join(zooKeeper.client(), "b");
    await().atMost(DEADLINE).until(() -> second.leaderId().isPresent());

    link.freeze();
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(DEADLINE)
        .until(() -> {
          boolean replaced = second.currentTerm().isPresent();
          assertFalse(replaced && first.currentTerm().isPresent(), "two leaders at a time");
          return replaced;
        });
    link.thaw();
    FencedStore store = new FencedStore(client);
    await()
        .atMost(DEADLINE)
        .until(() -> store.write(firstTerm, create("late")) instanceof WriteResult.Deposed);
    assertTrue(first.currentTerm().isEmpty());
    assertTrue(second.currentTerm().isPresent());
  }

  @Test
  void aShortBreakOfTheConnectionKeepsTheTerm() {
    Link link = zooKeeper.link();
    ZkClient client = zooKeeper.client(link);
    LeaderElection election = join(client, "a");
    LeaderTerm term = awaitTerm(election);
    AtomicInteger changes = new AtomicInteger();
    client.onChange(changes::incrementAndGet);

    link.cut();
    await().atMost(DEADLINE).until(() -> changes.get() > 0 && client.isConnected());
    assertEquals(term, awaitTerm(election));
    assertInstanceOf(
        WriteResult.Written.class, new FencedStore(client).write(term, create("after")));
  }

  @Test
  void leadershipEndsBeforeTheSessionCouldAndComesBackWithZooKeeper() {
    ZkClient client = zooKeeper.client();
    LeaderElection election = join(client, "a");
    LeaderTerm term = awaitTerm(election);

    zooKeeper.stop();
    long stopped = System.nanoTime();
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(DEADLINE)
        .until(() -> election.currentTerm().isEmpty());
    Duration took = Duration.ofNanos(System.nanoTime() - stopped);
    assertTrue(took.compareTo(SESSION) < 0, took.toString());
    await().atMost(DEADLINE).until(() -> election.leaderId().isEmpty());
    // Until the session is given up, so that it is a new one that follows.
    await().atMost(DEADLINE).until(() -> client.timeSinceLastAnswer().isEmpty());

    zooKeeper.restart();
    assertTrue(awaitTerm(election).epoch() > term.epoch());
    assertFalse(election.isSafe(term));
  }

  @Test
  void whoJoinsBeforeZooKeeperIsThereLeadsWhenItComes() {
    try (TestingZooKeeper late = TestingZooKeeper.notStarted()) {
      LeaderElection election =
          late.closeLater(LeaderElection.join(late.client(), "a", InstantSource.fixed(NOON)));
      assertTrue(election.currentTerm().isEmpty());
      assertTrue(election.leaderId().isEmpty());
      late.start();
      assertEquals(1, awaitTerm(election).epoch());
    }
  }

  @Test
  void aLeaderWhoseLatchWasDeletedByHandQueuesAgain() {
    ZkClient client = zooKeeper.client();
    LeaderElection election = join(client, "a");
    LeaderTerm term = awaitTerm(election);
    ChildrenResult.Listed queue =
        assertInstanceOf(ChildrenResult.Listed.class, new FencedStore(client).children("election"));

    client.once(session -> session.delete(ROOT + "/election/" + queue.names().getFirst(), 0));
    await()
        .atMost(DEADLINE)
        .until(() -> election.currentTerm().filter(t -> t.epoch() > term.epoch()).isPresent());
  }

  @Test
  void aLeaderWhoseEpochWasRaisedByHandLeadsAgainAboveIt() {
    ZkClient client = zooKeeper.client();
    LeaderElection election = join(client, "a");
    LeaderTerm term = awaitTerm(election);

    client.once(session -> session.set(ROOT + "/epoch", "{}", (int) term.epoch()));
    await()
        .atMost(DEADLINE)
        .until(() -> election.currentTerm().filter(t -> t.epoch() > term.epoch() + 1).isPresent());
  }

  @Test
  void listenersHearOfGainAndLoss() {
    ZkClient client = zooKeeper.client();
    LeaderElection election = join(client, "a");
    AtomicInteger gains = new AtomicInteger();
    AtomicInteger losses = new AtomicInteger();
    election.addListener(
        () -> (election.currentTerm().isPresent() ? gains : losses).incrementAndGet());
    election.resign();
    await().atMost(DEADLINE).until(() -> gains.get() > 0);
    int before = losses.get();
    zooKeeper.stop();
    await().atMost(DEADLINE).until(() -> losses.get() > before);
  }

  @Test
  void whoseTurnEndsWithAnErrorLetsTheOthersLeadAndTriesAgainLater() {
    AtomicBoolean isBroken = new AtomicBoolean(true);
    LeaderElection broken =
        zooKeeper.closeLater(
            LeaderElection.join(
                zooKeeper.client(),
                "a",
                () -> {
                  if (isBroken.get()) {
                    throw new NoClassDefFoundError("on purpose");
                  }
                  return NOON;
                }));
    LeaderElection other = join(zooKeeper.client(), "b");
    awaitTerm(other);
    assertTrue(broken.currentTerm().isEmpty());

    isBroken.set(false);
    other.close();
    awaitTerm(broken);
  }

  @Test
  void refusesAnIdThatIsNoPathSegment() {
    ZkClient client = zooKeeper.client();
    assertThrows(
        IllegalArgumentException.class,
        () -> LeaderElection.join(client, "a/b", InstantSource.fixed(NOON)));
  }

  private LeaderElection join(ZkClient client, String id) {
    return zooKeeper.closeLater(LeaderElection.join(client, id, InstantSource.fixed(NOON)));
  }

  private static LeaderTerm awaitTerm(LeaderElection election) {
    return await().atMost(DEADLINE).until(election::currentTerm, Optional::isPresent).orElseThrow();
  }

  private static List<Write> create(String path) {
    return List.of(new Write.Create(path, "{}"));
  }
}
