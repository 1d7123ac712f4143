package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;
import static org.mysqlmanager.zk.TestingZooKeeper.ROOT;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FencedStoreTest {
  @AutoClose private final TestingZooKeeper zooKeeper = TestingZooKeeper.started();

  private ZkClient client;
  private FencedStore store;
  private LeaderTerm term;

  @BeforeEach
  void lead() {
    client = zooKeeper.client();
    store = new FencedStore(client);
    LeaderElection election =
        zooKeeper.closeLater(LeaderElection.join(client, "a", InstantSource.system()));
    term = await().atMost(DEADLINE).until(election::currentTerm, Optional::isPresent).orElseThrow();
  }

  @Test
  void readsWhatWasCreatedAndSetWithItsVersion() {
    assertEquals(new ReadResult.Absent(), store.read("x/y/state"));
    assertEquals(
        written("x/y/state", 0), store.write(term, List.of(new Write.Create("x/y/state", "ä1"))));
    assertEquals(new ReadResult.Found("ä1", 0), store.read("x/y/state"));
    assertEquals(
        written("x/y/state", 1), store.write(term, List.of(new Write.Set("x/y/state", "2", 0))));
    assertEquals(new ReadResult.Found("2", 1), store.read("x/y/state"));
    assertEquals(
        written("x/y/state", 1), store.write(term, List.of(new Write.Delete("x/y/state", 1))));
    assertEquals(new ReadResult.Absent(), store.read("x/y/state"));
  }

  @Test
  void refusesWhatSomebodyElseHasChanged() {
    store.write(term, List.of(new Write.Create("state", "1")));
    store.write(term, List.of(new Write.Set("state", "2", 0)));
    assertEquals(
        conflict("state", WriteResult.Reason.VERSION_DIFFERS),
        store.write(term, List.of(new Write.Set("state", "3", 0))));
    assertEquals(
        conflict("state", WriteResult.Reason.VERSION_DIFFERS),
        store.write(term, List.of(new Write.Delete("state", 0))));
    assertEquals(
        conflict("state", WriteResult.Reason.EXISTS_ALREADY),
        store.write(term, List.of(new Write.Create("state", "3"))));
    assertEquals(
        conflict("none", WriteResult.Reason.MISSING),
        store.write(term, List.of(new Write.Set("none", "3", 0))));
    assertEquals(new ReadResult.Found("2", 1), store.read("state"));
  }

  @Test
  void refusesToDeleteWhatHasChildren() {
    store.write(term, List.of(new Write.Create("a/b", "")));
    assertEquals(
        conflict("a", WriteResult.Reason.HAS_CHILDREN),
        store.write(term, List.of(new Write.Delete("a", 0))));
  }

  @Test
  void writesAllOrNothing() {
    store.write(term, List.of(new Write.Create("state", "1")));
    WriteResult result =
        store.write(
            term,
            List.of(
                new Write.Append("history", "entry-", "1"),
                new Write.Create("other", "1"),
                new Write.Set("state", "2", 7)));
    assertEquals(conflict("state", WriteResult.Reason.VERSION_DIFFERS), result);
    assertEquals(new ReadResult.Absent(), store.read("other"));
    assertEquals(new ChildrenResult.Listed(List.of()), store.children("history"));
  }

  @Test
  void createsAParentAndItsChildInOneTransaction() {
    assertInstanceOf(
        WriteResult.Written.class,
        store.write(term, List.of(new Write.Create("p/a", "1"), new Write.Create("p/a/b", "2"))));
    assertEquals(new ReadResult.Found("1", 0), store.read("p/a"));
    assertEquals(new ReadResult.Found("2", 0), store.read("p/a/b"));
  }

  @Test
  void appendsInTheOrderOfWriting() {
    for (int i = 0; i < 12; i++) {
      WriteResult.Written written =
          assertInstanceOf(
              WriteResult.Written.class,
              store.write(term, List.of(new Write.Append("g/history", "entry-", "v" + i))));
      assertEquals("g/history/entry-%010d".formatted(i), written.written().getFirst().path());
    }
    ChildrenResult.Listed listed =
        assertInstanceOf(ChildrenResult.Listed.class, store.children("g/history"));
    for (int i = 0; i < 12; i++) {
      assertEquals(
          new ReadResult.Found("v" + i, 0), store.read("g/history/" + listed.names().get(i)));
    }
  }

  @Test
  void refusesADeposedLeaderBeforeAnythingIsCreatedForIt() {
    LeaderTerm later = new LeaderTerm(term.epoch() + 1, term.since());
    assertEquals(
        new WriteResult.Deposed(), store.write(later, List.of(new Write.Create("x/y", "1"))));
    client.once(session -> session.set(ROOT + "/epoch", "{}", (int) term.epoch()));
    assertEquals(
        new WriteResult.Deposed(), store.write(term, List.of(new Write.Create("x/y", "1"))));
    assertEquals(new ReadResult.Absent(), store.read("x"));
  }

  @Test
  void createsOnceWhateverTheEpoch() {
    assertEquals(new CreateResult.Created(), store.createIfAbsent("x/spec", "1"));
    assertEquals(new CreateResult.Existed(), store.createIfAbsent("x/spec", "2"));
    assertEquals(new ReadResult.Found("1", 0), store.read("x/spec"));
  }

  @Test
  void takesLargeValuesAndRefusesTooLargeOnes() {
    String most = "x".repeat(FencedStore.MAX_BYTES);
    String tooMuch = most + "x";
    assertEquals(new CreateResult.Created(), store.createIfAbsent("large", most));
    assertEquals(new ReadResult.Found(most, 0), store.read("large"));
    assertInstanceOf(CreateResult.Refused.class, store.createIfAbsent("larger", tooMuch));
    assertInstanceOf(
        WriteResult.Refused.class, store.write(term, List.of(new Write.Set("large", tooMuch, 0))));
    assertInstanceOf(
        WriteResult.Refused.class,
        store.write(term, List.of(new Write.Create("a", most), new Write.Create("b", "x"))));
    assertInstanceOf(
        WriteResult.Written.class, store.write(term, List.of(new Write.Set("large", most, 0))));
  }

  @Test
  void listsChildrenSorted() {
    assertEquals(new ChildrenResult.Absent(), store.children("g"));
    store.createIfAbsent("g/b", "");
    store.createIfAbsent("g/a", "");
    assertEquals(new ChildrenResult.Listed(List.of("a", "b")), store.children("g"));
  }

  @Test
  void saysThatItDoesNotKnowWhenZooKeeperIsAway() {
    store.write(term, List.of(new Write.Create("state", "1")));
    zooKeeper.stop();
    long before = System.nanoTime();
    assertInstanceOf(
        WriteResult.Unknown.class, store.write(term, List.of(new Write.Set("state", "2", 0))));
    assertInstanceOf(CreateResult.Unavailable.class, store.createIfAbsent("x", "1"));
    assertInstanceOf(ReadResult.Unavailable.class, store.read("state"));
    assertInstanceOf(ChildrenResult.Unavailable.class, store.children("state"));
    Duration took = Duration.ofNanos(System.nanoTime() - before);
    assertTrue(took.compareTo(client.callLimit().multipliedBy(4)) < 0, took.toString());

    zooKeeper.restart();
    await().atMost(DEADLINE).until(() -> store.read("state") instanceof ReadResult.Found);
  }

  @Test
  void watchesWhatIsUnderAPathAlsoAfterAReconnect() {
    AtomicInteger calls = new AtomicInteger();
    try (NodeWatch _ = store.watch("g", calls::incrementAndGet)) {
      await().atMost(DEADLINE).until(() -> calls.get() == 1);
      store.createIfAbsent("g/a/b", "1");
      await().atMost(DEADLINE).until(() -> calls.get() > 1);

      zooKeeper.stop();
      await().atMost(DEADLINE).until(() -> !client.isConnected());
      int before = calls.get();
      zooKeeper.restart();
      await().atMost(DEADLINE).until(() -> calls.get() > before);
      int again = calls.get();
      await()
          .atMost(DEADLINE)
          .until(() -> store.createIfAbsent("g/c", "1") instanceof CreateResult.Created);
      await().atMost(DEADLINE).until(() -> calls.get() > again);
    }
  }

  @Test
  void refusesWrongArguments() {
    assertThrows(IllegalArgumentException.class, () -> store.read("/absolute"));
    assertThrows(IllegalArgumentException.class, () -> store.write(term, List.of()));
    assertThrows(IllegalArgumentException.class, () -> new Write.Set("a", "1", -1));
    assertThrows(IllegalArgumentException.class, () -> new Write.Delete("a", -1));
    assertThrows(IllegalArgumentException.class, () -> new Write.Append("a", "b/c", "1"));
    assertThrows(IllegalArgumentException.class, () -> new LeaderTerm(0, term.since()));
  }

  private static WriteResult written(String path, int version) {
    return new WriteResult.Written(List.of(new WriteResult.Entry(path, version)));
  }

  private static WriteResult conflict(String path, WriteResult.Reason reason) {
    return new WriteResult.Conflict(path, reason);
  }
}
