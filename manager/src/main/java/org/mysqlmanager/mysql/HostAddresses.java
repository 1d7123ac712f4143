package org.mysqlmanager.mysql;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.net.AddressBook;

/**
 * What a server's host name stands for. A server that is started again may have another address,
 * and another server the one that it had (containers do so): then a connection that was opened
 * under the old answer leads to the wrong server, for as long as it is kept.
 *
 * <p>A look-up cannot be interrupted and would hold one of the few carriers of all virtual threads,
 * so it runs on a platform thread; at most one is under way, however long it hangs. Thread-safe.
 */
final class HostAddresses {
  private final String host;
  private final AddressBook.Resolver resolver;
  private final ThreadFactory threads;
  private @Nullable FutureTask<Set<InetAddress>> lookUp;

  /** The last answer; empty if there was none. */
  private volatile Set<InetAddress> known = Set.of();

  HostAddresses(String host, AddressBook.Resolver resolver) {
    this(host, resolver, Thread.ofPlatform().daemon().name("resolve-" + host).factory());
  }

  HostAddresses(String host, AddressBook.Resolver resolver, ThreadFactory threads) {
    this.host = host;
    this.resolver = resolver;
    this.threads = threads;
  }

  /**
   * Looks the name up, which also fills the JVM's cache for the driver.
   *
   * @throws UnknownHostException if it stands for nothing now
   */
  Set<InetAddress> await() throws UnknownHostException, InterruptedException {
    try {
      return start().get();
    } catch (ExecutionException e) {
      UnknownHostException unknown = new UnknownHostException(host);
      unknown.initCause(e.getCause());
      throw unknown;
    }
  }

  /**
   * Whether the name stands for other addresses now, and for none of these. It does not wait: a
   * look-up is begun, and the answer is that of the last one that ended. One that fails changes
   * nothing, as a name service that is down says nothing about the server.
   */
  boolean haveReplaced(Set<InetAddress> former) {
    var _ = start();
    Set<InetAddress> now = known;
    return !former.isEmpty() && !now.isEmpty() && Collections.disjoint(former, now);
  }

  private synchronized FutureTask<Set<InetAddress>> start() {
    FutureTask<Set<InetAddress>> task = lookUp;
    if (task == null || task.isDone()) {
      task =
          new FutureTask<>(() -> {
            Set<InetAddress> found = Set.copyOf(List.of(resolver.resolve(host)));
            known = found;
            return found;
          });
      // If there is no thread to be had, the next one who asks must not wait for this task.
      threads.newThread(task).start();
      lookUp = task;
    }
    return task;
  }
}
