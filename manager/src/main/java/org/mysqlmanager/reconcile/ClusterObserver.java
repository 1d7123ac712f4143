package org.mysqlmanager.reconcile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.observe.Evidence;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.Observation.SavedTransactions;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.Cause;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;

/**
 * Looks at all servers and proxies of a cluster at once.
 *
 * <p>What answered the last time is waited for until its deadline. What did not only gets a glance,
 * and else counts as it was seen before: a frozen replica or proxy would otherwise cost every check
 * a whole deadline, and so delay the detection of a dead source and each step of its failover. The
 * one exception is the server that a timed check is about, commonly the source: its failures are
 * counted, so each is to be a look of its own. Before there is a source, a check waits for all.
 *
 * <p>Used by one thread, the cluster's own.
 */
final class ClusterObserver {
  /** What an adapter's own deadline may be overrun by, before the look is given up. */
  private static final Duration GRACE = Duration.ofMillis(500);

  /** For all that were away together. */
  private static final Duration GLANCE = Duration.ofMillis(50);

  private final Clock clock;
  private final Threads threads;
  private final Duration observeTimeout;
  private final TransactionArchive archive;
  private final Runnable wake;
  private final Map<ServerId, Instant> lastSeen = new HashMap<>();
  private final Map<ServerId, Lookout<ServerObservation>> servers = new TreeMap<>();
  private final Map<ProxyName, Lookout<ProxyObservation>> proxies = new TreeMap<>();
  private final SourceHistory history = new SourceHistory();
  private @Nullable Members watched;

  /**
   * Nothing is looked at yet.
   *
   * @param wake asks for a round, because something is back that was given up; called on any thread
   */
  ClusterObserver(
      Clock clock,
      Threads threads,
      Duration observeTimeout,
      TransactionArchive archive,
      Runnable wake) {
    this.clock = clock;
    this.threads = threads;
    this.observeTimeout = observeTimeout;
    this.archive = archive;
    this.wake = wake;
  }

  /**
   * One look at everything; ends within the observation deadline and a little.
   *
   * @param source is read once more after the others
   * @param decisive the server that a check waits for even if it was away; if empty, it waits for
   *     all
   */
  Observation observe(
      Members members, Optional<ServerId> source, Optional<ServerId> decisive, Trigger trigger) {
    watch(members);
    Map<ServerId, Instant> seenBefore = Map.copyOf(lastSeen);
    lookAtAll(decisive, trigger);
    source.ifPresent(id -> rereadSource(members, id));
    Map<ServerId, ServerObservation> seenServers = new TreeMap<>();
    servers.forEach((id, lookout) -> seenServers.put(id, lookout.seen()));
    Map<ProxyName, ProxyObservation> seenProxies = new TreeMap<>();
    proxies.forEach((name, lookout) -> seenProxies.put(name, lookout.seen()));
    Instant at = clock.instant();
    seenServers.forEach((id, seen) -> {
      if (seen instanceof Reachable) {
        lastSeen.put(id, at);
      }
    });
    Evidence evidence =
        source.map(id -> evidence(members.spec(), id, seenServers)).orElse(Evidence.NONE);
    return new Observation(
        at, trigger, seenServers, seenProxies, seenBefore, saved(members.spec()), evidence);
  }

