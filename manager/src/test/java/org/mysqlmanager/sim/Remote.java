package org.mysqlmanager.sim;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.sim.Failure.Kind;
import org.mysqlmanager.sim.SimThreads.SimMailbox;

/**
 * Requests over the network. The request travels, is carried out by the other side, and its answer
 * travels back; whatever becomes of the caller meanwhile.
 */
final class Remote {
  private final Scheduler scheduler;
  private final Network network;
  private final Nemesis nemesis;

  Remote(Scheduler scheduler, Network network, Nemesis nemesis) {
    this.scheduler = scheduler;
    this.network = network;
    this.nemesis = nemesis;
  }

  /** What the other side does, at one instant. */
  interface Effect<T> {
    T carryOut() throws Failure;
  }

  /**
   * Who asks, and for what.
   *
   * @param label the step that is being carried out; null for mere looks
   */
  record Caller(SimManager manager, @Nullable String label) {}

  private record Answer<T>(@Nullable T value, @Nullable Failure failure) {}

  /**
   * Asks, and waits for the answer until the deadline. Before the request is sent, and after the
   * answer has come, the caller may be frozen or killed.
   */
  <T> T call(Caller caller, SimProcess target, long deadline, Effect<T> effect) throws Failure {
    return call(caller, target, deadline, Long.MAX_VALUE, effect);
  }

  /**
   * The same, for a request that is not sent after that time: what a caller who was frozen
   * meanwhile does is beyond this model.
   */
  <T> T call(Caller caller, SimProcess target, long deadline, long notSentAfter, Effect<T> effect)
      throws Failure {
    SimProcess self = caller.manager().process();
    Nemesis.Interruption before = nemesis.before(caller, target);
    scheduler.standStillIfNeeded();
    if (before == Nemesis.Interruption.FAIL || scheduler.now() > notSentAfter) {
      throw new Failure(Kind.LINK_LOST, target + ": connection reset");
    }
    SimMailbox<Answer<T>> answers = new SimMailbox<>(scheduler);
    send(self, target, answers, effect, before == Nemesis.Interruption.LOSE_REPLY);
    Optional<Answer<T>> answer = answers.poll(deadline - scheduler.now());
    nemesis.after(caller, target);
    scheduler.standStillIfNeeded();
    if (answer.isEmpty()) {
      throw new Failure(Kind.TIMED_OUT, target + " does not answer in time");
    }
    Failure failure = answer.get().failure();
    if (failure != null) {
      throw failure;
    }
    @SuppressWarnings("NullAway") // An answer without a failure has a value.
    T value = answer.get().value();
    return value;
  }

  /** Asks without waiting; what becomes of it is told to nobody. */
  void tell(SimProcess self, SimProcess target, Runnable effect) {
    if (!network.isCut(self, target)) {
      scheduler.after(
          network.latency(self, target),
          () -> {
            if (!network.isCut(self, target)) {
              target.run(effect);
            }
          });
    }
  }

  private <T> void send(
      SimProcess self,
      SimProcess target,
      SimMailbox<Answer<T>> answers,
      Effect<T> effect,
      boolean loseReply) {
    if (network.isCut(self, target)) {
      return;
    }
    scheduler.after(
        network.latency(self, target),
        () -> {
          if (network.isCut(self, target)) {
            return;
          }
          if (target.isDead()) {
            reply(self, target, answers, refused(target));
          } else {
            target.run(() -> {
              Answer<T> answer = answerOf(effect);
              if (loseReply) {
                reply(self, target, answers, lost(target));
              } else {
                reply(self, target, answers, answer);
              }
            });
          }
        });
  }

  private static <T> Answer<T> refused(SimProcess target) {
    return new Answer<>(null, new Failure(Kind.REFUSED, target + ": connection refused"));
  }

  private static <T> Answer<T> lost(SimProcess target) {
    return new Answer<>(null, new Failure(Kind.LINK_LOST, target + ": connection reset"));
  }

  private static <T> Answer<T> answerOf(Effect<T> effect) {
    try {
      return new Answer<>(effect.carryOut(), null);
    } catch (Failure e) {
      return new Answer<>(null, e);
    }
  }

  private <T> void reply(
      SimProcess self, SimProcess target, SimMailbox<Answer<T>> answers, Answer<T> answer) {
    if (!network.isCut(self, target)) {
      scheduler.after(
          network.latency(self, target),
          () -> {
            if (!network.isCut(self, target) && !self.isDead()) {
              answers.put(answer);
            }
          });
    }
  }
}
