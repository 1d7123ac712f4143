package org.mysqlmanager.zk;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.zk.RootAccess.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets nothing through to ZooKeeper before the root is known to be ours, and says why when it is
 * not. It looks again with each new connection, when something was refused, and as long as the root
 * is not ours. It also stays shut when the ensemble grants a shorter session than was asked for.
 * Thread-safe.
 */
final class AccessGate implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccessGate.class);

  private static final Duration PAUSE_WITHOUT_ANSWER = Duration.ofMillis(200);
  private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofSeconds(1);

  private final ZkSettings settings;
  private final NodeAcl acl;
  private final Supplier<@Nullable Session> sessions;
  private final Runnable changed;
  private final BooleanSupplier endSession;
  private final RepeatingTask looking;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition judged = lock.newCondition();

  private volatile @Nullable Verdict verdict;
  private volatile boolean isToBeExamined = true;

  /** In whose name the tree is to be protected, for as long as it says yes. Set with the lock. */
  private volatile @Nullable BooleanSupplier mandate;

  // Used by the looking thread only.

  /** Whether something of ours may be in ZooKeeper that ends with the session. */
  private boolean hasBeenOpen;

  private @Nullable Long shutSinceNanos;

  /**
   * A gate that is closed until {@link #start}.
   *
   * @param sessions for a few requests, past this gate; null without a connection
   * @param changed run when it was opened or closed, on its own thread: for what never waits
   * @param endSession run on its own thread when it has been shut for long after it was open; false
   *     when it is to be tried again
   */
  AccessGate(
      ZkSettings settings,
      NodeAcl acl,
      Supplier<@Nullable Session> sessions,
      Runnable changed,
      BooleanSupplier endSession) {
    this.settings = settings;
    this.acl = acl;
    this.sessions = sessions;
    this.changed = changed;
    this.endSession = endSession;
    this.looking = new RepeatingTask("zk-access", this::halfSession, this::look);
  }

  void start() {
    looking.start();
  }

  boolean isOpen() {
    return verdict instanceof Verdict.Granted;
  }

  /** Why the root is not ours; empty when it is, or when it is not known. */
  Optional<String> refusal() {
    return verdict instanceof Verdict.Refused(String sentence)
        ? Optional.of(sentence)
        : Optional.empty();
  }

  /** To be called with each new connection. */
  void connected() {
    isToBeExamined = true;
    looking.runSoon();
  }

  /** To be called when ZooKeeper refused something for want of rights. */
  void refused() {
    if (isOpen() && !isToBeExamined) {
      isToBeExamined = true;
      looking.runWithin(PAUSE_AFTER_REFUSAL);
    }
  }

  /**
   * Gives all znodes the access they should have, in the background.
   *
   * @param stillLeads whether whoever asks for it may still have it done, now
   */
  void protectTree(BooleanSupplier stillLeads) {
    if (acl.isOwned()) {
      setMandate(stillLeads);
      looking.runSoon();
    }
  }

  /**
   * Waits until it is known whether the root is ours.
   *
   * @return why nothing may be asked; null when it may
   * @throws InterruptedException when the thread is interrupted
   */
  @Nullable String awaitOpen(long deadlineNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        Verdict verdict = this.verdict;
        if (verdict instanceof Verdict.Granted) {
          return null;
        }
        if (verdict instanceof Verdict.Refused(String sentence)) {
          return sentence;
        }
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0) {
          return verdict instanceof Verdict.Unanswered(String cause)
              ? cause
              : "the root was not examined in time";
        }
        var _ = judged.await(leftNanos, TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    looking.close();
  }

  private void look() {
    if (isToBeExamined || !isOpen()) {
      Session session = sessions.get();
      if (session == null) {
        return; // the next connection starts this again
      }
      isToBeExamined = false;
      judge(examine(session));
      endSessionWhenShutForLong();
    }
    BooleanSupplier stillLeads = mandate;
    if (stillLeads != null
        && isOpen()
        && stillLeads.getAsBoolean()
        && new TreeProtection(sessions, acl, settings.rootPath(), stillLeads).protect()) {
      fulfil(stillLeads);
    }
  }

  private void setMandate(BooleanSupplier stillLeads) {
    lock.lock();
    try {
      mandate = stillLeads;
    } finally {
      lock.unlock();
    }
  }

  /** What was asked for meanwhile, in the name of a later leadership, is still to be done. */
  private void fulfil(BooleanSupplier done) {
    lock.lock();
    try {
      if (done.equals(mandate)) {
        mandate = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * A shorter session than was asked for would break what was reckoned from that one: how long a
   * command may take.
   */
  private Verdict examine(Session session) {
    long grantedMillis = session.timeout().toMillis();
    long wantedMillis = settings.sessionTimeout().toMillis();
    return grantedMillis > 0 && grantedMillis < wantedMillis
        ? new Verdict.Refused(
            "the ensemble grants sessions of %d ms at most, and zookeeper.session_timeout is %d ms: give no more than it grants, or raise maxSessionTimeout in its zoo.cfg"
                .formatted(grantedMillis, wantedMillis))
        : RootAccess.examine(session, settings, acl);
  }

  /**
   * What the session has left in ZooKeeper, its place in the queue above all, would keep others
   * waiting. What was begun before the gate was shut has as long to end as after a lease ran out.
   */
  private void endSessionWhenShutForLong() {
    if (isOpen()) {
      hasBeenOpen = true;
      shutSinceNanos = null;
      return;
    }
    if (!hasBeenOpen || !(verdict instanceof Verdict.Refused)) {
      return;
    }
    long now = System.nanoTime();
    long since = Objects.requireNonNullElse(shutSinceNanos, now);
    shutSinceNanos = since;
    Duration left = halfSession().minusNanos(now - since);
    if (left.isPositive()) {
      looking.runWithin(left);
    } else if (endSession.getAsBoolean()) {
      hasBeenOpen = false;
      shutSinceNanos = null;
    }
  }

  private Duration halfSession() {
    return settings.sessionTimeout().dividedBy(2);
  }

  private void judge(Verdict found) {
    Verdict before = verdict;
    if (found instanceof Verdict.Unanswered) {
      isToBeExamined = true;
      looking.runWithin(PAUSE_WITHOUT_ANSWER);
      if (before != null) {
        return; // what was known is likely to hold still
      }
    }
    if (found.equals(before)) {
      return;
    }
    lock.lock();
    try {
      verdict = found;
      judged.signalAll();
    } finally {
      lock.unlock();
    }
    switch (found) {
      case Verdict.Granted _ -> {
        if (before instanceof Verdict.Refused) {
          LOG.info("The znodes at {} are accessible now", settings.rootPath());
        }
        changed.run();
      }
      case Verdict.Refused(String sentence) -> {
        LOG.error("Nothing is done: {}", sentence);
        changed.run();
      }
      case Verdict.Unanswered(String cause) -> LOG.debug("{}", cause);
    }
  }
}