  private Evidence evidence(
      ClusterSpec spec, ServerId source, Map<ServerId, ServerObservation> seen) {
    Duration longestLag = spec.maxFailoverLag();
    Optional<GtidSet> before = history.executed(source);
    if (seen.get(source) instanceof Reachable server) {
      history.seen(source, server.executed(), threads.nanoTime(), longestLag);
    }
    Map<ServerId, Duration> lags = new TreeMap<>();
    seen.forEach((id, server) -> {
      if (!id.equals(source) && server instanceof Reachable replica) {
        history.lag(replica.received(), longestLag).ifPresent(lag -> lags.put(id, lag));
      }
    });
    return new Evidence(
        Map.of(),
        lags,
        before.or(() -> history.executed(source)),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Other adapters mean other addresses or passwords: what the former have seen, or are still
   * looking at, says nothing about them.
   */
  private void watch(Members members) {
    if (members == watched) {
      return;
    }
    watched = members;
    servers.clear();
    proxies.clear();
    ClusterSpec spec = members.spec();
    for (ServerSpec server : spec.servers()) {
      servers.put(
          server.name(),
          new Lookout<>(
              server.name().value(),
              members.server(server.name())::observe,
              Reachable.class::isInstance,
              late(server),
              clock,
              threads,
              wake));
    }
    for (ProxySpec proxy : spec.proxies()) {
      proxies.put(
          proxy.name(),
          new Lookout<>(
              proxy.name().value(),
              members.proxy(proxy.name())::observe,
              ProxyObservation.Reachable.class::isInstance,
              late(proxy),
              clock,
              threads,
              wake));
    }
    lastSeen.keySet().retainAll(servers.keySet());
  }

  private void lookAtAll(Optional<ServerId> decisive, Trigger trigger) {
    List<Lookout<?>> awaited = new ArrayList<>();
    List<Lookout<?>> glancedAt = new ArrayList<>();
    boolean isCheck = trigger == Trigger.CHECK;
    boolean awaitsAll = isCheck && decisive.isEmpty();
    servers.forEach((id, lookout) -> {
      boolean isDecisive = isCheck && decisive.filter(id::equals).isPresent();
      (awaitsAll || isDecisive || !lookout.wasAway() ? awaited : glancedAt).add(lookout);
    });
    proxies
        .values()
        .forEach(lookout -> (awaitsAll || !lookout.wasAway() ? awaited : glancedAt).add(lookout));
    awaited.forEach(Lookout::look);
    glancedAt.forEach(Lookout::lookUnlessFound);
    long deadline = threads.nanoTime() + observeTimeout.plus(GRACE).toNanos();
    awaited.forEach(lookout -> lookout.await(deadline));
    // Waiting for those has given the others some time as well.
    long soon = threads.nanoTime() + GLANCE.toNanos();
    glancedAt.forEach(lookout -> lookout.glance(soon));
  }

  /**
   * Transactions that a replica has and the source has not are errant only if the source was read
   * after the replica.
   */
  private void rereadSource(Members members, ServerId id) {
    Lookout<ServerObservation> lookout = servers.get(id);
    if (servers.size() < 2 || lookout == null || !(lookout.seen() instanceof Reachable source)) {
      return;
    }
    try {
      lookout.correct(
          new Reachable(
              source.identity(),
              source.settings(),
              members.server(id).executed().union(source.executed()),
              source.purged(),
              source.hasUserData(),
              source.missingSetup(),
              source.replication(),
              source.lastClone(),
              source.missingPrivileges(),
              source.warnings()));
    } catch (MySqlServer.NotAnswering e) {
      lookout.correct(new Unreachable(Cause.TIMED_OUT, String.valueOf(e.getMessage())));
    }
  }

  private Map<ServerId, List<SavedTransactions>> saved(ClusterSpec spec) {
    Map<ServerId, List<SavedTransactions>> saved = new TreeMap<>();
    for (ServerSpec server : spec.servers()) {
      saved.put(server.name(), archive.saved(spec.name(), server.name()));
    }
    return saved;
  }

  private ServerObservation late(ServerSpec server) {
    return new Unreachable(
        Cause.TIMED_OUT,
        "%s (%s) does not answer within %d ms"
            .formatted(server.name(), server.endpoint(), observeTimeout.toMillis()));
  }

  private ProxyObservation late(ProxySpec proxy) {
    return new ProxyObservation.Unreachable(
        "proxy %s (%s) does not answer within %d ms"
            .formatted(proxy.name(), proxy.adminEndpoint(), observeTimeout.toMillis()));
  }
}
