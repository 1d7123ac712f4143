package org.mysqlmanager.zk;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.ZooKeeper;

/**
 * One ZooKeeper server in this process with a short tick, and clients and links that are closed
 * with it.
 */
final class TestingZooKeeper implements AutoCloseable {
  static final String ROOT = "/test/root";

  /** Long enough for a noisy machine, short enough to wait for. */
  static final Duration SESSION = Duration.ofSeconds(3);

  /** For tests that must not be passed by the session's end. */
  static final Duration LONG_SESSION = Duration.ofSeconds(10);

  /** Far more than anything here needs. */
  static final Duration DEADLINE = Duration.ofSeconds(30);

  /** Without an account, and with all that the tests keep below the root. */
  static final ZkSecurity OPEN =
      ZkSecurity.open(
          Set.of(
              "a", "after", "b", "g", "groups", "history", "large", "late", "latch", "members",
              "one", "other", "p", "state", "two", "x"));

  private static final int TICK_MILLIS = 500;

  private final TestingServer server;
  private final List<AutoCloseable> toClose = new ArrayList<>();

  private TestingZooKeeper(boolean started) {
    try {
      server =
          new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, TICK_MILLIS, -1), started);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static TestingZooKeeper started() {
    return new TestingZooKeeper(true);
  }

  static TestingZooKeeper notStarted() {
    return new TestingZooKeeper(false);
  }

  void start() {
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void stop() {
    try {
      server.stop();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void restart() {
    try {
      server.restart();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  ZkClient client() {
    return client(SESSION);
  }

  ZkClient client(Duration session) {
    return client(server.getConnectString(), session);
  }

  String connectString() {
    return server.getConnectString();
  }

  ZkClient client(ZkSecurity security) {
    return closeLater(
        ZkClient.start(
            new ZkSettings(
                server.getConnectString(), ROOT, SESSION, Duration.ofSeconds(1), security)));
  }

  ZkClient client(Link link) {
    return client(link.address(), SESSION);
  }

  private ZkClient client(String connectString, Duration session) {
    return closeLater(
        ZkClient.start(new ZkSettings(connectString, ROOT, session, Duration.ofSeconds(1), OPEN)));
  }

  Link link() {
    return closeLater(Link.to(server.getPort()));
  }

  <T extends AutoCloseable> T closeLater(T resource) {
    toClose.addFirst(resource);
    return resource;
  }

  /**
   * Ends the client's session on the server, as an ensemble does that has not heard of it for too
   * long.
   */
  void endSession(ZkClient client) {
    try {
      ZooKeeper handle = client.curator().getZookeeperClient().getZooKeeper();
      CountDownLatch connected = new CountDownLatch(1);
      ZooKeeper twin =
          new ZooKeeper(
              server.getConnectString(),
              10_000,
              _ -> connected.countDown(),
              handle.getSessionId(),
              handle.getSessionPasswd());
      if (!connected.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the session could not be taken over");
      }
      twin.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      for (AutoCloseable resource : toClose) {
        resource.close();
      }
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
