package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;
import static org.mysqlmanager.zk.TestingZooKeeper.LONG_SESSION;
import static org.mysqlmanager.zk.TestingZooKeeper.ROOT;

import java.time.Duration;
import java.util.Set;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EphemeralRegistryTest {
  private static final String PATH = "members/a";

  @AutoClose private final TestingZooKeeper zooKeeper = TestingZooKeeper.started();

  private FencedStore reader;

  @BeforeEach
  void connectReader() {
    reader = new FencedStore(zooKeeper.client());
  }

  @Test
  void putsUpdatesAndRemoves() {
    EphemeralRegistry registry = registry(zooKeeper.client());
    registry.put(PATH, "1");
    registry.put("members/b", "1");
    awaitValue("1");
    registry.put(PATH, "2");
    awaitValue("2");
    registry.remove(PATH);
    await().atMost(DEADLINE).until(() -> reader.read(PATH) instanceof ReadResult.Absent);
    assertEquals(new ReadResult.Found("1", 0), reader.read("members/b"));
  }

  @Test
  void writesAgainAfterALostSession() {
    ZkClient client = zooKeeper.client();
    EphemeralRegistry registry = registry(client);
    registry.put(PATH, "1");
    awaitValue("1");
    long before = owner();
    zooKeeper.endSession(client);
    await().atMost(DEADLINE).until(() -> owner() != before && owner() != 0);
    awaitValue("1");
    assertEquals(Set.of(), registry.displaced());
  }

  @Test
  void writesWhatWasPutWhileZooKeeperWasAway() {
    EphemeralRegistry registry = registry(zooKeeper.client());
    registry.put(PATH, "1");
    awaitValue("1");
    zooKeeper.stop();
    registry.put(PATH, "2");
    zooKeeper.restart();
    awaitValue("2");
  }

  @Test
  void replacesAtOnceWhatAnEarlierProcessLeft() {
    ZkClient earlier = zooKeeper.client(LONG_SESSION);
    await().atMost(DEADLINE).until(earlier::isConnected);
    earlier.once(session -> session.createParents(ROOT + "/" + PATH));
    earlier.once(session -> session.create(ROOT + "/" + PATH, "old", CreateMode.EPHEMERAL));
    awaitValue("old");

    EphemeralRegistry registry = registry(zooKeeper.client());
    registry.put(PATH, "new");
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> reader.read(PATH).equals(new ReadResult.Found("new", 0)));
    assertEquals(Set.of(), registry.displaced());
  }

  @Test
  void theEarlierOfTwoLivingProcessesWithOneIdSaysSoAndTakesOverWhenTheLaterLeaves() {
    EphemeralRegistry earlier = registry(zooKeeper.client());
    earlier.put(PATH, "earlier");
    awaitValue("earlier");
    EphemeralRegistry later = registry(zooKeeper.client());
    later.put(PATH, "later");
    awaitValue("later");

    await().atMost(DEADLINE).until(() -> earlier.displaced().equals(Set.of(PATH)));
    awaitValue("later");
    assertEquals(Set.of(), later.displaced());

    later.close();
    awaitValue("earlier");
    await().atMost(DEADLINE).until(() -> earlier.displaced().isEmpty());
  }

  @Test
  void removingLeavesAloneWhatBelongsToAnother() {
    EphemeralRegistry earlier = registry(zooKeeper.client());
    earlier.put(PATH, "earlier");
    awaitValue("earlier");
    EphemeralRegistry later = registry(zooKeeper.client());
    later.put(PATH, "later");
    await().atMost(DEADLINE).until(() -> !earlier.displaced().isEmpty());

    earlier.remove(PATH);
    await().atMost(DEADLINE).until(() -> earlier.displaced().isEmpty());
    awaitValue("later");
  }

  @Test
  void closingRemovesEverythingButNotTheSession() {
    ZkClient client = zooKeeper.client();
    EphemeralRegistry registry = registry(client);
    registry.put(PATH, "1");
    awaitValue("1");
    registry.close();
    assertEquals(new ReadResult.Absent(), new FencedStore(client).read(PATH));
    registry.close();
  }

  private EphemeralRegistry registry(ZkClient client) {
    return zooKeeper.closeLater(EphemeralRegistry.start(client));
  }

  private void awaitValue(String value) {
    await()
        .atMost(DEADLINE)
        .until(() ->
            reader.read(PATH) instanceof ReadResult.Found(String data, int _)
                && data.equals(value));
  }

  private long owner() {
    ZkClient client = zooKeeper.client();
    try (client) {
      await().atMost(DEADLINE).until(client::isConnected);
      var reply = client.read(session -> session.stat(ROOT + "/" + PATH));
      return reply.isAnswered(Code.OK) ? reply.valueIfOk().getEphemeralOwner() : 0;
    }
  }
}
