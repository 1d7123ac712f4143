package org.mysqlmanager.haproxy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.net.AddressBook;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.Proxy;
import org.mysqlmanager.reconcile.StepResult;

/**
 * HAProxy through its Runtime API. Two backends of the configuration file are ours: the writer's
 * and the readers'. Servers are either declared there, named as the cluster names them and {@code
 * disabled}, or added while HAProxy runs (2.5 or newer, and a {@code balance} that allows it:
 * roundrobin, leastconn, first or random).
 *
 * <p><b>What a server gets</b> is decided by its administrative state alone: {@code ready} or
 * {@code maint}. A health check ({@code check}) is no fence, as it lets a server back unasked; so a
 * server found down counts as routed still, with a warning, and the manager neither fights the
 * check nor relies on it. Servers added here get none: a second opinion about the writer is a
 * second truth. Between a reader's death and the manager's next round, {@code option redispatch}
 * sends clients that cannot connect to another reader; declare the readers with {@code check} for
 * less still.
 *
 * <p><b>Old sessions count.</b> A server in maintenance keeps its sessions, and through them it is
 * still written to. So they are shut down with it, and until they are gone it is seen as routed,
 * and no other writer is opened.
 *
 * <p><b>A restart of HAProxy</b> loses all of this, and that is how it should be: what is {@code
 * disabled} in the file gets nothing until a manager has seen it and applied the routing, one round
 * later. An observation is therefore always {@code persisted}; a server declared without {@code
 * disabled} is a warning, as HAProxy would send clients to it before any manager has been asked. A
 * <em>reload</em> leaves the old process with the old sessions, which no socket reaches any more:
 * set {@code hard-stop-after}.
 *
 * <p>{@code initialised} means that both backends exist; HAProxy cannot add those while it runs.
 */
public final class HaProxy implements Proxy {
  private static final Duration POLL = Duration.ofMillis(5);

  private final ProxySpec proxy;
  private final NavigableMap<ServerId, Endpoint> endpoints;
  private final Duration observeTimeout;
  private final Duration commandTimeout;
  private final AddressBook addressBook;
  private final RuntimeApi api;

  /** Two changes at once would undo one another. */
  private final ReentrantLock changing = new ReentrantLock();

  /**
   * @param servers the servers of the cluster and where the proxy reaches them
   * @param observeTimeout the longest that {@link #observe} takes
   * @param commandTimeout the longest that {@link #apply} takes, all its commands together
   */
  public HaProxy(
      ProxySpec proxy,
      Map<ServerId, Endpoint> servers,
      Duration observeTimeout,
      Duration commandTimeout) {
    this(proxy, servers, observeTimeout, commandTimeout, InetAddress::getAllByName);
  }

  HaProxy(
      ProxySpec proxy,
      Map<ServerId, Endpoint> servers,
      Duration observeTimeout,
      Duration commandTimeout,
      AddressBook.Resolver resolver) {
    this.proxy = proxy;
    this.endpoints = Collections.unmodifiableNavigableMap(new TreeMap<>(servers));
    this.observeTimeout = observeTimeout;
    this.commandTimeout = commandTimeout;
    this.addressBook = new AddressBook(resolver);
    this.api = new RuntimeApi(proxy, addressBook);
  }

