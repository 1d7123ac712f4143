package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;
import static org.mysqlmanager.zk.TestingZooKeeper.ROOT;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What happens when a process is paused between having the latch and raising the epoch. */
class EpochNodeTest {
  private static final String EPOCH = ROOT + "/epoch";
  private static final String LATCH = ROOT + "/latch";
  private static final Instant NOW = Instant.EPOCH;

  @AutoClose private final TestingZooKeeper zooKeeper = TestingZooKeeper.started();

  @Test
  void theHolderOfTheLatchRaisesTheEpochByOne() {
    ZkClient client = connected();
    EpochNode.Raised.Won first =
        assertInstanceOf(EpochNode.Raised.Won.class, candidacy(client).raise("a", NOW));
    EpochNode.Raised.Won second =
        assertInstanceOf(EpochNode.Raised.Won.class, prepare(client).valueIfOk().raise("a", NOW));
    assertEquals(first.term().epoch() + 1, second.term().epoch());
  }

  @Test
  void whoseSessionEndedDuringThePauseDoesNotRaiseTheEpochOfTheNextLeader() {
    ZkClient paused = connected();
    EpochNode.Candidacy candidacy = candidacy(paused);

    ZkClient other = connected();
    zooKeeper.endSession(paused);
    LeaderElection next =
        zooKeeper.closeLater(LeaderElection.join(other, "b", InstantSource.fixed(NOW)));
    LeaderTerm term =
        await().atMost(DEADLINE).until(next::currentTerm, Optional::isPresent).orElseThrow();
    await().atMost(DEADLINE).until(paused::isConnected);

    assertFalse(candidacy.raise("a", NOW) instanceof EpochNode.Raised.Won);
    assertEpochIs(other, term.epoch());
    assertTrue(next.isSafe(term));
  }

  @Test
  void whoseSessionEndedBeforeAnyoneElseLedDoesNotRaiseItEither() {
    ZkClient paused = connected();
    EpochNode.Candidacy candidacy = candidacy(paused);
    ZkClient other = connected();
    zooKeeper.endSession(paused);
    await()
        .atMost(DEADLINE)
        .until(() -> other.read(session -> session.stat(LATCH)).isAnswered(Code.NONODE));

    assertFalse(candidacy.raise("a", NOW) instanceof EpochNode.Raised.Won);
    assertEpochIs(other, 0);
  }

  @Test
  void whoLostTheLatchWithinItsSessionDoesNotRaiseTheEpoch() {
    ZkClient paused = connected();
    EpochNode.Candidacy candidacy = candidacy(paused);
    ZkClient other = connected();
    other.once(session -> session.delete(LATCH, 0));

    assertInstanceOf(EpochNode.Raised.Lost.class, candidacy.raise("a", NOW));
    assertEpochIs(other, 0);
  }

  @Test
  void whoFindsTheEpochRaisedMeanwhileDoesNotRaiseIt() {
    ZkClient paused = connected();
    EpochNode.Candidacy candidacy = candidacy(paused);
    ZkClient other = connected();
    other.once(session -> session.set(EPOCH, "{}", 0));

    assertInstanceOf(EpochNode.Raised.Lost.class, candidacy.raise("a", NOW));
    assertEpochIs(other, 1);
  }

  @Test
  void aLatchOfAnotherSessionIsNoReasonToLead() {
    ZkClient owner = connected();
    candidacy(owner);
    assertTrue(prepare(connected()).isAnswered(Code.NONODE));
  }

  private ZkClient connected() {
    ZkClient client = zooKeeper.client();
    await().atMost(DEADLINE).until(client::isConnected);
    return client;
  }

  private static EpochNode.Candidacy candidacy(ZkClient client) {
    client.once(session -> session.createParents(LATCH));
    client.once(session -> session.create(LATCH, "a", CreateMode.EPHEMERAL));
    return prepare(client).valueIfOk();
  }

  private static Reply<EpochNode.Candidacy> prepare(ZkClient client) {
    // A generous deadline, as the pause comes after it.
    return EpochNode.prepare(
        new Session(
            handle(client), ZooDefs.Ids.OPEN_ACL_UNSAFE, System.nanoTime() + DEADLINE.toNanos()),
        EPOCH,
        LATCH);
  }

  private static org.apache.zookeeper.ZooKeeper handle(ZkClient client) {
    try {
      return client.curator().getZookeeperClient().getZooKeeper();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertEpochIs(ZkClient client, long epoch) {
    ReadResult.Found found =
        assertInstanceOf(ReadResult.Found.class, new FencedStore(client).read("epoch"));
    assertEquals(epoch, found.version());
  }
}
