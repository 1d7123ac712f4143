package org.mysqlmanager.sim;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mysqlmanager.decide.Decision;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.reconcile.Connector;
import org.mysqlmanager.reconcile.DecisionFunction;
import org.mysqlmanager.reconcile.MySqlServer;
import org.mysqlmanager.reconcile.Parts;
import org.mysqlmanager.reconcile.Proxy;
import org.mysqlmanager.reconcile.Reconciler;

/** One process of the product: the real loops between simulated ports. */
final class SimManager {
  private final World world;
  private final String id;
  private final SimProcess process;
  private final SimArchive archive;
  private final SimLeadership leadership;
  private final Reconciler reconciler;
  private Map<ServerId, String> view = Map.of();
  private String label = "";

  /**
   * @param archive what is on this manager's disk
   * @param skew how far its clock is from the true time, in nanoseconds
   */
  SimManager(World world, String id, int place, SimArchive archive, long skew) {
    this.world = world;
    this.id = id;
    this.process = new SimProcess(id, place);
    this.archive = archive;
    this.leadership = new SimLeadership(world, this);
    DecisionFunction decisions = world.decisions();
    this.reconciler =
        new Reconciler(
            id,
            List.of(world.spec()),
            new Parts(
                new SkewedClock(world.scheduler(), skew),
                new SimThreads(world.scheduler(), process),
                Times.CHECK,
                Times.OBSERVE,
                leadership,
                world.planted().store(new SimStateStore(world, this)),
                new SimConnector(),
                archive,
                (spec, state, seen) -> {
                  Decision decision = decisions.decide(spec, state, seen);
                  label = labelOf(decision);
                  return decision;
                },
                (_, _, _, _) -> {}));
  }

  /** The true time plus an error. */
  private static final class SkewedClock extends Clock {
    private static final Instant BEGINNING = Instant.parse("2026-05-01T12:00:00Z");
    private final Scheduler scheduler;
    private final long skew;

    SkewedClock(Scheduler scheduler, long skew) {
      this.scheduler = scheduler;
      this.skew = skew;
    }

    @Override
    public Instant instant() {
      return BEGINNING.plusNanos(scheduler.now() + skew);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private final class SimConnector implements Connector {
    @Override
    public MySqlServer server(ClusterSpec cluster, ServerSpec server) {
      return world
          .planted()
          .server(new SimMySqlPort(world, SimManager.this, world.server(server.name())));
    }

    @Override
    public Proxy proxy(ClusterSpec cluster, ProxySpec proxy) {
      return world
          .planted()
          .proxy(new SimProxyPort(world, SimManager.this, world.proxy(proxy.name())));
    }
  }

  void start() {
    world.trace(id, () -> "starts");
    leadership.start();
    reconciler.start();
    world.zk().watch(() -> world.remote().tell(world.zk(), process, leadership::look));
  }

  String id() {
    return id;
  }

  SimProcess process() {
    return process;
  }

  SimArchive archive() {
    return archive;
  }

  SimLeadership leadership() {
    return leadership;
  }

  /** The step that is being carried out, as {@code operation/step}. */
  String label() {
    return label;
  }

  /** The step that is about to be written. */
  String writeLabel() {
    return label;
  }

  /** The step that something in the background belongs to. */
  String backgroundLabel(String step) {
    return step;
  }

  private static String labelOf(Decision decision) {
    return decision
        .next()
        .operation()
        .map(operation -> operation.kindName() + "/" + operation.stepName())
        .or(() ->
            decision
                .step()
                .map(step -> "upkeep/" + step.getClass().getSimpleName().toLowerCase(Locale.ROOT)))
        .orElse("upkeep/none");
  }

  /** Best effort, and again in each new session. */
  void publish(Map<ServerId, String> newView) {
    view = newView;
    republish();
  }

  void republish() {
    SimZooKeeper.Session session = leadership.session();
    if (session != null && !view.isEmpty()) {
      Map<ServerId, String> published = view;
      world
          .remote()
          .tell(
              process,
              world.zk(),
              () -> {
                try {
                  world.zk().publish(session, published);
                } catch (Failure _) {
                  // It will be published in the next session.
                }
              });
    }
  }
}
