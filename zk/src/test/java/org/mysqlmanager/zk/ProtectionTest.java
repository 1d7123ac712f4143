package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;
import static org.mysqlmanager.zk.TestingZooKeeper.ROOT;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.slf4j.LoggerFactory;

/** Who may read and write the znodes, and what becomes of those that others made. */
@SuppressWarnings("try") // an interrupt in close() ends the test like any other
class ProtectionTest {
  private static final String PASSWORD = "a:b \"c' \\%;$";
  private static final ZkAuthentication.Digest OURS = Accounts.digest(PASSWORD);
  private static final ZkSecurity SECURE = Accounts.security(OURS);

  private TestingZooKeeper zooKeeper;

  @BeforeEach
  void start() {
    zooKeeper = TestingZooKeeper.started();
  }

  @AfterEach
  void stop() {
    zooKeeper.close();
  }

  @Test
  void everyZnodeIsForOurAccountAloneAlsoAfterTheSessionWasLost() throws Exception {
    Life life = new Life(zooKeeper, SECURE, "a").written();
    Life second = new Life(zooKeeper, SECURE, "b");
    await().atMost(DEADLINE).until(() -> second.election.leaderId().isPresent());
    assertAllAre(Accounts.acl(OURS));
    assertNobodyElseGetsIn(null);
    assertNobodyElseGetsIn("mysql-manager:another");
    assertNobodyElseGetsIn("another:" + PASSWORD);

    zooKeeper.endSession(life.client);
    await().atMost(DEADLINE).until(() -> second.election.currentTerm().isPresent());
    await().atMost(DEADLINE).until(() -> life.store.read("members/a") instanceof ReadResult.Found);
    zooKeeper.endSession(second.client);
    life.written();
    assertAllAre(Accounts.acl(OURS));
  }

  @Test
  void whoHasAnotherPasswordIsToldSoAndDoesNothing() {
    new Life(zooKeeper, SECURE, "a").written();
    Life wrong = new Life(zooKeeper, Accounts.security(Accounts.digest("another-secret")), "b");
    String problem = Accounts.problem(wrong.client);
    assertTrue(problem.contains("zookeeper.password") && problem.contains(ROOT), problem);
    assertFalse(problem.contains("another-secret"), problem);
    assertFalse(wrong.client.isConnected());
    ReadResult read = wrong.store.read("groups/a/state");
    assertTrue(assertInstanceOf(ReadResult.Unavailable.class, read).cause().contains(problem));
    assertInstanceOf(CreateResult.Unavailable.class, wrong.store.createIfAbsent("x", ""));
    assertTrue(wrong.election.leaderId().isEmpty());

    Life open = new Life(zooKeeper, TestingZooKeeper.OPEN, "c");
    assertTrue(Accounts.problem(open.client).contains("zookeeper.authentication is none"));
  }

  @Test
  void aRootOfAnotherAccountIsLeftAloneUntilItLetsUsIn() throws Exception {
    try (ZooKeeper other = Accounts.raw(zooKeeper, "other:secret")) {
      other.create(Accounts.PARENT, null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      List<ACL> readable =
          Arrays.asList(
              new ACL(ZooDefs.Perms.ALL, ZooDefs.Ids.AUTH_IDS),
              new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE));
      other.create(ROOT, null, readable, CreateMode.PERSISTENT);
      Life life = new Life(zooKeeper, SECURE, "a");
      String problem = Accounts.problem(life.client);
      assertTrue(problem.contains("digest:other:cdrwa, world:anyone:r,"), problem);
      assertTrue(problem.contains(ROOT) && problem.contains("zookeeper.root"), problem);
      assertEquals(List.of(), other.getChildren(ROOT, false));

      other.addAuthInfo("digest", Accounts.bytes("mysql-manager:" + PASSWORD));
      other.setACL(ROOT, ZooDefs.Ids.CREATOR_ALL_ACL, -1);
      life.written();
      assertTrue(life.client.problem().isEmpty());
    }
  }

  @Test
  void anOpenRootWithSomebodyElsesZnodesIsLeftAlone() throws Exception {
    try (ZooKeeper other = Accounts.raw(zooKeeper, null)) {
      Accounts.create(other, Accounts.PARENT, ROOT, ROOT + "/brokers", ROOT + "/election");
      Life life = new Life(zooKeeper, SECURE, "a");
      String problem = Accounts.problem(life.client);
      assertTrue(problem.contains("holds brokers, and its ACL is world:anyone:cdrwa"), problem);
      assertTrue(other.getChildren(ROOT + "/election", false).isEmpty());

      other.delete(ROOT + "/brokers", -1);
      life.written();
    }
  }

  @Test
  void anEmptyRootMadeByHandIsTakenOverAtOnce() throws Exception {
    try (ZooKeeper operator = Accounts.raw(zooKeeper, null)) {
      Accounts.create(operator, Accounts.PARENT, ROOT);
      ZkClient client = zooKeeper.client(SECURE);
      await().atMost(DEADLINE).until(client::isConnected);
      assertThrows(KeeperException.NoAuthException.class, () -> operator.getChildren(ROOT, false));
    }
  }

  @Test
  void aTreeOfAVersionWithoutAccountIsTakenOverByTheFirstLeaderWithOne() throws Exception {
    Life old = new Life(zooKeeper, TestingZooKeeper.OPEN, "old").written();
    Life next = new Life(zooKeeper, SECURE, "new");
    await().atMost(DEADLINE).until(() -> next.election.leaderId().isPresent());
    assertInstanceOf(
        ReadResult.Found.class, old.store.read("groups/a/state"), "the old leader goes on");
    assertInstanceOf(ReadResult.Found.class, next.store.read("groups/a/state"));

    old.election.close();
    old.registry.close();
    old.client.close();
    next.written();
    awaitAllAre(Accounts.acl(OURS), Accounts.PARENT);
    assertInstanceOf(ReadResult.Found.class, next.store.read("groups/a/state"));
  }

