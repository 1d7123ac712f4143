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
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.slf4j.LoggerFactory;

/** Who may read and write the znodes, and what becomes of those that others made. */
@SuppressWarnings("try") // an interrupt in close() ends the test like any other
class ProtectionTest {
  private static final String PASSWORD = "a:b \"c' \\%;$";
  private static final ZkAuthentication.Digest OURS = digest(PASSWORD);
  private static final ZkSecurity SECURE = security(OURS);

  /** Above the root, and made with it. */
  private static final String PARENT = "/test";

  private TestingZooKeeper zooKeeper;

  @BeforeEach
  void start() {
    zooKeeper = TestingZooKeeper.started();
  }

  @AfterEach
  void stop() {
    zooKeeper.close();
  }

  private static final Optional<Boolean> WRITTEN = Optional.of(true);

  /** One process with everything that creates znodes. */
  private final class Life {
    final ZkClient client;
    final LeaderElection election;
    final EphemeralRegistry registry;
    final FencedStore store;

    Life(ZkSecurity security, String id) {
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
      await()
          .atMost(DEADLINE)
          .until(() -> election.currentTerm().map(this::append), WRITTEN::equals);
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

  @Test
  void everyZnodeIsForOurAccountAloneAlsoAfterTheSessionWasLost() throws Exception {
    Life life = new Life(SECURE, "a").written();
    Life second = new Life(SECURE, "b");
    await().atMost(DEADLINE).until(() -> second.election.leaderId().isPresent());
    assertAllAre(acl(OURS));
    assertNobodyElseGetsIn(null);
    assertNobodyElseGetsIn("mysql-manager:another");
    assertNobodyElseGetsIn("another:" + PASSWORD);

    zooKeeper.endSession(life.client);
    await().atMost(DEADLINE).until(() -> second.election.currentTerm().isPresent());
    await().atMost(DEADLINE).until(() -> life.store.read("members/a") instanceof ReadResult.Found);
    zooKeeper.endSession(second.client);
    life.written();
    assertAllAre(acl(OURS));
  }

  @Test
  void whoHasAnotherPasswordIsToldSoAndDoesNothing() {
    new Life(SECURE, "a").written();
    Life wrong = new Life(security(digest("another-secret")), "b");
    String problem = problem(wrong.client);
    assertTrue(problem.contains("zookeeper.password") && problem.contains(ROOT), problem);
    assertFalse(problem.contains("another-secret"), problem);
    assertFalse(wrong.client.isConnected());
    ReadResult read = wrong.store.read("groups/a/state");
    assertTrue(assertInstanceOf(ReadResult.Unavailable.class, read).cause().contains(problem));
    assertInstanceOf(CreateResult.Unavailable.class, wrong.store.createIfAbsent("x", ""));
    assertTrue(wrong.election.leaderId().isEmpty());

    Life open = new Life(ZkSecurity.NONE, "c");
    assertTrue(problem(open.client).contains("zookeeper.authentication is none"));
  }

  @Test
  void aRootOfAnotherAccountIsLeftAloneUntilItLetsUsIn() throws Exception {
    try (ZooKeeper other = raw("other:secret")) {
      other.create(PARENT, null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      List<ACL> readable =
          Arrays.asList(
              new ACL(ZooDefs.Perms.ALL, ZooDefs.Ids.AUTH_IDS),
              new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE));
      other.create(ROOT, null, readable, CreateMode.PERSISTENT);
      Life life = new Life(SECURE, "a");
      String problem = problem(life.client);
      assertTrue(problem.contains("digest:other:cdrwa, world:anyone:r,"), problem);
      assertTrue(problem.contains(ROOT) && problem.contains("zookeeper.root"), problem);
      assertEquals(List.of(), other.getChildren(ROOT, false));

      other.addAuthInfo("digest", bytes("mysql-manager:" + PASSWORD));
      other.setACL(ROOT, ZooDefs.Ids.CREATOR_ALL_ACL, -1);
      life.written();
      assertTrue(life.client.problem().isEmpty());
    }
  }

  @Test
  void anOpenRootWithSomebodyElsesZnodesIsLeftAlone() throws Exception {
    try (ZooKeeper other = raw(null)) {
      create(other, PARENT, ROOT, ROOT + "/brokers", ROOT + "/election");
      Life life = new Life(SECURE, "a");
      String problem = problem(life.client);
      assertTrue(problem.contains("holds brokers, and its ACL is world:anyone:cdrwa"), problem);
      assertTrue(other.getChildren(ROOT + "/election", false).isEmpty());

      other.delete(ROOT + "/brokers", -1);
      life.written();
    }
  }

  @Test
  void anEmptyRootMadeByHandIsTakenOverAtOnce() throws Exception {
    try (ZooKeeper operator = raw(null)) {
      create(operator, PARENT, ROOT);
      ZkClient client = zooKeeper.client(SECURE);
      await().atMost(DEADLINE).until(client::isConnected);
      assertThrows(KeeperException.NoAuthException.class, () -> operator.getChildren(ROOT, false));
    }
  }

  @Test
  void aTreeOfAVersionWithoutAccountIsTakenOverByTheFirstLeaderWithOne() throws Exception {
    Life old = new Life(ZkSecurity.NONE, "old").written();
    Life next = new Life(SECURE, "new");
    await().atMost(DEADLINE).until(() -> next.election.leaderId().isPresent());
    assertInstanceOf(
        ReadResult.Found.class, old.store.read("groups/a/state"), "the old leader goes on");
    assertInstanceOf(ReadResult.Found.class, next.store.read("groups/a/state"));

    old.election.close();
    old.registry.close();
    old.client.close();
    next.written();
    awaitAllAre(acl(OURS), PARENT);
    assertInstanceOf(ReadResult.Found.class, next.store.read("groups/a/state"));
  }

  @Test
  void aPasswordIsChangedWithoutAMomentWithoutAccess() throws Exception {
    Life first = new Life(SECURE, "a").written();
    ZkAuthentication.Digest both =
        new ZkAuthentication.Digest("mysql-manager", "new-secret", Optional.of(PASSWORD));
    Life second = new Life(security(both), "b");
    await()
        .atMost(DEADLINE)
        .until(() -> second.store.read("members/b") instanceof ReadResult.Found);
    assertInstanceOf(ReadResult.Found.class, first.store.read("members/b"));
    first.election.close();
    second.written();
    awaitAllAre(acl(both), "");

    ZkAuthentication.Digest newest = digest("new-secret");
    Life third = new Life(security(newest), "c");
    await().atMost(DEADLINE).until(() -> third.store.read("members/c") instanceof ReadResult.Found);
    assertInstanceOf(ReadResult.Found.class, second.store.read("members/c"));
    second.election.close();
    second.registry.close();
    first.registry.close();
    third.written();
    awaitAllAre(acl(newest), "");
    assertTrue(problem(zooKeeper.client(SECURE)).contains("zookeeper.password"));
  }

  @Test
  void anAccountThatAnOperatorLetInStaysAndTheWorldDoesNot() throws Exception {
    Life life = new Life(SECURE, "a").written();
    ACL guest = new ACL(ZooDefs.Perms.READ, id("monitor:secret"));
    String path = ROOT + "/groups/a/state";
    try (ZooKeeper operator = raw(OURS.credentials().getFirst())) {
      List<ACL> generous =
          Arrays.asList(
              acl(OURS).getFirst(),
              guest,
              new ACL(ZooDefs.Perms.WRITE, ZooDefs.Ids.ANYONE_ID_UNSAFE));
      operator.setACL(path, generous, -1);
      life.election.resign();
      await().atMost(DEADLINE).until(() -> operator.getACL(path, new Stat()).size() == 2);
      assertEquals(
          Set.of(acl(OURS).getFirst(), guest), Set.copyOf(operator.getACL(path, new Stat())));
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
      Life life = new Life(SECURE, "a").written();
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

  private static String problem(ZkClient client) {
    return await().atMost(DEADLINE).until(client::problem, Optional::isPresent).orElseThrow();
  }

  private void awaitAllAre(List<ACL> expected, String exceptPath) throws Exception {
    try (ZooKeeper operator = raw(OURS.credentials().getFirst())) {
      operator.addAuthInfo("digest", bytes("mysql-manager:new-secret"));
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
    try (ZooKeeper operator = raw(OURS.credentials().getFirst())) {
      Set<String> paths = paths(operator);
      assertTrue(paths.size() >= 13, paths.toString());
      for (String path : paths) {
        assertEquals(expected, operator.getACL(path, new Stat()), path);
      }
    }
  }

  private void assertNobodyElseGetsIn(String credentials) throws Exception {
    try (ZooKeeper operator = raw(OURS.credentials().getFirst());
        ZooKeeper other = raw(credentials)) {
      for (String path : paths(operator)) {
        refused(path, () -> other.getData(path, false, null));
        refused(path, () -> other.getChildren(path, false));
        refused(path, () -> other.getACL(path, new Stat()));
        refused(path, () -> other.setData(path, bytes("x"), -1));
        refused(path, () -> other.setACL(path, ZooDefs.Ids.OPEN_ACL_UNSAFE, -1));
        if (!path.equals(PARENT)) {
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
    return new TreeSet<>(ZKUtil.listSubTreeBFS(client, PARENT));
  }

  private static void create(ZooKeeper client, String... paths) throws Exception {
    for (String path : paths) {
      client.create(path, null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }
  }

  private ZooKeeper raw(String credentials) throws Exception {
    ZooKeeper client = new ZooKeeper(zooKeeper.connectString(), 10_000, _ -> {});
    await().atMost(DEADLINE).until(() -> client.getState().isConnected());
    if (credentials != null) {
      client.addAuthInfo("digest", bytes(credentials));
    }
    return client;
  }

  private static ZkSecurity security(ZkAuthentication authentication) {
    return new ZkSecurity(authentication, Optional.empty(), Set.of("members", "groups"));
  }

  private static ZkAuthentication.Digest digest(String password) {
    return new ZkAuthentication.Digest("mysql-manager", password, Optional.empty());
  }

  private static List<ACL> acl(ZkAuthentication.Digest digest) {
    return digest.credentials().stream()
        .map(each -> new ACL(ZooDefs.Perms.ALL, id(each)))
        .collect(Collectors.toList());
  }

  private static Id id(String credentials) {
    try {
      return new Id("digest", DigestAuthenticationProvider.generateDigest(credentials));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
