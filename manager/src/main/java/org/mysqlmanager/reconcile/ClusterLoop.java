package org.mysqlmanager.reconcile;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.decide.Decision;
import org.mysqlmanager.decide.Step;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.Observation.Trigger;
import org.mysqlmanager.reconcile.StateStore.LoadResult;
import org.mysqlmanager.reconcile.StateStore.StoreResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One cluster's rounds: load, observe, decide, store, act. Runs on a thread of its own, so that no
 * cluster waits for another. Without leadership it only observes.
 */
final class ClusterLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterLoop.class);

  /**
   * How often the same step may follow itself at once, if it says it is done but is not seen so; or
   * soon, if it says it is not.
   */
  private static final int MOST_REPEATS = 3;

  /** While an operation is under way, its progress is looked at this often. */
  private static final Duration OPERATION_PAUSE = Duration.ofSeconds(1);

  /** A failover, with clients waiting, goes on this soon after a step that did not succeed. */
  private static final Duration FAILOVER_PAUSE = Duration.ofMillis(200);

  /** How long a due check is put off while one step follows the other. */
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);

  private enum Wake {
    /** Somebody asks for a round. */
    ROUND,
    /** Something in the store has changed. */
    STORE
  }

  /** When the next round is due, if nobody asks for one and no check comes first. */
  private enum Next {
    AT_ONCE,
    SOON,
    LATER
  }

  private final ClusterSpec configured;
  private final Parts parts;
  private final StatusBoard board;
  private final ClusterObserver observer;
  private final StepExecutor executor;
  private final EvidenceCollector evidence;
  private final Mailbox<Wake> wakes;
  private final Set<Wake> pending = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;
  private boolean interrupted;

  private @Nullable Members members;
  private int knownVersion = -1;
  private long nextCheck;
  private @Nullable Step lastStep;
  private int repeats;
  private boolean listening;

  private boolean created;

  ClusterLoop(ClusterSpec configured, Parts parts) {
    this.configured = configured;
    this.parts = parts;
    this.board = new StatusBoard(configured, parts.store());
    this.observer =
        new ClusterObserver(
            parts.clock(), parts.threads(), parts.observeTimeout(), parts.archive(), this::wake);
    this.executor =
        new StepExecutor(
            parts.threads(), parts.archive(), parts.leadership(), this::backgroundEnded);
    this.evidence = new EvidenceCollector(configured.name(), parts);
    this.wakes = parts.threads().mailbox();
  }

  ClusterName name() {
    return configured.name();
  }

  ClusterStatus status() {
    return board.status();
  }

  /** Asks for a round at once. */
  void wake() {
    wake(Wake.ROUND);
  }

  /** One of a kind is enough. */
  private void wake(Wake wake) {
    if (pending.add(wake)) {
      wakes.put(wake);
    }
  }

  /** Ends the loop after the step it may be in. */
  void stop() {
    stopped = true;
    wake();
  }

  @Override
  public void run() {
    try {
      nextCheck = parts.threads().nanoTime();
      Next next = Next.LATER;
      while (!isEnding()) {
        next = safely(next);
      }
    } finally {
      try {
        if (!stopped) {
          // Nobody looks after this cluster here any more: somebody else has to lead.
          parts.leadership().resign();
          LOG.error("cluster={} the loop ends without having been asked to", name());
        }
      } finally {
        if (members != null) {
          members.close();
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private boolean isEnding() {
    return stopped || interrupted;
  }

  /**
   * A bug must not end the loop of a cluster at night: it is told, and the next check tries again.
   * After an {@code Error} (a class that is missing, no memory) this process is not to be relied
   * on, and another manager may do better.
   */
  private Next safely(Next before) {
    try {
      return turn(before);
    } catch (Throwable e) {
      try {
        if (e instanceof Error && parts.leadership().permit().isPresent()) {
          parts.leadership().resign();
        }
        LOG.error("cluster={} a round failed; the next check tries again", name(), e);
        board.showFailure(Optional.of("internal error: " + e));
        board.withdrawView();
      } catch (Throwable another) {
        // Not even telling works; what matters is that the loop goes on.
        e.addSuppressed(another);
      }
      awaitCheck();
      return Next.LATER;
    }
  }

  /** One round, and the wait for the next. */
  private Next turn(Next before) {
    long now = parts.threads().nanoTime();
    // A round that follows a step at once is no check, even if one is due: an operation must not
    // wait for the deadline of what is away. But nothing puts checks off for long.
    Duration delay = before == Next.AT_ONCE ? LONGEST_DELAY : Duration.ZERO;
    boolean isCheck = now - nextCheck >= delay.toNanos();
    if (isCheck) {
      nextCheck = now + parts.checkInterval().toNanos();
    }
    Next next = round(isCheck ? Trigger.CHECK : Trigger.EVENT);
    if (next != Next.AT_ONCE) {
      awaitWork(next);
    }
    return next;
  }

  /** Waits until the next check is due or a round is worth while. */
  private void awaitWork(Next next) {
    long begun = parts.threads().nanoTime();
    long patience = Math.min(nextCheck - begun, pause(next).toNanos());
    while (!isEnding()) {
      Wake wake = poll(patience - (parts.threads().nanoTime() - begun));
      if (wake == null || wake == Wake.ROUND || storeHasNews()) {
        return;
      }
    }
  }

  private Duration pause(Next next) {
    return switch (next) {
      case AT_ONCE -> Duration.ZERO;
      case SOON -> FAILOVER_PAUSE;
      case LATER ->
          status().state().operation().isPresent() && parts.leadership().permit().isPresent()
              ? OPERATION_PAUSE
              : parts.checkInterval();
    };
  }

  /** Waits until the next check is due, whatever happens meanwhile. */
  private void awaitCheck() {
    while (!isEnding() && parts.threads().nanoTime() - nextCheck < 0) {
      poll(nextCheck - parts.threads().nanoTime());
    }
  }

  private @Nullable Wake poll(long nanos) {
    try {
      Optional<Wake> wake = wakes.poll(nanos);
      wake.ifPresent(pending::remove);
      return wake.orElse(null);
    } catch (InterruptedException e) {
      // Restored when the loop has ended: what is left to do until then may not work interrupted.
      interrupted = true;
      return null;
    }
  }

  /** What this loop stored itself is no news; a follower only needs to know, not to look again. */
  private boolean storeHasNews() {
    if (!(parts.store().load(name()) instanceof LoadResult.Loaded loaded)) {
      return false;
    }
    boolean isNew =
        loaded.version() != knownVersion
            || members == null
            || !loaded.spec().equals(members.spec());
    if (parts.leadership().permit().isPresent()) {
      return isNew || evidence.mayChange();
    }
    if (isNew) {
      knownVersion = loaded.version();
      board.show(loaded.spec(), loaded.state(), status().observation(), Optional.empty());
    }
    return false;
  }

  private Next round(Trigger trigger) {
    Optional<Permit> permit = parts.leadership().permit();
    if (!listening) {
      parts.store().onChange(name(), () -> wake(Wake.STORE));
      listening = true;
    }
    if (!created) {
      created = parts.store().createIfAbsent(configured);
    }
    switch (parts.store().load(name())) {
      case LoadResult.Loaded loaded -> {
        return round(trigger, permit, loaded);
      }
      case LoadResult.Absent _ -> {
        created = false;
        lookOnly("the cluster is not in ZooKeeper");
      }
      case LoadResult.Unavailable(String reason) -> lookOnly("ZooKeeper cannot be used: " + reason);
      case LoadResult.Unreadable(String reason) -> {
        LOG.error("cluster={} {}", name(), reason);
        lookOnly(reason);
      }
    }
    return Next.LATER;
  }

  /** Without a state nothing can be decided; what the servers do is still worth knowing. */
  private void lookOnly(String problem) {
    ClusterSpec spec = members != null ? members.spec() : configured;
    ClusterState state = status().state();
    Observation seen = observe(membersFor(spec), state, Trigger.CHECK);
    board.publish(seen);
    board.show(spec, state, Optional.of(seen), Optional.of(problem));
  }

  private Next round(Trigger trigger, Optional<Permit> permit, LoadResult.Loaded loaded) {
    ClusterState state = loaded.state();
    knownVersion = loaded.version();
    board.logDifferences(loaded.spec());
    Members current = membersFor(loaded.spec());
    Optional<WriteProber> prober =
        permit.flatMap(valid -> evidence.startWriteProbe(trigger, current, state, valid, status()));
    Observation seen = observe(current, state, trigger);
    board.publish(seen);
    if (permit.isEmpty()) {
      board.show(loaded.spec(), state, Optional.of(seen), Optional.empty());
      return Next.LATER;
    }
    seen = seen.with(evidence.collect(seen, state, prober, status()));
    Decision decision = parts.decisions().decide(loaded.spec(), state, seen);
    board.logDecision(permit.get(), decision);
    // A new leader writes even if nothing changes: everybody is to see in whose epoch the state is.
    boolean changed = !decision.next().equals(state) || !state.epoch().equals(permit.get().epoch());
    if (changed || !decision.finished().isEmpty()) {
      ClusterState next = decision.next().withEpoch(permit.get().epoch());
      StoreResult stored =
          parts
              .store()
              .store(name(), next, loaded.version(), permit.get().epoch(), decision.finished());
      if (!(stored instanceof StoreResult.Stored(int version))) {
        LOG.info("cluster={} the state was not stored: {}", name(), stored);
        board.show(loaded.spec(), state, Optional.of(seen), Optional.empty());
        return Next.LATER;
      }
      knownVersion = version;
      decision.finished().forEach(board::logFinished);
    }
    board.show(loaded.spec(), decision.next(), Optional.of(seen), Optional.empty());
    if (decision.step().isEmpty()) {
      lastStep = null;
      boolean sourceChanged = changed && !decision.next().source().equals(state.source());
      return sourceChanged ? Next.AT_ONCE : Next.LATER;
    }
    return act(decision.step().get(), decision.next(), current, permit.get());
  }

  /**
   * During a failover everything depends on the candidate, whose failures are counted then; nobody
   * waits any more for the source, which is away.
   */
  private Observation observe(Members current, ClusterState state, Trigger trigger) {
    long begun = parts.threads().nanoTime();
    Observation seen =
        observer.observe(current, state.source(), EvidenceCollector.decisive(state), trigger);
    parts.listener().looked(name(), Duration.ofNanos(parts.threads().nanoTime() - begun));
    return seen;
  }

  private Next act(Step step, ClusterState state, Members current, Permit permit) {
    if (!permit.isValid()) {
      return Next.LATER;
    }
    long begun = parts.threads().nanoTime();
    StepResult result = executor.execute(step, current, permit);
    Duration took = Duration.ofNanos(parts.threads().nanoTime() - begun);
    if (StepExecutor.goesOnInBackground(step)) {
      LOG.info("cluster={} epoch={} step={} goes on by itself", name(), permit.epoch(), step);
    } else {
      LOG.info(
          "cluster={} epoch={} step={} result={} took={}ms",
          name(),
          permit.epoch(),
          step,
          result,
          took.toMillis());
      tell(step, result, took);
    }
    if (result instanceof StepResult.Refused && permit.isValid()) {
      // Not for want of a permit: the server has met a leader of a higher epoch.
      LOG.warn("cluster={} a server knows of a newer leader: gives up leadership", name());
      parts.leadership().resign();
    }
    repeats = step.equals(lastStep) ? repeats + 1 : 0;
    lastStep = step;
    // Waiting for the applier takes its time by itself; another look at once costs nothing.
    boolean paced = step instanceof Step.AwaitApplied && took.toMillis() >= 500;
    boolean mayRepeat = repeats < MOST_REPEATS;
    if (paced || (result instanceof StepResult.Done && mayRepeat)) {
      return Next.AT_ONCE;
    }
    boolean isFailover = state.operation().orElse(null) instanceof Operation.Failover;
    return isFailover && mayRepeat ? Next.SOON : Next.LATER;
  }

  /** On the thread that it ran on. */
  private void backgroundEnded(Step step, StepResult result, Duration took) {
    LOG.info(
        "cluster={} step={} ended: result={} took={}ms", name(), step, result, took.toMillis());
    tell(step, result, took);
    wake();
  }

  private void tell(Step step, StepResult result, Duration took) {
    String stepName = StepExecutor.nameOf(step);
    board.showEnd(stepName, result);
    parts.listener().finished(name(), stepName, nameOf(result), took);
  }

  private static String nameOf(StepResult result) {
    return switch (result) {
      case StepResult.Done _ -> "done";
      case StepResult.Failed _ -> "failed";
      case StepResult.Unknown _ -> "unknown";
      case StepResult.Refused _ -> "refused";
    };
  }

  private Members membersFor(ClusterSpec spec) {
    Members current = members;
    if (current != null && current.spec().equals(spec)) {
      return current;
    }
    // Whatever fails on the way, closed ones are not used again.
    members = null;
    if (current != null) {
      current.close();
    }
    Members made = new Members(spec, parts.connector());
    members = made;
    return made;
  }
}