  @Test
  void aPasswordIsChangedWithoutAMomentWithoutAccess() throws Exception {
    Life first = new Life(zooKeeper, SECURE, "a").written();
    ZkAuthentication.Digest both = Accounts.digest("new-secret", PASSWORD);
    Life second = new Life(zooKeeper, Accounts.security(both), "b");
    await()
        .atMost(DEADLINE)
        .until(() -> second.store.read("members/b") instanceof ReadResult.Found);
    assertInstanceOf(ReadResult.Found.class, first.store.read("members/b"));
    first.election.close();
    second.written();
    awaitAllAre(Accounts.acl(both), "");

    ZkAuthentication.Digest newest = Accounts.digest("new-secret");
    Life third = new Life(zooKeeper, Accounts.security(newest), "c");
    await().atMost(DEADLINE).until(() -> third.store.read("members/c") instanceof ReadResult.Found);
    assertInstanceOf(ReadResult.Found.class, second.store.read("members/c"));
    second.election.close();
    second.registry.close();
    first.registry.close();
    third.written();
    awaitAllAre(Accounts.acl(newest), "");
    assertTrue(Accounts.problem(zooKeeper.client(SECURE)).contains("zookeeper.password"));
  }

  @Test
  void anAccountThatAnOperatorLetInStaysAndTheWorldDoesNot() throws Exception {
    Life life = new Life(zooKeeper, SECURE, "a").written();
    ACL guest = new ACL(ZooDefs.Perms.READ, Accounts.id("monitor:secret"));
    String path = ROOT + "/groups/a/state";
    try (ZooKeeper operator = Accounts.raw(zooKeeper, OURS.credentials().getFirst())) {
      List<ACL> generous =
          Arrays.asList(
              Accounts.acl(OURS).getFirst(),
              guest,
              new ACL(ZooDefs.Perms.WRITE, ZooDefs.Ids.ANYONE_ID_UNSAFE));
      operator.setACL(path, generous, -1);
      life.election.resign();
      await().atMost(DEADLINE).until(() -> operator.getACL(path, new Stat()).size() == 2);
      assertEquals(
          Set.of(Accounts.acl(OURS).getFirst(), guest),
          Set.copyOf(operator.getACL(path, new Stat())));
    }
  }

  @Test
  void thePasswordIsNotLoggedNotEvenByZooKeepersClient() {
    Logger all = (Logger) LoggerFactory.getLogger("ROOT");
    Level before = all.getLevel();
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    all.addAppender(lines);
    all.setLevel(Level.TRACE);
    try {
      Life life = new Life(zooKeeper, SECURE, "a").written();
      zooKeeper.endSession(life.client);
      life.written();
    } finally {
      all.setLevel(before);
      all.detachAppender(lines);
    }
    List<ILoggingEvent> logged = List.copyOf(lines.list);
    assertTrue(logged.size() > 100, logged.size() + " lines");
    for (ILoggingEvent line : logged) {
      assertFalse(line.getFormattedMessage().contains(PASSWORD), line.toString());
    }
    assertFalse(SECURE.toString().contains(PASSWORD));
  }

  // --- Helpers

  private void awaitAllAre(List<ACL> expected, String exceptPath) throws Exception {
    try (ZooKeeper operator = Accounts.raw(zooKeeper, OURS.credentials().getFirst())) {
      operator.addAuthInfo("digest", Accounts.bytes("mysql-manager:new-secret"));
      await()
          .atMost(DEADLINE)
          .until(() -> {
            for (String path : paths(operator)) {
              if (!path.equals(exceptPath)
                  && !Set.copyOf(operator.getACL(path, new Stat())).equals(Set.copyOf(expected))) {
                return false;
              }
            }
            return true;
          });
    }
  }

  private void assertAllAre(List<ACL> expected) throws Exception {
    try (ZooKeeper operator = Accounts.raw(zooKeeper, OURS.credentials().getFirst())) {
      Set<String> paths = paths(operator);
      assertTrue(paths.size() >= 13, paths.toString());
      for (String path : paths) {
        assertEquals(expected, operator.getACL(path, new Stat()), path);
      }
    }
  }

  private void assertNobodyElseGetsIn(String credentials) throws Exception {
    try (ZooKeeper operator = Accounts.raw(zooKeeper, OURS.credentials().getFirst());
        ZooKeeper other = Accounts.raw(zooKeeper, credentials)) {
      for (String path : paths(operator)) {
        refused(path, () -> other.getData(path, false, null));
        refused(path, () -> other.getChildren(path, false));
        refused(path, () -> other.getACL(path, new Stat()));
        refused(path, () -> other.setData(path, Accounts.bytes("x"), -1));
        refused(path, () -> other.setACL(path, ZooDefs.Ids.OPEN_ACL_UNSAFE, -1));
        if (!path.equals(Accounts.PARENT)) {
          refused(path, () -> other.delete(path, -1));
        }
        if (operator.exists(path, false).getEphemeralOwner() == 0) {
          refused(
              path,
              () ->
                  other.create(
                      path + "/x", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
        }
      }
    }
  }

  private static void refused(String path, Executable call) {
    assertThrows(KeeperException.NoAuthException.class, call, path);
  }

  private static Set<String> paths(ZooKeeper client) throws Exception {
    return new TreeSet<>(ZKUtil.listSubTreeBFS(client, Accounts.PARENT));
  }
}
