package org.mysqlmanager.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Turns host names into addresses.
 *
 * <p>The JDK's lookup has no time limit, so it runs in a thread of its own, at most one for each
 * name, and the caller waits until its deadline. What a name last stood for is remembered: a name
 * service that fails must not stand in the way of a failover. Thread-safe.
 */
public final class AddressBook {
  /** The name service. */
  public interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  private final Resolver resolver;
  private final Map<String, List<InetAddress>> lastKnown = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<List<InetAddress>>> lookups =
      new ConcurrentHashMap<>();

  /** {@code InetAddress::getAllByName} in earnest; tests have their own. */
  public AddressBook(Resolver resolver) {
    this.resolver = resolver;
  }

  /** All addresses of that host, in the name service's order; empty if it has never had any. */
  public List<InetAddress> addressesOf(String host, Deadline deadline) {
    try {
      return List.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException _) {
      // Not an address, so a name.
    }
    CompletableFuture<List<InetAddress>> lookup = lookups.computeIfAbsent(host, this::startLookup);
    try {
      List<InetAddress> found =
          lookup.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
      lastKnown.put(host, found);
      return found;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException _) {
      // The last known answer, if any, is better than none.
    }
    return lastKnown.getOrDefault(host, List.of());
  }

  private CompletableFuture<List<InetAddress>> startLookup(String host) {
    CompletableFuture<List<InetAddress>> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("resolve-" + host)
        .start(() -> {
          try {
            result.complete(List.of(resolver.resolve(host)));
          } catch (UnknownHostException | RuntimeException e) {
            result.completeExceptionally(e);
          } finally {
            lookups.remove(host, result);
          }
        });
    return result;
  }
}