  @Override
  public ProxyObservation observe() {
    Deadline deadline = Deadline.after(observeTimeout);
    try {
      return describe(look(deadline));
    } catch (NotAnswering e) {
      return new ProxyObservation.Unreachable(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public StepResult apply(Routing routing, Permit permit) {
    Deadline deadline = Deadline.after(commandTimeout);
    try {
      if (!changing.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
        return new StepResult.Failed(api.named() + ": an earlier change is still under way");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new StepResult.Failed(api.named() + ": interrupted before any change");
    }
    try {
      return change(routing, permit, deadline);
    } catch (Commands.Halted e) {
      return e.result();
    } finally {
      changing.unlock();
    }
  }

  /** Nothing to end: each call has connections of its own. */
  @Override
  public void close() {}

  private Look look(Deadline deadline) throws NotAnswering {
    return Look.take(api, proxy, endpoints, addressBook, deadline);
  }

  private ProxyObservation.Reachable describe(Look look) {
    return new ProxyObservation.Reachable(
        missing(look).isEmpty(),
        look.routed(look.writer()),
        look.routed(look.readers()),
        look.unknown(),
        true,
        warnings(look));
  }

  private List<String> warnings(Look look) {
    List<String> warnings = new ArrayList<>();
    missing(look).ifPresent(warnings::add);
    for (BackendServer server : look.servers()) {
      if (!server.isDeclaredDisabled()) {
        warnings.add(
            "%s: server %s is not declared 'disabled', so after a restart HAProxy sends clients to it before a manager has decided: add the word to its configuration"
                .formatted(api.named(), server.path()));
      }
      if (server.isFoundDown()) {
        warnings.add(
            "%s: HAProxy's own health check finds %s down"
                .formatted(api.named(), server.described()));
      }
    }
    endpoints.forEach((id, endpoint) -> {
      if (!look.addresses().isResolved(id)) {
        warnings.add(
            "%s: host '%s' of server %s does not resolve here, and HAProxy takes addresses only: correct the server's host or the name service"
                .formatted(api.named(), endpoint.host(), id));
      }
    });
    return warnings;
  }

  private Optional<String> missing(Look look) {
    if (look.writer().isPresent() && look.readers().isPresent()) {
      return Optional.empty();
    }
    String field = look.writer().isEmpty() ? "writer_backend" : "reader_backend";
    String name = look.writer().isEmpty() ? proxy.writerBackend() : proxy.readerBackend();
    return Optional.of(
        "%s: there is no backend '%s': add it to HAProxy's configuration, or correct the proxy's %s"
            .formatted(api.named(), name, field));
  }

  /** First shuts what must get nothing and makes sure of it, then opens what must get something. */
  private StepResult change(Routing routing, Permit permit, Deadline deadline)
      throws Commands.Halted {
    Look before;
    try {
      before = look(deadline);
    } catch (NotAnswering e) {
      return new StepResult.Failed(String.valueOf(e.getMessage()));
    }
    Optional<String> missing = missing(before);
    if (missing.isPresent()) {
      return new StepResult.Failed(missing.get());
    }
    Commands commands = new Commands(api, permit, deadline);
    List<RoutingChange> changes =
        List.of(
            new RoutingChange(
                before.writer().orElseThrow(),
                routing.writer().map(Set::of).orElse(Set.of()),
                before.addresses(),
                commands),
            new RoutingChange(
                before.readers().orElseThrow(), routing.readers(), before.addresses(), commands));

    Set<String> closed = new TreeSet<>();
    for (RoutingChange change : changes) {
      change.close().forEach(server -> closed.add(server.path()));
    }
    awaitClosed(closed, deadline);
    List<String> problems = new ArrayList<>();
    for (RoutingChange change : changes) {
      problems.addAll(change.open());
    }
    if (!problems.isEmpty()) {
      return new StepResult.Failed(api.named() + ": " + String.join("; ", problems));
    }
    return verify(routing, deadline);
  }

  private void awaitClosed(Set<String> closed, Deadline deadline) throws Commands.Halted {
    if (closed.isEmpty()) {
      return;
    }
    while (true) {
      List<String> left =
          lookAgain(deadline).servers().stream()
              .filter(server -> closed.contains(server.path()) && server.isRouted())
              .map(server -> server.path() + " with " + server.sessions() + " sessions")
              .toList();
      if (left.isEmpty()) {
        return;
      }
      // A session that one side has ended is beyond "shutdown sessions" (seen with 2.6).
      pauseOrHalt(
          deadline,
          "still reachable through HAProxy: %s; do its defaults set timeout client-fin and server-fin, to 1s or so?"
              .formatted(String.join(", ", left)));
    }
  }

  private StepResult verify(Routing routing, Deadline deadline) throws Commands.Halted {
    while (true) {
      ProxyObservation.Reachable now = describe(lookAgain(deadline));
      if (now.matches(routing)) {
        return StepResult.DONE;
      }
      pauseOrHalt(
          deadline,
          "wanted %s, but HAProxy has writers %s, readers %s, others %s"
              .formatted(routing, now.writers(), now.readers(), now.unknownBackends()));
    }
  }

  private Look lookAgain(Deadline deadline) throws Commands.Halted {
    try {
      return look(deadline);
    } catch (NotAnswering e) {
      throw new Commands.Halted(new StepResult.Unknown(String.valueOf(e.getMessage())));
    }
  }

  private void pauseOrHalt(Deadline deadline, String problem) throws Commands.Halted {
    if (deadline.remainingNanos() < POLL.toNanos()) {
      throw new Commands.Halted(new StepResult.Failed(api.named() + ": " + problem));
    }
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new Commands.Halted(new StepResult.Unknown(api.named() + ": interrupted"));
    }
  }
}
