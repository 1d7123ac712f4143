package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;
import static org.mysqlmanager.zk.TestingZooKeeper.ROOT;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What is done by those who may do less than everything, and what the others make of it. */
@SuppressWarnings("try") // an interrupt in close() ends the test like any other
class ShutOutTest {
  private static final ZkAuthentication.Digest OURS = Accounts.digest("old-secret");
  private static final ZkSecurity SECURE = Accounts.security(OURS);

  /** Let in wherever {@link #OURS} is, and where only the new password is. */
  private static final ZkSecurity NEWER =
      Accounts.security(Accounts.digest("new-secret", "old-secret"));

  private static final List<ACL> NEW_ONLY = Accounts.acl(Accounts.digest("new-secret"));

  @AutoClose private final TestingZooKeeper zooKeeper = TestingZooKeeper.started();

  @Test
  void whereNobodyMayCreateAboveTheRootOneMadeByHandIsEnough() throws Exception {
    try (ZooKeeper operator = Accounts.raw(zooKeeper, "operator:secret")) {
      Accounts.create(operator, Accounts.PARENT);
      operator.create(ROOT, null, Accounts.acl(OURS), CreateMode.PERSISTENT);
      lock(operator, Accounts.PARENT);
      lock(operator, "/");
      Life life = new Life(zooKeeper, SECURE, "a").written();
      assertTrue(life.election.currentTerm().isPresent());
    }
  }

  @Test
  void whatCannotBeCreatedIsNamed() throws Exception {
    try (ZooKeeper operator = Accounts.raw(zooKeeper, "operator:secret")) {
      lock(operator, "/");
      String problem = Accounts.problem(zooKeeper.client(SECURE));
      assertTrue(problem.contains("znode /test cannot be created"), problem);
    }
  }

  @Test
  void whatIsMissingIsMadeBelowAParentThatLetsUsIn() throws Exception {
    try (ZooKeeper operator = Accounts.raw(zooKeeper, "operator:secret")) {
      Accounts.create(operator, Accounts.PARENT);
      lock(operator, "/");
      Life life = new Life(zooKeeper, SECURE, "a").written();
      assertTrue(life.client.problem().isEmpty());
    }
  }

  @Test
  void aLeaderWhoIsNotLetInAnyMoreMakesRoomAndComesBackLater() throws Exception {
    Life first = new Life(zooKeeper, SECURE, "a").written();
    Life second = new Life(zooKeeper, NEWER, "b");
    await()
        .atMost(DEADLINE)
        .until(() -> second.store.read("members/b") instanceof ReadResult.Found);
    assertTrue(second.store.read("members/a") instanceof ReadResult.Found);
    try (ZooKeeper operator = Accounts.raw(zooKeeper, "mysql-manager:new-secret")) {
      operator.addAuthInfo("digest", Accounts.bytes(OURS.credentials().getFirst()));
      long session = owner(operator);
      List<String> paths =
          List.of("", "/election", "/epoch", "/members", "/groups", "/groups/a/state");
      for (String path : paths) {
        operator.setACL(ROOT + path, NEW_ONLY, -1);
      }
      assertTrue(first.store.read("groups/a/state") instanceof ReadResult.Unavailable);

      String problem = Accounts.problem(first.client);
      assertTrue(problem.contains("zookeeper.password"), problem);
      await().atMost(DEADLINE).until(() -> second.election.currentTerm().isPresent());
      assertTrue(first.election.currentTerm().isEmpty());

      // The leader lets in the former password again, as its configuration says.
      await().atMost(DEADLINE).until(() -> first.client.problem().isEmpty());
      await().atMost(DEADLINE).until(() -> owner(operator) != 0 && owner(operator) != session);
      second.election.close();
      await().atMost(DEADLINE).until(() -> first.election.currentTerm().isPresent());
    }
  }

  @Test
  void whoMayNotRaiseTheEpochLetsTheOthersLead() throws Exception {
    Life first = new Life(zooKeeper, SECURE, "a").written();
    try (ZooKeeper operator = Accounts.raw(zooKeeper, OURS.credentials().getFirst())) {
      operator.setACL(ROOT + "/epoch", NEW_ONLY, -1);
    }
    first.election.resign();
    await().atMost(DEADLINE).until(() -> first.election.leaderId().equals(Optional.of("a")));
    Life second = new Life(zooKeeper, NEWER, "b");
    await().atMost(DEADLINE).until(() -> second.election.currentTerm().isPresent());
    assertTrue(first.election.currentTerm().isEmpty());
  }

  @Test
  void withoutAnAccountARootThatSomebodyElseUsesIsRefused() throws Exception {
    try (ZooKeeper other = Accounts.raw(zooKeeper, null)) {
      Accounts.create(other, Accounts.PARENT, ROOT, ROOT + "/brokers");
      Life life = new Life(zooKeeper, TestingZooKeeper.OPEN, "a");
      String problem = Accounts.problem(life.client);
      assertTrue(problem.contains("holds brokers"), problem);
      assertEquals(List.of("brokers"), other.getChildren(ROOT, false));

      other.delete(ROOT + "/brokers", -1);
      life.written();
    }
  }

  @Test
  void withoutAnAccountARootThatCanOnlyBeReadIsRefused() throws Exception {
    try (ZooKeeper other = Accounts.raw(zooKeeper, "other:secret")) {
      Accounts.create(other, Accounts.PARENT, ROOT);
      lock(other, ROOT);
      Life life = new Life(zooKeeper, TestingZooKeeper.OPEN, "a");
      String problem = Accounts.problem(life.client);
      assertTrue(problem.contains("world:anyone:r,") && problem.contains(ROOT), problem);
      assertTrue(problem.contains("zookeeper.authentication"), problem);
    }
  }

  @Test
  void whoseRootIsForItsUserWithAnotherPasswordIsToldThat() throws Exception {
    try (ZooKeeper other = Accounts.raw(zooKeeper, "mysql-manager:another")) {
      Accounts.create(other, Accounts.PARENT);
      List<ACL> readable =
          Arrays.asList(
              new ACL(ZooDefs.Perms.ALL, ZooDefs.Ids.AUTH_IDS),
              new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE));
      other.create(ROOT, null, readable, CreateMode.PERSISTENT);
      String problem = Accounts.problem(zooKeeper.client(SECURE));
      assertTrue(problem.contains("with another password"), problem);
    }
  }

  @Test
  void aSessionShorterThanWasAskedForIsRefused() {
    // Twenty ticks of the server are 10 s.
    ZkClient client = zooKeeper.client(Duration.ofSeconds(12));
    String problem = Accounts.problem(client);
    assertTrue(problem.contains("10000 ms") && problem.contains("12000 ms"), problem);
    assertTrue(problem.contains("zookeeper.session_timeout"), problem);
    assertFalse(client.isConnected());
  }

  /** The session that has written of the first one that it is there. */
  private static long owner(ZooKeeper operator) throws Exception {
    Stat stat = operator.exists(ROOT + "/members/a", false);
    return stat == null ? 0 : stat.getEphemeralOwner();
  }

  /** Everybody may read it, and nobody but its owner can change that again. */
  private static void lock(ZooKeeper operator, String path) throws Exception {
    operator.setACL(path, ZooDefs.Ids.READ_ACL_UNSAFE, -1);
  }
}
