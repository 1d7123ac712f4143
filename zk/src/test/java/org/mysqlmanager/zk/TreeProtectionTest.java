package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;
import static org.mysqlmanager.zk.TestingZooKeeper.ROOT;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.ProviderRegistry;
import org.apache.zookeeper.server.auth.SASLAuthenticationProvider;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** One walk over the tree, on the test's own thread. */
@SuppressWarnings("try") // an interrupt in close() ends the test like any other
class TreeProtectionTest {
  /** Switches a scheme on that takes any id. */
  private static final String SASL = "zookeeper.authProvider.sasl";

  private static final String PASSWORD = "first";
  private static final ZkAuthentication.Digest OURS = Accounts.digest(PASSWORD);
  private static final ACL WORLD_READS = new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE);

  @AutoClose private final TestingZooKeeper zooKeeper = TestingZooKeeper.started();

  @Test
  void changesNothingForALeaderWhoseTimeIsOver() throws Exception {
    ZkClient client = connected();
    try (ZooKeeper other = Accounts.raw(zooKeeper, OURS.credentials().getFirst())) {
      Accounts.create(other, ROOT + "/a", ROOT + "/b");
      assertFalse(walk(client, OURS, () -> false));
      assertEquals(ZooDefs.Ids.OPEN_ACL_UNSAFE, acl(other, ROOT + "/a"));
      assertEquals(ZooDefs.Ids.OPEN_ACL_UNSAFE, acl(other, ROOT + "/b"));

      int[] asked = {0};
      assertFalse(walk(client, OURS, () -> ++asked[0] == 1));
      assertEquals(2, asked[0], "it is asked before each change");
      Set<List<ACL>> both = Set.of(acl(other, ROOT + "/a"), acl(other, ROOT + "/b"));
      assertEquals(Set.of(ZooDefs.Ids.OPEN_ACL_UNSAFE, Accounts.acl(OURS)), both);

      assertTrue(walk(client, OURS, () -> true));
      assertEquals(Accounts.acl(OURS), acl(other, ROOT + "/a"));
      assertEquals(Accounts.acl(OURS), acl(other, ROOT + "/b"));
    }
  }

  @Test
  void aParentThatWasOpenedToOthersStaysOpenAndKeepsUpWithOurPassword() throws Exception {
    ZkClient client = connected();
    try (ZooKeeper operator = Accounts.raw(zooKeeper, OURS.credentials().getFirst())) {
      operator.setACL(Accounts.PARENT, list(Accounts.acl(OURS).getFirst(), WORLD_READS), -1);
      assertTrue(walk(client, OURS, () -> true));
      assertEquals(
          Set.of(Accounts.acl(OURS).getFirst(), WORLD_READS),
          Set.copyOf(acl(operator, Accounts.PARENT)));

      ZkAuthentication.Digest both = Accounts.digest("second", PASSWORD);
      assertTrue(walk(client, both, () -> true));
      List<ACL> wanted = new ArrayList<>(Accounts.acl(both));
      wanted.add(WORLD_READS);
      assertEquals(Set.copyOf(wanted), Set.copyOf(acl(operator, Accounts.PARENT)));
      assertEquals(Accounts.acl(both), acl(operator, ROOT));
    }
  }

  @Test
  void tellsEachTimeWhetherThePreviousPasswordIsLetIn() throws Exception {
    ZkClient client = connected();
    try (Lines lines = new Lines()) {
      assertTrue(walk(client, OURS, () -> true));
      assertTrue(lines.contain("1 znodes", "0 of them changed", "present password only"));
    }
    try (Lines lines = new Lines()) {
      assertTrue(walk(client, Accounts.digest("second", PASSWORD), () -> true));
      assertTrue(lines.contain("1 znodes", "1 of them changed", "its previous password"));
    }
  }

  @Test
  void whatZooKeeperRefusesIsToldAndDoesNotHoldUpTheRest() throws Exception {
    System.setProperty(SASL, SASLAuthenticationProvider.class.getName());
    ProviderRegistry.addOrUpdateProvider(SASL);
    ZkClient client = connected();
    try (ZooKeeper other = Accounts.raw(zooKeeper, OURS.credentials().getFirst());
        Lines lines = new Lines()) {
      Accounts.create(other, ROOT + "/a", ROOT + "/b", ROOT + "/c");
      // A scheme that the servers do not know any more: they take no list with it.
      ACL guest = new ACL(ZooDefs.Perms.READ, new Id("sasl", "x"));
      other.setACL(ROOT + "/b", list(Accounts.acl(OURS).getFirst(), WORLD_READS, guest), -1);
      ProviderRegistry.removeProvider("sasl");

      assertTrue(walk(client, OURS, () -> true));
      assertEquals(Accounts.acl(OURS), acl(other, ROOT + "/a"));
      assertEquals(Accounts.acl(OURS), acl(other, ROOT + "/c"));
      assertTrue(lines.contain("could not be protected", ROOT + "/b", "INVALIDACL"));
    } finally {
      System.clearProperty(SASL);
      ProviderRegistry.removeProvider("sasl");
    }
  }

  /** What this thread has logged. */
  private static final class Lines implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger(TreeProtection.class);
    private final String thread = Thread.currentThread().getName();
    private final List<String> lines = new ArrayList<>();
    private final AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (event.getThreadName().equals(thread)) {
              lines.add(event.getFormattedMessage());
            }
          }
        };

    Lines() {
      appender.start();
      logger.addAppender(appender);
    }

    boolean contain(String... words) {
      return lines.stream().anyMatch(line -> Arrays.stream(words).allMatch(line::contains));
    }

    @Override
    public void close() {
      logger.detachAppender(appender);
    }
  }

  private ZkClient connected() {
    ZkClient client = zooKeeper.client(Accounts.security(OURS));
    await().atMost(DEADLINE).until(client::isConnected);
    return client;
  }

  private static boolean walk(
      ZkClient client, ZkAuthentication.Digest account, BooleanSupplier stillLeads) {
    return new TreeProtection(client::sessionNow, NodeAcl.of(account), ROOT, stillLeads).protect();
  }

  private static List<ACL> acl(ZooKeeper client, String path) throws Exception {
    return client.getACL(path, new Stat());
  }

  private static List<ACL> list(ACL... entries) {
    return Arrays.asList(entries);
  }
}
