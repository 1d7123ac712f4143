package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** One process with everything that creates znodes. */
final class Life {
  private static final Optional<Boolean> WRITTEN = Optional.of(true);

  final ZkClient client;
  final LeaderElection election;
  final EphemeralRegistry registry;
  final FencedStore store;

  Life(TestingZooKeeper zooKeeper, ZkSecurity security, String id) {
    client = zooKeeper.client(security);
    election = zooKeeper.closeLater(LeaderElection.join(client, id, InstantSource.system()));
    registry = zooKeeper.closeLater(EphemeralRegistry.start(client));
    store = new FencedStore(client);
    registry.put("members/" + id, "here");
  }

  /**
   * Waits until it leads, and writes something of each kind. A term that has ended without its
   * knowledge, with a session, is not enough.
   */
  Life written() {
    await()
        .atMost(DEADLINE)
        .until(() ->
            switch (store.createIfAbsent("groups/a/state", "1")) {
              case CreateResult.Created _, CreateResult.Existed _ -> true;
              case CreateResult.Refused _, CreateResult.Unavailable _ -> false;
            });
    await().atMost(DEADLINE).until(() -> election.currentTerm().map(this::append), WRITTEN::equals);
    await()
        .atMost(DEADLINE)
        .until(() ->
            store.children("members") instanceof ChildrenResult.Listed listed
                && !listed.names().isEmpty());
    return this;
  }

  private boolean append(LeaderTerm term) {
    WriteResult result =
        store.write(
            term,
            List.of(
                new Write.Append("groups/a/history", "", "record"),
                new Write.Append("groups/a/history", "entry-", "record")));
    return switch (result) {
      case WriteResult.Written _ -> true;
      case WriteResult.Deposed _, WriteResult.Unknown _ -> false;
      case WriteResult.Conflict _, WriteResult.Refused _ ->
          throw new AssertionError(result.toString());
    };
  }
}
