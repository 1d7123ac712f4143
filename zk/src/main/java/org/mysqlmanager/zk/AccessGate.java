package org.mysqlmanager.zk;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.zk.RootAccess.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets nothing through to ZooKeeper before the root is known to be ours, and says why when it is
 * not. It looks again with each new connection, when something was refused, and as long as the root
 * is not ours. Thread-safe.
 */
final class AccessGate implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccessGate.class);

  private static final Duration PAUSE_WITHOUT_ANSWER = Duration.ofMillis(200);
  private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofSeconds(1);

  private final ZkSettings settings;
  private final NodeAcl acl;
  private final Supplier<@Nullable Session> sessions;
  private final Runnable changed;
  private final RepeatingTask looking;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition judged = lock.newCondition();

  private volatile @Nullable Verdict verdict;
  private volatile boolean isToBeExamined = true;
  private volatile boolean isToBeProtected;

  /**
   * A gate that is closed until {@link #start}.
   *
   * @param sessions for a few requests, past this gate; null without a connection
   * @param changed run when it was opened or closed, on its own thread: for what never waits
   */
  AccessGate(
      ZkSettings settings, NodeAcl acl, Supplier<@Nullable Session> sessions, Runnable changed) {
    this.settings = settings;
    this.acl = acl;
    this.sessions = sessions;
    this.changed = changed;
    this.looking =
        new RepeatingTask("zk-access", () -> settings.sessionTimeout().dividedBy(2), this::look);
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

  /** Gives all znodes the access they should have, in the background. */
  void protectTree() {
    if (acl.isOwned()) {
      isToBeProtected = true;
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
      judge(RootAccess.examine(session, settings, acl));
    }
    if (isToBeProtected && isOpen()) {
      isToBeProtected = false;
      if (!new TreeProtection(sessions, acl, settings.rootPath()).protect()) {
        isToBeProtected = true;
      }
    }
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
