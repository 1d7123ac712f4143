package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;
import org.junit.jupiter.api.Test;

/** Three servers in this process. */
class EnsembleTest {
  private static final int TICK_MILLIS = 500;
  private static final Duration DEADLINE = Duration.ofSeconds(40);

  @Test
  void goesOnWithoutAMinorityStopsWithoutAMajorityAndRecovers() throws Exception {
    List<InstanceSpec> specs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      specs.add(new InstanceSpec(null, -1, -1, -1, true, -1, TICK_MILLIS, -1));
    }
    try (TestingCluster ensemble = new TestingCluster(specs)) {
      ensemble.start();
      try (ZkClient client =
              ZkClient.start(
                  new ZkSettings(
                      ensemble.getConnectString(),
                      "/root",
                      Duration.ofSeconds(6),
                      Duration.ofSeconds(2),
                      TestingZooKeeper.OPEN));
          LeaderElection election = LeaderElection.join(client, "a", InstantSource.system())) {
        awaitTerm(election);
        FencedStore store = new FencedStore(client);

        // The server that we are connected to, which may be the ensemble's leader.
        InstanceSpec first =
            ensemble.findConnectionInstance(client.curator().getZookeeperClient().getZooKeeper());
        assertTrue(ensemble.killServer(first));
        await()
            .atMost(DEADLINE)
            .until(() ->
                writes(store, election, "one") || store.read("one") instanceof ReadResult.Found);

        InstanceSpec second =
            ensemble.getInstances().stream()
                .filter(s -> !s.equals(first))
                .findFirst()
                .orElseThrow();
        assertTrue(ensemble.killServer(second));
        await().atMost(DEADLINE).until(() -> election.currentTerm().isEmpty());
        assertInstanceOf(ReadResult.Unavailable.class, store.read("one"));

        assertTrue(ensemble.restartServer(first));
        assertTrue(ensemble.restartServer(second));
        awaitTerm(election);
        await()
            .atMost(DEADLINE)
            .until(() ->
                writes(store, election, "two") || store.read("two") instanceof ReadResult.Found);
        assertInstanceOf(ReadResult.Found.class, store.read("one"));
      }
    }
  }

  private static boolean writes(FencedStore store, LeaderElection election, String path) {
    return election
        .currentTerm()
        .map(term -> store.write(term, List.of(new Write.Create(path, "1"))))
        .filter(WriteResult.Written.class::isInstance)
        .isPresent();
  }

  private static LeaderTerm awaitTerm(LeaderElection election) {
    return await().atMost(DEADLINE).until(election::currentTerm, Optional::isPresent).orElseThrow();
  }
}
