package org.mysqlmanager.zk;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes part in the election of one leader, for as long as it is open.
 *
 * <p>Curator's latch says whose turn it is; whoever's it is raises the epoch, and only then leads.
 * That the latch is held is known from a local flag and so can be out of date. Two things make up
 * for it: {@link #currentTerm} is empty as soon as the session could have ended unnoticed, and
 * {@link FencedStore#write} is refused as soon as a later leader has raised the epoch. IMPORTANT:
 * whatever is changed elsewhere than in ZooKeeper has only the first: ask {@link #isSafe} before
 * each change, and let no change take longer than half the session timeout.
 *
 * <p>What is true is looked at again whenever something happens, and four times per session timeout
 * in any case, so that a missed event or a deleted znode is put right. Thread-safe; the questions
 * are answered locally and at once.
 */
public final class LeaderElection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

  /** The queue's name below the root. */
  static final String ELECTION = "election";

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);

  private record Held(LeaderTerm term, long sessionId, LeaderLatch latch, String latchPath) {}

  private record Leader(String node, String id) {}

  /** What listeners were last told about. */
  private record Told(Optional<LeaderTerm> term, Optional<String> leaderId) {}

  private final ZkClient client;
  private final String participantId;
  private final InstantSource clock;
  private final String electionPath;
  private final String epochPath;
  private final RepeatingTask looking;
  private final NodeWatch electionWatch;
  private final NodeWatch epochWatch;
  private final Runnable lookSoon;
  private final Runnable leaveWithSession;
  private final List<CoalescedCallback> callbacks = new CopyOnWriteArrayList<>();

  /** Guards who is the latch and that nothing is held after a resignation or the end. */
  private final Object lock = new Object();

  private volatile LeaderLatch latch;
  private volatile @Nullable Held held;
  private volatile @Nullable Leader leader;
  private volatile boolean closed;

  /** Whether we want to take part. Guarded by the lock. */
  private boolean started;

  /** Whether the latch has its place in the queue, or is about to. Guarded by the lock. */
  private boolean isLatchStarted;

  /** Before this it does not queue again. Guarded by the lock. */
  private long outUntilNanos = System.nanoTime();

  // Used by the looking thread only.
  private Told told = new Told(Optional.empty(), Optional.empty());
  private @Nullable Long stuckSinceNanos;
  private @Nullable Long refusedSinceNanos;
  private String causeTold = "";

  private LeaderElection(ZkClient client, String participantId, InstantSource clock) {
    this.client = client;
    this.participantId = NodePath.checkId("participantId", participantId);
    this.clock = clock;
    this.electionPath = client.resolve(ELECTION);
    this.epochPath = client.resolve(EpochNode.NAME);
    this.looking =
        new RepeatingTask("zk-election", () -> sessionTimeout().dividedBy(4), this::lookOrStepBack);
    this.lookSoon = looking::runSoon;
    this.leaveWithSession = () -> leaveQueue("it is not let in any more", Duration.ZERO);
    this.latch = newLatch();
    this.electionWatch = NodeWatch.startAtOnce(client, electionPath, lookSoon, () -> {});
    this.epochWatch = NodeWatch.startAtOnce(client, epochPath, lookSoon, () -> {});
  }

  /**
   * Makes ready to take part: who leads can be asked, but this process is not in the queue before
   * {@link #start}.
   *
   * @param client the connection
   * @param participantId how this process is known to the others; each needs its own
   * @param clock for {@link LeaderTerm#since}
   * @return the election, until it is closed
   * @throws IllegalArgumentException when the id is not 1 to 100 letters, digits, dots, underscores
   *     or hyphens
   */
  public static LeaderElection prepare(ZkClient client, String participantId, InstantSource clock) {
    return new LeaderElection(client, participantId, clock);
  }

  /** Makes ready and takes its place in the queue: {@link #prepare} and {@link #start}. */
  public static LeaderElection join(ZkClient client, String participantId, InstantSource clock) {
    LeaderElection election = prepare(client, participantId, clock);
    election.start();
    return election;
  }

  /** Takes its place in the queue as soon as ZooKeeper is there. A second call does nothing. */
  public void start() {
    synchronized (lock) {
      if (closed || started) {
        return;
      }
      started = true;
    }
    client.onChangeAtOnce(lookSoon);
    client.beforeSessionEnds(leaveWithSession);
    looking.start();
  }

  /**
   * The leadership of this process, when it has one that cannot have ended unnoticed. It can be
   * empty for a while and come back unchanged, when ZooKeeper was slow to answer; so it is to be
   * asked for before each change.
   *
   * @return the term; empty when this process must not change anything now
   */
  public Optional<LeaderTerm> currentTerm() {
    Held held = this.held;
    return held != null && !closed && holdsLatch(held) && client.leaseHolds(held.sessionId)
        ? Optional.of(held.term)
        : Optional.empty();
  }

  /** Whether this very term is the current one, now. */
  public boolean isSafe(LeaderTerm term) {
    return currentTerm().filter(term::equals).isPresent();
  }

  /**
   * Whose turn it is, as last seen from here. It is somebody's a moment before he really leads, and
   * remains so until his session has ended.
   *
   * @return the participant's id; empty when there is none or when it is not known, as without a
   *     connection
   */
  public Optional<String> leaderId() {
    return Optional.ofNullable(leader).map(Leader::id);
  }

  /**
   * Gives up leadership at once, or its place in the queue, and queues again behind the others.
   * When there is no other, it leads again in a new epoch.
   */
  public void resign() {
    requeue("asked to resign");
  }

  /**
   * Calls back when {@link #currentTerm} or {@link #leaderId} have changed.
   *
   * @param callback run on a virtual thread, never twice at a time
   */
  public void addListener(Runnable callback) {
    callbacks.add(new CoalescedCallback("zk-election-callback", callback));
  }

  /**
   * Leaves the queue, and hands over at once when it is the leader. May be called more than once.
   */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      held = null;
      if (isLatchStarted) {
        closeLatch(latch);
      }
    }
    client.removeOnChangeAtOnce(lookSoon);
    client.removeBeforeSessionEnds(leaveWithSession);
    callbacks.forEach(CoalescedCallback::close);
    looking.close();
    electionWatch.close();
    epochWatch.close();
  }

  /**
   * After an {@code Error} (a class that is missing, no memory) this process is not to be relied
   * on, and another may do better.
   */
  private void lookOrStepBack() {
    try {
      look();
    } catch (Error e) {
      leaveQueue("internal error: " + e, outAfterRefusal());
      throw e;
    }
  }

  /** Compares what is believed with what is in ZooKeeper, and puts right what differs. */
  private void look() {
    startLatchWhenLetIn();
    // What the latch says comes first: then its znode, which is older, must be in the list that is
    // read after.
    LeaderLatch latch = this.latch;
    String winningPath = latch.hasLeadership() ? latch.getLastPathIsLeader() : null;

    Session session = client.sessionNow();
    List<String> queue = session == null ? null : ElectionQueue.read(session, electionPath);
    if (session == null || queue == null || winningPath != null) {
      stuckSinceNanos = null;
    }
    if (winningPath == null) {
      refusedSinceNanos = null;
    }
    if (session == null || queue == null) {
      leader = null;
    } else {
      leader = readLeader(session, queue);
      if (winningPath == null) {
        dropTerm("the latch is not held any more");
        requeueIfStuck(latch, queue);
      } else if (!queue.contains(NodePath.name(winningPath))) {
        requeue("its znode in the queue has vanished");
      } else if (!isHeld(latch, winningPath)) {
        raiseEpoch(session, latch, winningPath);
      } else {
        confirmEpoch(session);
      }
    }
    tellIfChanged();
  }

  /** Curator's latch creates znodes by itself: it must not before the root is known to be ours. */
  private void startLatchWhenLetIn() {
    synchronized (lock) {
      if (started
          && !closed
          && !isLatchStarted
          && System.nanoTime() - outUntilNanos >= 0
          && client.isConnected()) {
        isLatchStarted = true;
        startLatch(latch);
      }
    }
  }

  private void raiseEpoch(Session session, LeaderLatch latch, String latchPath) {
    Reply<EpochNode.Candidacy> prepared = EpochNode.prepare(session, epochPath, latchPath);
    EpochNode.Candidacy candidacy = prepared.valueIfOk();
    if (candidacy == null) {
      notRaised(prepared.words(), prepared instanceof Reply.Answer<?>);
      return;
    }
    switch (candidacy.raise(participantId, clock.instant())) {
      case EpochNode.Raised.Won(LeaderTerm term, long sessionId) ->
          hold(new Held(term, sessionId, latch, latchPath));
      case EpochNode.Raised.Lost(String cause) -> notRaised(cause, true);
      case EpochNode.Raised.Unclear(String cause) -> notRaised(cause, false);
    }
  }

  /**
   * An answer that stays the same, unlike silence, may be for this process alone, such as a znode
   * that it may not read: after a whole session timeout the others get a turn.
   */
  private void notRaised(String cause, boolean isAnswered) {
    if (!cause.equals(causeTold)) {
      causeTold = cause;
      LOG.info("{} has its turn to lead, but the epoch was not raised: {}", participantId, cause);
    }
    long now = System.nanoTime();
    if (!isAnswered) {
      refusedSinceNanos = null;
    } else if (refusedSinceNanos == null) {
      refusedSinceNanos = now;
    } else if (now - refusedSinceNanos > sessionTimeout().toNanos()) {
      refusedSinceNanos = null;
      leaveQueue("the epoch was not raised: " + cause, outAfterRefusal());
      return;
    }
    looking.runWithin(PAUSE_AFTER_FAILURE);
  }

  private Duration outAfterRefusal() {
    return sessionTimeout().multipliedBy(2);
  }

  private Duration sessionTimeout() {
    return client.settings().sessionTimeout();
  }

  private void hold(Held won) {
    synchronized (lock) {
      // Whoever has resigned or left meanwhile does not lead, even in an epoch of its own.
      if (closed || !latch.equals(won.latch)) {
        return;
      }
      held = won;
    }
    refusedSinceNanos = null;
    causeTold = "";
    LOG.info("{} leads in epoch {}", participantId, won.term.epoch());
    client.protectTree(() -> isSafe(won.term));
  }

  /** A term ends when somebody has raised the epoch past it: all its writes would be refused. */
  private void confirmEpoch(Session session) {
    Held held = this.held;
    Reply<Stat> reply = session.stat(epochPath);
    Stat stat = reply.valueIfOk();
    if (held != null
        && (reply.isAnswered(Code.NONODE)
            || (stat != null && stat.getVersion() != held.term.znodeVersion()))) {
      requeue("the epoch was changed by somebody else");
    }
  }

  private void dropTerm(String reason) {
    synchronized (lock) {
      Held ended = held;
      if (ended != null && !holdsLatch(ended)) {
        held = null;
        LOG.info("{} no longer leads in epoch {}: {}", participantId, ended.term.epoch(), reason);
      }
    }
  }

  private void requeue(String reason) {
    leaveQueue(reason, Duration.ZERO);
  }

  /** Gives up leadership or its place in the queue, and queues again behind the others. */
  private void leaveQueue(String reason, Duration out) {
    synchronized (lock) {
      if (closed || !isLatchStarted) {
        return;
      }
      Held ended = held;
      held = null;
      LeaderLatch left = latch;
      latch = newLatch();
      isLatchStarted = false;
      outUntilNanos = System.nanoTime() + out.toNanos();
      if (ended != null) {
        LOG.info("{} gives up epoch {}: {}", participantId, ended.term.epoch(), reason);
      } else if (out.isZero()) {
        LOG.info("{} queues again: {}", participantId, reason);
      } else {
        LOG.warn("{} queues again in {} s: {}", participantId, out.toSeconds(), reason);
      }
      closeLatch(left);
    }
    looking.runWithin(out);
  }

  /**
   * Curator's latch goes by events, and gives up after errors that it does not expect. When it has
   * no place in the queue, or does not notice that it is the first, for a whole session timeout, a
   * new one takes its place.
   */
  private void requeueIfStuck(LeaderLatch latch, List<String> queue) {
    String path = latch.getOurPath();
    String name = path == null ? "" : NodePath.name(path);
    boolean stuck = !queue.contains(name) || name.equals(queue.getFirst());
    long now = System.nanoTime();
    Long since = stuckSinceNanos;
    if (!stuck) {
      stuckSinceNanos = null;
    } else if (since == null) {
      stuckSinceNanos = now;
    } else if (now - since > sessionTimeout().toNanos()) {
      stuckSinceNanos = null;
      requeue("it was forgotten in the queue");
    }
  }

  private @Nullable Leader readLeader(Session session, List<String> queue) {
    if (queue.isEmpty()) {
      return null;
    }
    String first = queue.getFirst();
    Leader known = leader;
    if (known != null && known.node.equals(first)) {
      return known;
    }
    Session.Content content = session.read(electionPath + "/" + first).valueIfOk();
    return content == null ? null : new Leader(first, content.text());
  }

  private void tellIfChanged() {
    Told now = new Told(currentTerm(), leaderId());
    if (!now.equals(told)) {
      told = now;
      callbacks.forEach(CoalescedCallback::signal);
    }
  }

  private boolean isHeld(LeaderLatch latch, String latchPath) {
    Held held = this.held;
    return held != null && held.latch.equals(latch) && held.latchPath.equals(latchPath);
  }

  private static boolean holdsLatch(Held held) {
    return held.latch.hasLeadership()
        && Objects.equals(held.latch.getLastPathIsLeader(), held.latchPath);
  }

  private LeaderLatch newLatch() {
    LeaderLatch created = new LeaderLatch(client.curator(), electionPath, participantId);
    created.addListener(
        new LeaderLatchListener() {
          @Override
          public void isLeader() {
            lookSoon.run();
          }

          @Override
          public void notLeader() {
            lookSoon.run();
          }
        });
    return created;
  }

  private static void startLatch(LeaderLatch latch) {
    try {
      latch.start();
    } catch (Exception e) {
      // Curator declares Exception, but this only hands a task to a thread.
      throw new IllegalStateException("the latch could not be started", e);
    }
  }

  private static void closeLatch(LeaderLatch latch) {
    try {
      latch.close();
    } catch (IOException e) {
      LOG.warn("The latch was not closed cleanly; the session's end will do it", e);
    }
  }
}
