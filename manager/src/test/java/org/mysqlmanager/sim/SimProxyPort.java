package org.mysqlmanager.sim;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.Proxy;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.sim.Remote.Caller;
import org.mysqlmanager.sim.Remote.Effect;

/**
 * A manager's adapter for one proxy: the commands of the real ones, in their order. The permit is
 * asked for before each. IMPORTANT, what remains: no proxy can check an epoch, so between that
 * question and the sending of the command the manager must not be delayed by half a session
 * timeout. One that is, is taken not to have sent it.
 */
final class SimProxyPort implements Proxy {
  /** With the slowest link it is still less than half a session. */
  private static final long LONGEST_DELAY = Times.SESSION.toNanos() / 3;

  private static final long POLL = Times.millis(10);
  private static final long FAREWELL = Times.millis(300);

  private final World world;
  private final SimManager manager;
  private final SimProxy proxy;
  private final SimGate changing;

  SimProxyPort(World world, SimManager manager, SimProxy proxy) {
    this.world = world;
    this.manager = manager;
    this.proxy = proxy;
    this.changing = new SimGate(world.scheduler());
  }

  /** The change ends here. */
  private static final class Halted extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient StepResult result;

    Halted(StepResult result) {
      super("halted", null, false, false);
      this.result = result;
    }
  }

  @Override
  public ProxyObservation observe() {
    try {
      return world
          .remote()
          .call(
              new Caller(manager, null),
              proxy,
              world.scheduler().now() + Times.OBSERVE.toNanos(),
              this::look);
    } catch (Failure e) {
      return new ProxyObservation.Unreachable(String.valueOf(e.getMessage()));
    }
  }

  private ProxyObservation look() {
    Set<ServerId> seenWriters = proxy.isHaProxy() ? proxy.reachableWriters() : proxy.writers();
    return new ProxyObservation.Reachable(
        true, seenWriters, proxy.readers(), Set.of(), proxy.isOnDisk(), List.of());
  }

  @Override
  public StepResult apply(Routing routing, Permit permit) {
    long deadline = world.scheduler().now() + Times.COMMAND.toNanos();
    Caller caller = new Caller(manager, manager.label());
    if (!changing.enter(deadline)) {
      return new StepResult.Failed(proxy + ": an earlier change is still under way");
    }
    try {
      Change change = new Change(routing, permit, caller, deadline);
      return proxy.isHaProxy() ? change.ofHaProxy() : change.ofProxySql();
    } catch (Halted e) {
      return e.result;
    } finally {
      changing.leave();
    }
  }

  /** One change. */
  private final class Change {
    private final Set<ServerId> writers;
    private final Set<ServerId> readers;
    private final Routing routing;
    private final Permit permit;
    private final Caller caller;
    private final long deadline;
    private boolean touched;

    Change(Routing routing, Permit permit, Caller caller, long deadline) {
      this.routing = routing;
      this.writers = routing.writer().map(Set::of).orElse(Set.of());
      this.readers = routing.readers();
      this.permit = permit;
      this.caller = caller;
      this.deadline = deadline;
    }

    StepResult ofProxySql() throws Halted {
      ProxyObservation.Reachable before = seen();
      if (!before.writers().equals(writers) || !before.readers().equals(readers)) {
        command(() -> proxy.deleteFromDisk(writers, readers));
        command(() -> proxy.deleteFromMemory(writers, readers));
        for (ServerId writer : writers) {
          command(() -> proxy.insertWriter(writer));
        }
        for (ServerId reader : readers) {
          command(() -> proxy.insertReader(reader));
        }
        command(proxy::load, routing);
      }
      long farewell = world.scheduler().now() + FAREWELL;
      while (Boolean.TRUE.equals(ask(() -> proxy.hasSessionsElsewhere(writers)))) {
        command(() -> proxy.cutSessions(writers));
        pauseUntil(farewell);
      }
      command(proxy::saveToDisk);
      return verified();
    }

    StepResult ofHaProxy() throws Halted {
      seen();
      Set<ServerId> all = new TreeSet<>(world.servers().keySet());
      for (ServerId server : all) {
        if (!writers.contains(server) && isRouted(server)) {
          command(() -> proxy.setWriter(server, false));
          command(() -> proxy.cutSessions(without(all, server)));
        }
        if (!readers.contains(server)
            && Boolean.TRUE.equals(ask(() -> proxy.readers().contains(server)))) {
          command(() -> proxy.setReader(server, false));
        }
      }
      while (Boolean.TRUE.equals(ask(() -> proxy.hasSessionsElsewhere(writers)))) {
        pauseUntil(deadline);
      }
      for (ServerId writer : writers) {
        command(() -> proxy.setWriter(writer, true), new Routing(Optional.of(writer), Set.of()));
      }
      for (ServerId reader : readers) {
        command(() -> proxy.setReader(reader, true), new Routing(Optional.empty(), Set.of(reader)));
      }
      return verified();
    }

    private boolean isRouted(ServerId server) throws Halted {
      return Boolean.TRUE.equals(ask(() -> proxy.reachableWriters().contains(server)));
    }

    private static Set<ServerId> without(Set<ServerId> all, ServerId server) {
      Set<ServerId> rest = new TreeSet<>(all);
      rest.remove(server);
      return rest;
    }

    private StepResult verified() throws Halted {
      ProxyObservation.Reachable after = seen();
      return after.matches(routing)
          ? StepResult.DONE
          : new StepResult.Failed(proxy + ": wanted " + routing + ", has " + after);
    }

    private ProxyObservation.Reachable seen() throws Halted {
      return (ProxyObservation.Reachable) ask(SimProxyPort.this::look);
    }

    private void pauseUntil(long end) throws Halted {
      if (world.scheduler().now() + POLL > end) {
        throw new Halted(new StepResult.Failed(proxy + ": sessions do not end"));
      }
      world.scheduler().sleep(POLL);
    }

    private void command(Runnable effect) throws Halted {
      command(effect, Routing.NOWHERE);
    }

    /**
     * @param opened what gets clients by it
     */
    private void command(Runnable effect, Routing opened) throws Halted {
      if (!permit.isValid()) {
        throw new Halted(new StepResult.Refused());
      }
      touched = true;
      long notSentAfter = world.scheduler().now() + LONGEST_DELAY;
      call(
          notSentAfter,
          () -> {
            effect.run();
            boolean isLate = world.scheduler().now() > notSentAfter;
            if (!isLate && permit.epoch().value() == world.zk().epoch()) {
              world.invariants().onRouting(proxy, opened);
            }
            return true;
          });
    }

    private <T> T ask(Effect<T> question) throws Halted {
      return call(Long.MAX_VALUE, question);
    }

    private <T> T call(long notSentAfter, Effect<T> effect) throws Halted {
      try {
        return world.remote().call(caller, proxy, deadline, notSentAfter, effect);
      } catch (Failure e) {
        String sentence = String.valueOf(e.getMessage());
        throw new Halted(
            touched ? new StepResult.Unknown(sentence) : new StepResult.Failed(sentence));
      }
    }
  }

  @Override
  public void close() {}
}
