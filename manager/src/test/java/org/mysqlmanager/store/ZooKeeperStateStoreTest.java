package org.mysqlmanager.store;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.Operation.Bootstrap;
import org.mysqlmanager.model.Operation.BootstrapStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.observe.Sight;
import org.mysqlmanager.reconcile.StateStore.LoadResult;
import org.mysqlmanager.reconcile.StateStore.StoreResult;
import org.mysqlmanager.zk.EphemeralRegistry;
import org.mysqlmanager.zk.FencedStore;
import org.mysqlmanager.zk.LeaderElection;
import org.mysqlmanager.zk.ZkClient;
import org.mysqlmanager.zk.ZkSecurity;
import org.mysqlmanager.zk.ZkSettings;

class ZooKeeperStateStoreTest {
  private static final ClusterName MAIN = new ClusterName("main");
  private static final ServerId S1 = new ServerId("s1");
  private static final ServerId S2 = new ServerId("s2");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private TestingServer server;
  private CuratorFramework raw;
  private Manager manager;

  /** One manager's view of ZooKeeper. */
  private record Manager(
      ZkClient client,
      LeaderElection election,
      EphemeralRegistry ephemerals,
      ZooKeeperStateStore store)
      implements AutoCloseable {
    static Manager start(String connect, String id) {
      ZkClient client =
          ZkClient.start(
              new ZkSettings(
                  connect,
                  "/mysql-manager",
                  Duration.ofSeconds(6),
                  Duration.ofSeconds(5),
                  ZkSecurity.open(ZooKeeperStateStore.ROOT_NODES)));
      LeaderElection election = LeaderElection.join(client, id, Clock.systemUTC());
      EphemeralRegistry ephemerals = EphemeralRegistry.start(client);
      return new Manager(
          client,
          election,
          ephemerals,
          new ZooKeeperStateStore(new FencedStore(client), election, ephemerals, id));
    }

    Epoch awaitLeadership() {
      await().atMost(PATIENCE).until(() -> election.currentTerm().isPresent());
      return new Epoch(election.currentTerm().orElseThrow().epoch());
    }

    @Override
    public void close() {
      election.close();
      ephemerals.close();
      client.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    server = new TestingServer(true);
    raw = CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100));
    raw.start();
    manager = Manager.start(server.getConnectString(), "manager-1");
  }

  @AfterEach
  void stop() throws Exception {
    manager.close();
    raw.close();
    server.close();
  }

  @Test
  void createsAClusterOnceAndNeverOverwritesIt() {
    assertTrue(manager.store.createIfAbsent(spec(3)));
    assertTrue(manager.store.createIfAbsent(spec(9)));
    LoadResult.Loaded loaded = load();
    assertEquals(3, loaded.spec().masterFailureThreshold());
    assertEquals(ClusterState.INITIAL, loaded.state());
  }

  @Test
  void anUnknownClusterIsAbsent() {
    assertInstanceOf(LoadResult.Absent.class, manager.store.load(new ClusterName("other")));
  }

  @Test
  void storesStateAndHistoryTogetherAndRefusesAnOldVersion() {
    manager.store.createIfAbsent(spec(3));
    Epoch epoch = manager.awaitLeadership();
    LoadResult.Loaded loaded = load();
    ClusterState next = loaded.state().withEpoch(epoch).withPhase(Phase.RUNNING, "fine");
    assertInstanceOf(
        StoreResult.Stored.class,
        manager.store.store(MAIN, next, loaded.version(), epoch, List.of(record("first"))));
    assertInstanceOf(
        StoreResult.Conflict.class,
        manager.store.store(
            MAIN, ClusterState.INITIAL, loaded.version(), epoch, List.of(record("lost"))));
    assertEquals(next, load().state());
    manager.store.store(MAIN, next, load().version(), epoch, List.of(record("second")));
    assertEquals(
        List.of("second", "first"),
        manager.store.history(MAIN, 10).stream().map(HistoryRecord::result).toList());
    assertEquals(1, manager.store.history(MAIN, 1).size());
  }

  @Test
  void aDeposedLeaderStoresNothing() {
    manager.store.createIfAbsent(spec(3));
    Epoch first = manager.awaitLeadership();
    manager.election.resign();
    await()
        .atMost(PATIENCE)
        .until(() ->
            manager.election.currentTerm().filter(t -> t.epoch() > first.value()).isPresent());
    LoadResult.Loaded loaded = load();
    assertInstanceOf(
        StoreResult.Deposed.class,
        manager.store.store(
            MAIN,
            loaded.state().withPhase(Phase.RUNNING, "no"),
            loaded.version(),
            first,
            List.of()));
    assertEquals(ClusterState.INITIAL, load().state());
  }

  @Test
  void aManagerThatDoesNotLeadStoresNothing() {
    manager.store.createIfAbsent(spec(3));
    Epoch epoch = manager.awaitLeadership();
    try (Manager other = Manager.start(server.getConnectString(), "manager-2")) {
      assertInstanceOf(
          StoreResult.Deposed.class,
          other.store.store(MAIN, ClusterState.INITIAL, 0, epoch, List.of()));
    }
  }

  @Test
  void aValueThatCannotBeUnderstoodIsReportedAndLeftAlone() throws Exception {
    manager.store.createIfAbsent(spec(3));
    raw.setData()
        .forPath("/mysql-manager/clusters/main/state", "{oops".getBytes(StandardCharsets.UTF_8));
    LoadResult.Unreadable unreadable =
        assertInstanceOf(LoadResult.Unreadable.class, manager.store.load(MAIN));
    assertTrue(unreadable.reason().contains("clusters/main/state"), unreadable.reason());
    assertEquals(
        "{oops",
        new String(
            raw.getData().forPath("/mysql-manager/clusters/main/state"), StandardCharsets.UTF_8));
  }

  @Test
  void withoutZooKeeperLoadingIsUnavailableNotAnError() throws Exception {
    manager.store.createIfAbsent(spec(3));
    server.stop();
    assertInstanceOf(LoadResult.Unavailable.class, manager.store.load(MAIN));
  }

  @Test
  void theViewIsPublishedAsLongAsTheManagerLives() {
    manager.store.createIfAbsent(spec(3));
    String path = "/mysql-manager/clusters/main/observations/manager-2";
    try (Manager other = Manager.start(server.getConnectString(), "manager-2")) {
      other.store.publishView(MAIN, Map.of(S1, "up"));
      await()
          .atMost(PATIENCE)
          .until(() ->
              raw.checkExists().forPath(path) != null
                  && new String(raw.getData().forPath(path), StandardCharsets.UTF_8)
                      .contains("\"s1\" : \"up\""));
    }
    await().atMost(PATIENCE).until(() -> raw.checkExists().forPath(path) == null);
  }

  @Test
  void theOthersViewsAreKnownAsLongAsTheyLiveAndCanBeUnderstood() throws Exception {
    manager.store.createIfAbsent(spec(3));
    manager.store.publishView(MAIN, Map.of(S1, "up"));
    raw.create()
        .creatingParentsIfNeeded()
        .forPath(
            "/mysql-manager/clusters/main/observations/manager-of-tomorrow",
            "not json".getBytes(StandardCharsets.UTF_8));
    try (Manager other = Manager.start(server.getConnectString(), "manager-2")) {
      other.store.publishView(MAIN, Map.of(S1, "down: timed_out", S2, "up: access_denied"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertEquals(
                  Map.of("manager-2", Map.of(S1, Sight.DOWN, S2, Sight.UP)),
                  manager.store.witnesses(MAIN)));
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertEquals(Map.of(), manager.store.witnesses(MAIN)));
  }

  @Test
  void onlyTheNewestRecordsOfHistoryAreKept() throws Exception {
    manager.store.createIfAbsent(spec(3));
    Epoch epoch = manager.awaitLeadership();
    List<HistoryRecord> hundred =
        java.util.stream.IntStream.range(0, 100).mapToObj(i -> record("r" + i)).toList();
    for (int i = 0; i < 6; i++) {
      LoadResult.Loaded loaded = load();
      assertInstanceOf(
          StoreResult.Stored.class,
          manager.store.store(MAIN, loaded.state(), loaded.version(), epoch, hundred));
    }
    assertEquals(500, raw.getChildren().forPath("/mysql-manager/clusters/main/history").size());
  }

  private LoadResult.Loaded load() {
    return assertInstanceOf(LoadResult.Loaded.class, manager.store.load(MAIN));
  }

  private static HistoryRecord record(String result) {
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    return new HistoryRecord(
        new Epoch(1),
        new Bootstrap(S1, BootstrapStep.ROUTE, "why", at, List.of()),
        at,
        result,
        Map.of("total", 1L));
  }

  private static ClusterSpec spec(int threshold) {
    return new ClusterSpec(
        MAIN,
        threshold,
        Duration.ofSeconds(60),
        false,
        List.of(new ServerSpec(S1, "127.0.0.1", 3306)),
        List.of(),
        SetupSpec.ALL);
  }
}
