package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time and one thread of control. Events happen in the order of their times, those of the
 * same time in the order in which they were asked for. Whoever gives way carries out what is due
 * until it is some coroutine's turn, perhaps its own; so that nothing depends on the machine.
 */
final class Scheduler {
  private record Event(
      long at,
      long order,
      @Nullable Runnable action,
      @Nullable Coroutine coroutine,
      long waitNumber)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Coroutine> coroutines = new ArrayList<>();
  private final Coroutine main =
      new Coroutine(new SimProcess("simulation", 0), Thread.currentThread());
  private Runnable afterEach = () -> {};
  private Coroutine running = main;
  private long now;
  private long order;
  private long happened;
  private boolean over;
  private boolean unwinding;
  private @Nullable Throwable failure;

  /** Nanoseconds since the beginning. */
  long now() {
    return now;
  }

  /** Events so far. */
  long happened() {
    return happened;
  }

  boolean isUnwinding() {
    return unwinding;
  }

  /** What is to be looked at whenever something may have changed. */
  void afterEach(Runnable check) {
    afterEach = check;
  }

  /** Does something then; it must not wait. */
  void after(long nanos, Runnable action) {
    events.add(new Event(now + nanos, order++, action, null, 0));
  }

  /** Does something then, when that process is able to. */
  void after(long nanos, SimProcess process, Runnable action) {
    after(nanos, () -> process.run(action));
  }

  /** Begins a coroutine of that process. */
  void spawn(SimProcess process, String name, Runnable body) {
    Coroutine[] self = new Coroutine[1];
    Coroutine made = new Coroutine(process, name, () -> runToEnd(self[0], body));
    self[0] = made;
    coroutines.add(made);
    wakeAfter(0, made, made.waitNumber());
  }

  private void runToEnd(Coroutine self, Runnable body) {
    try {
      body.run();
    } catch (Unwound _) {
      // As intended.
    } catch (Throwable e) {
      fail(e);
    }
    self.end();
    Coroutine next = unwinding ? main : nextInTurn();
    running = next;
    next.pass();
  }

  private void fail(Throwable e) {
    if (failure == null && !unwinding) {
      failure = e;
    }
  }

  /** The simulation's own thread: lets everything happen until it is over. */
  void run() {
    giveWay();
    Throwable failed = failure;
    unwind();
    switch (failed) {
      case null -> {}
      case Violation violation -> throw violation;
      case Throwable other ->
          throw new Violation(
              "no thread of a manager breaks", other + " at " + List.of(other.getStackTrace()));
    }
  }

  /** Ends it all after the present event. */
  void end() {
    over = true;
  }

  /** For one who waits: the present wait, which {@link #wake} ends. */
  long beginWait() {
    return running.nextWait();
  }

  /** Who is running now. */
  Coroutine current() {
    return running;
  }

  /** Wakes that coroutine, if it is still in that wait. */
  void wake(Coroutine coroutine, long wait) {
    wakeAfter(0, coroutine, wait);
  }

  void wakeAfter(long nanos, Coroutine coroutine, long wait) {
    events.add(new Event(now + nanos, order++, null, coroutine, wait));
  }

  /** The running coroutine waits that long. */
  void sleep(long nanos) {
    wakeAfter(nanos, running, beginWait());
    giveWay();
  }

  /** If the running coroutine's process was frozen or killed, it stands still here. */
  void standStillIfNeeded() {
    Coroutine self = running;
    if (self.process().isRunning()) {
      return;
    }
    long wait = beginWait();
    self.process().run(() -> wake(self, wait));
    giveWay();
  }

  /** The running coroutine waits until it is woken. */
  void giveWay() {
    if (unwinding) {
      throw new Unwound();
    }
    Coroutine self = running;
    Coroutine next = nextInTurn();
    if (next != self) {
      running = next;
      next.pass();
      self.awaitBaton();
    }
    if (unwinding && self != main) {
      throw new Unwound();
    }
  }

  private Coroutine nextInTurn() {
    while (true) {
      if (!check() || over) {
        return main;
      }
      Event event = events.poll();
      if (event == null) {
        fail(new IllegalStateException("nothing will ever happen again"));
        return main;
      }
      now = event.at;
      happened++;
      Coroutine coroutine = event.coroutine;
      if (coroutine != null) {
        if (isDue(coroutine, event.waitNumber)) {
          // Whatever else was to wake it comes too late.
          coroutine.nextWait();
          return coroutine;
        }
      } else if (event.action != null && !carriedOut(event.action)) {
        return main;
      }
    }
  }

  private boolean isDue(Coroutine coroutine, long wait) {
    if (coroutine.isEnded() || coroutine.waitNumber() != wait) {
      return false;
    }
    if (coroutine.process().isRunning()) {
      return true;
    }
    coroutine.process().run(() -> wake(coroutine, wait));
    return false;
  }

  private boolean carriedOut(Runnable action) {
    try {
      action.run();
      return true;
    } catch (Throwable e) {
      fail(e);
      return false;
    }
  }

  private boolean check() {
    if (failure != null) {
      return false;
    }
    return carriedOut(afterEach);
  }

  /** Nobody is resumed any more but to end. */
  private void unwind() {
    unwinding = true;
    for (Coroutine coroutine : coroutines) {
      if (coroutine.isStarted() && !coroutine.isEnded()) {
        running = coroutine;
        coroutine.pass();
        main.awaitBaton();
      }
    }
  }
}
