package org.mysqlmanager.zk;

import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.zookeeper.Watcher.Event.EventType;

/**
 * Calls back when something at or under a path was created, changed or deleted, until it is closed.
 * Thread-safe.
 *
 * <p>It also calls back once when the watch is set, and again after each connection that was lost
 * and found: changes may have been missed meanwhile, so the callback should look for itself what is
 * there now.
 */
public final class NodeWatch implements AutoCloseable {
  private final PersistentWatcher watcher;
  private final Runnable stop;

  private NodeWatch(PersistentWatcher watcher, Runnable stop) {
    this.watcher = watcher;
    this.stop = stop;
  }

  static NodeWatch start(ZkClient client, String absolutePath, Runnable changed) {
    CoalescedCallback callback = new CoalescedCallback("zk-watch " + absolutePath, changed);
    return startAtOnce(client, absolutePath, callback::signal, callback::close);
  }

  /** Calls back on ZooKeeper's own thread: only for what never waits. */
  static NodeWatch startAtOnce(
      ZkClient client, String absolutePath, Runnable changed, Runnable stop) {
    PersistentWatcher watcher = new PersistentWatcher(client.curator(), absolutePath, true);
    watcher
        .getListenable()
        .addListener(event -> {
          // Events without a type tell about the connection, which the reset listener does better.
          if (event.getType() != EventType.None) {
            changed.run();
          }
        });
    watcher.getResetListenable().addListener(changed);
    watcher.start();
    return new NodeWatch(watcher, stop);
  }

  /** Ends it. May be called more than once. */
  @Override
  public void close() {
    stop.run();
    watcher.close();
  }
}
