package org.mysqlmanager.local.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.mysqlmanager.local.process.LocalException;

/**
 * Reads single znodes, for those who have no zkCli.sh.
 *
 * @param credentials what the managers authenticate with, {@code user:password}
 */
record ZookeeperReader(String connect, String credentials) {
  private static final int SESSION_MILLIS = 10_000;
  private static final int CONNECT_SECONDS = 10;

  /** Without the password. */
  @Override
  public String toString() {
    return "ZookeeperReader[" + connect + "]";
  }

  /**
   * The value, or the names of the children one a line.
   *
   * @throws LocalException when there is no such node or no quorum
   */
  @SuppressWarnings("try") // an interrupt in close() is handled like any other here
  String read(Request.ZookeeperQuestion question, String path) {
    CountDownLatch connected = new CountDownLatch(1);
    try (ZooKeeper zookeeper =
        new ZooKeeper(
            connect,
            SESSION_MILLIS,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            })) {
      if (!connected.await(CONNECT_SECONDS, TimeUnit.SECONDS)) {
        throw new LocalException(
            "ZooKeeper (%s) does not answer: is there a majority?".formatted(connect));
      }
      zookeeper.addAuthInfo("digest", credentials.getBytes(StandardCharsets.UTF_8));
      return switch (question) {
        case LS ->
            zookeeper.getChildren(path, false).stream().sorted().collect(Collectors.joining("\n"));
        case GET -> {
          byte[] value = zookeeper.getData(path, false, null);
          yield value == null ? "" : new String(value, StandardCharsets.UTF_8);
        }
      };
    } catch (KeeperException.NoNodeException e) {
      throw new LocalException("there is no \"%s\" in ZooKeeper".formatted(path), e);
    } catch (KeeperException.NoAuthException e) {
      throw new LocalException(
          "\"%s\" in ZooKeeper is for another account than the managers'".formatted(path), e);
    } catch (KeeperException | IOException e) {
      throw new LocalException("ZooKeeper (%s): %s".formatted(connect, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new LocalException(
          "\"%s\" is no path in ZooKeeper: %s".formatted(path, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalException("interrupted", e);
    }
  }
}
