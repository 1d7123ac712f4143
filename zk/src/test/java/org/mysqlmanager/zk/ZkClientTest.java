package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ZkClientTest {

  @Test
  void startsWithoutZooKeeperAndConnectsWhenItComes() {
    try (TestingZooKeeper zooKeeper = TestingZooKeeper.notStarted()) {
      ZkClient client = zooKeeper.client();
      assertFalse(client.isConnected());
      assertTrue(client.timeSinceLastAnswer().isEmpty());
      assertInstanceOf(ReadResult.Unavailable.class, new FencedStore(client).read("a"));

      zooKeeper.start();
      await().atMost(DEADLINE).until(client::isConnected);
      await().atMost(DEADLINE).until(() -> client.timeSinceLastAnswer().isPresent());
    }
  }

  @Test
  void startsWithAHostThatDoesNotResolve() {
    try (ZkClient client =
        ZkClient.start(
            new ZkSettings(
                "no-such-host.invalid:2181",
                "/root",
                TestingZooKeeper.SESSION,
                Duration.ofMillis(500),
                TestingZooKeeper.OPEN))) {
      assertInstanceOf(ReadResult.Unavailable.class, new FencedStore(client).read("a"));
    }
  }

  @Test
  void theAgeOfTheLastAnswerStaysSmallWhileZooKeeperAnswersAndGrowsWhenItIsFrozen() {
    try (TestingZooKeeper zooKeeper = TestingZooKeeper.started()) {
      Link link = zooKeeper.link();
      ZkClient client = zooKeeper.client(link);
      Duration half = TestingZooKeeper.SESSION.dividedBy(2);
      await().atMost(DEADLINE).until(() -> isYounger(client, half));

      link.freeze();
      await().atMost(DEADLINE).until(() -> !isYounger(client, half));

      link.thaw();
      await().atMost(DEADLINE).until(() -> isYounger(client, half));
    }
  }

  @Test
  void callsEndWhenTheServerIsFrozen() {
    try (TestingZooKeeper zooKeeper = TestingZooKeeper.started()) {
      Link link = zooKeeper.link();
      ZkClient client = zooKeeper.client(link);
      await().atMost(DEADLINE).until(client::isConnected);
      link.freeze();

      long before = System.nanoTime();
      assertInstanceOf(ReadResult.Unavailable.class, new FencedStore(client).read("a"));
      Duration took = Duration.ofNanos(System.nanoTime() - before);
      assertTrue(took.compareTo(client.callLimit().plusSeconds(2)) < 0, took.toString());
    }
  }

  @Test
  void anInterruptEndsACallAndIsRestored() {
    try (TestingZooKeeper zooKeeper = TestingZooKeeper.started()) {
      Link link = zooKeeper.link();
      ZkClient client = zooKeeper.client(link);
      await().atMost(DEADLINE).until(client::isConnected);
      // An answer that came before the call began to wait would be taken.
      link.freeze();
      Thread.currentThread().interrupt();
      ReadResult result = new FencedStore(client).read("a");
      assertTrue(Thread.interrupted());
      assertInstanceOf(ReadResult.Unavailable.class, result);
    }
  }

  @Test
  void tellsWhenTheConnectionComesAndGoes() {
    try (TestingZooKeeper zooKeeper = TestingZooKeeper.notStarted()) {
      ZkClient client = zooKeeper.client();
      AtomicInteger calls = new AtomicInteger();
      client.onChange(calls::incrementAndGet);
      zooKeeper.start();
      await().atMost(DEADLINE).until(() -> calls.get() >= 1);
      await().atMost(DEADLINE).until(client::isConnected);
      int before = calls.get();
      zooKeeper.stop();
      await().atMost(DEADLINE).until(() -> calls.get() > before);
    }
  }

  @Test
  void canBeClosedTwiceAndAnswersNothingAfterwards() {
    try (TestingZooKeeper zooKeeper = TestingZooKeeper.started()) {
      ZkClient client = zooKeeper.client();
      await().atMost(DEADLINE).until(client::isConnected);
      client.close();
      client.close();
      assertFalse(client.isConnected());
      assertInstanceOf(ReadResult.Unavailable.class, new FencedStore(client).read("a"));
    }
  }

  private static boolean isYounger(ZkClient client, Duration limit) {
    return client.timeSinceLastAnswer().filter(age -> age.compareTo(limit) < 0).isPresent();
  }
}
