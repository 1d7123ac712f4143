package org.mysqlmanager.reconcile;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.mysqlmanager.decide.Decider;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.observe.Observation.SavedTransactions;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.Cause;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.observe.ServerObservation.Identity;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.ServerObservation.Settings;
import org.mysqlmanager.observe.ServerObservation.Unreachable;
import org.mysqlmanager.observe.Sight;
import org.mysqlmanager.observe.WriteProbe;

/**
 * The ports around one cluster: s1, the source, and s2, its replica, behind one proxy; this manager
 * leads. All is well until a test says otherwise.
 */
final class FakePorts {
  static final ServerId S1 = new ServerId("s1");
  static final ServerId S2 = new ServerId("s2");
  static final ProxyName PROXY = new ProxyName("proxy");
  static final String U1 = "00000000-0000-0000-0000-000000000001";
  static final String U2 = "00000000-0000-0000-0000-000000000002";

  /** No test needs as many failures of the source for anything but to count them. */
  private static final int THRESHOLD = 1000;

  final FakeServer s1 = new FakeServer(() -> source(U1, U1 + ":1-10"));
  final FakeServer s2 =
      new FakeServer(() -> closed(U2, U1 + ":1-10", false, Optional.of(followsS1())));
  final FakeProxy proxy = new FakeProxy();
  final FakeLeadership leadership = new FakeLeadership();
  ClusterSpec spec = spec();
  StepListener listener = (_, _, _, _) -> {};
  final FakeStore store =
      new FakeStore(
          spec,
          ClusterState.INITIAL.withSource(
              S1,
              Map.of(S1, ServerState.joined(Role.SOURCE), S2, ServerState.joined(Role.REPLICA))));

  Parts parts(Duration checkInterval) {
    return new Parts(
        Clock.systemUTC(),
        new JdkThreads(),
        checkInterval,
        Duration.ofSeconds(2),
        leadership,
        store,
        connector(),
        new EmptyArchive(),
        Decider::decide,
        listener);
  }

  Connector connector() {
    return new Connector() {
      @Override
      public MySqlServer server(ClusterSpec cluster, ServerSpec server) {
        return server.name().equals(S1) ? s1 : s2;
      }

      @Override
      public Proxy proxy(ClusterSpec cluster, ProxySpec proxySpec) {
        return proxy;
      }
    };
  }

  private static ClusterSpec spec() {
    return new ClusterSpec(
        new ClusterName("main"),
        THRESHOLD,
        Duration.ofSeconds(60),
        false,
        List.of(new ServerSpec(S1, "10.0.0.1", 3306), new ServerSpec(S2, "10.0.0.2", 3306)),
        List.of(new ProxySpec(PROXY, ProxyKind.PROXYSQL, "10.0.1.1", 6032, 10, 20, "w", "r")),
        SetupSpec.ALL);
  }

  static Reachable source(String uuid, String executed) {
    return reachable(uuid, new Settings(false, false, true, true, true, true), executed, null);
  }

  static Reachable closed(
      String uuid, String executed, boolean superReadOnly, Optional<Replication> replication) {
    return reachable(
        uuid,
        new Settings(true, superReadOnly, true, true, true, true),
        executed,
        replication.orElse(null));
  }

  private static Reachable reachable(
      String uuid, Settings settings, String executed, Replication replication) {
    return new Reachable(
        new Identity("9.7.4", uuid.equals(U1) ? 1 : 2, uuid),
        settings,
        GtidSet.parse(executed),
        GtidSet.EMPTY,
        true,
        Set.of(),
        Optional.ofNullable(replication),
        CloneStatus.NONE,
        Optional.empty(),
        List.of());
  }

  static Replication followsS1() {
    return new Replication(
        new Endpoint("10.0.0.1", 3306),
        U1,
        Receiver.RUNNING,
        true,
        true,
        GtidSet.EMPTY,
        Optional.of(Duration.ZERO),
        "",
        "",
        Optional.of(Duration.ZERO));
  }

  static Replication stoppedApplier() {
    Replication well = followsS1();
    return new Replication(
        well.source(),
        well.sourceUuid(),
        Receiver.RUNNING,
        false,
        true,
        GtidSet.EMPTY,
        Optional.empty(),
        "",
        "duplicate key",
        Optional.of(Duration.ZERO));
  }

  static Unreachable away(String detail) {
    return new Unreachable(Cause.CONNECTION_FAILED, detail);
  }

  static Supplier<ProxyObservation> routing(ServerId writer, ServerId reader) {
    return () ->
        new ProxyObservation.Reachable(
            true, Set.of(writer), Set.of(reader), Set.of(), true, List.of());
  }

  /** What comes when the gate is opened, or after half a minute: every port's calls end. */
  static <T> Supplier<T> behind(CountDownLatch gate, Supplier<T> then) {
    return () -> {
      try {
        gate.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return then.get();
    };
  }

  /** What comes too late for a glance, and long before any deadline. */
  static <T> Supplier<T> slowly(Supplier<T> then) {
    return () -> {
      try {
        Thread.sleep(300);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return then.get();
    };
  }

  /** Keeps one state in memory. */
  static final class FakeStore implements StateStore {
    volatile ClusterSpec spec;
    volatile ClusterState state;
    volatile Runnable beforeLoad = () -> {};
    volatile Runnable listener = () -> {};
    volatile Map<String, Map<ServerId, Sight>> witnesses = Map.of();
    final AtomicInteger loads = new AtomicInteger();
    private int version;

    FakeStore(ClusterSpec spec, ClusterState state) {
      this.spec = spec;
      this.state = state;
    }

    @Override
    public boolean createIfAbsent(ClusterSpec configured) {
      return true;
    }

    @Override
    public synchronized LoadResult load(ClusterName cluster) {
      loads.incrementAndGet();
      beforeLoad.run();
      return new LoadResult.Loaded(spec, state, version);
    }

    @Override
    public synchronized StoreResult store(
        ClusterName cluster,
        ClusterState next,
        int expectedVersion,
        Epoch epoch,
        List<HistoryRecord> finished) {
      state = next;
      return new StoreResult.Stored(++version);
    }

    @Override
    public List<HistoryRecord> history(ClusterName cluster, int most) {
      return List.of();
    }

    @Override
    public void publishView(ClusterName cluster, Map<ServerId, String> view) {}

    @Override
    public Map<String, Map<ServerId, Sight>> witnesses(ClusterName cluster) {
      return witnesses;
    }

    @Override
    public void onChange(ClusterName cluster, Runnable onChange) {
      listener = onChange;
    }
  }

  /** Does whatever it is asked, and is none the wiser: what is seen of it is up to the test. */
  static final class FakeServer implements MySqlServer {
    volatile Supplier<ServerObservation> look;
    volatile Supplier<WriteProbe> write = WriteProbe.Written::new;
    volatile Supplier<StepResult> save = () -> StepResult.DONE;
    volatile Supplier<StepResult> copy = () -> StepResult.DONE;
    volatile Supplier<StepResult> stopReceiver = () -> StepResult.DONE;
    volatile Supplier<StepResult> restart = () -> StepResult.DONE;
    final AtomicInteger looks = new AtomicInteger();
    final AtomicInteger fences = new AtomicInteger();
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger saves = new AtomicInteger();
    final AtomicInteger copies = new AtomicInteger();

    FakeServer(Supplier<ServerObservation> look) {
      this.look = look;
    }

    @Override
    public ServerObservation observe() {
      looks.incrementAndGet();
      return look.get();
    }

    @Override
    public WriteProbe probeWrite(Permit permit) {
      writes.incrementAndGet();
      return write.get();
    }

    @Override
    public GtidSet executed() throws NotAnswering {
      if (look.get() instanceof Reachable reachable) {
        return reachable.executed();
      }
      throw new NotAnswering("away");
    }

    @Override
    public StepResult openForWrites(Permit permit) {
      return StepResult.DONE;
    }

    @Override
    public StepResult closeForWrites(boolean superReadOnly, Permit permit) {
      return StepResult.DONE;
    }

    @Override
    public StepResult fence(Permit permit) {
      fences.incrementAndGet();
      return StepResult.DONE;
    }

    @Override
    public StepResult setUp(SetupSpec setup, Permit permit) {
      return StepResult.DONE;
    }

    @Override
    public StepResult stopReceiver(Permit permit) {
      return stopReceiver.get();
    }

    @Override
    public StepResult awaitApplied(GtidSet required, Duration atMost, Permit permit) {
      return StepResult.DONE;
    }

    @Override
    public StepResult promote(GtidSet required, Permit permit) {
      return StepResult.DONE;
    }

    @Override
    public StepResult follow(Endpoint source, Permit permit) {
      return StepResult.DONE;
    }

    @Override
    public StepResult restartReplication(Permit permit) {
      return restart.get();
    }

    @Override
    public StepResult cloneFrom(Endpoint donor, Permit permit) {
      copies.incrementAndGet();
      return copy.get();
    }

    @Override
    public StepResult saveTransactions(GtidSet transactions, Path file) {
      saves.incrementAndGet();
      return save.get();
    }

    @Override
    public StepResult awaitCommitBeyond(GtidSet after, Duration atMost) {
      return StepResult.DONE;
    }

    @Override
    public void close() {}
  }

  /** What is seen of it is up to the test, too. */
  static final class FakeProxy implements Proxy {
    volatile Supplier<ProxyObservation> look = routing(S1, S2);

    @Override
    public ProxyObservation observe() {
      return look.get();
    }

    @Override
    public StepResult apply(Routing routing, Permit permit) {
      return StepResult.DONE;
    }

    @Override
    public void close() {}
  }

  /** Leads, and goes on leading when it resigns, as the only manager does. */
  static final class FakeLeadership implements Leadership {
    final AtomicInteger resignations = new AtomicInteger();

    @Override
    public Optional<Permit> permit() {
      return Optional.of(PERMIT);
    }

    @Override
    public Optional<String> leaderId() {
      return Optional.of("manager-1");
    }

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public void resign() {
      resignations.incrementAndGet();
    }

    @Override
    public void onChange(Runnable listener) {}
  }

  static final Permit PERMIT =
      new Permit() {
        @Override
        public Epoch epoch() {
          return new Epoch(1);
        }

        @Override
        public boolean isValid() {
          return true;
        }
      };

  /** Keeps nothing. */
  static final class EmptyArchive implements TransactionArchive {
    @Override
    public Path fileFor(ClusterName cluster, ServerId server, String data, GtidSet transactions) {
      return Path.of("not-made");
    }

    @Override
    public StepResult record(
        ClusterName cluster, ServerId server, String data, GtidSet transactions) {
      return StepResult.DONE;
    }

    @Override
    public List<SavedTransactions> saved(ClusterName cluster, ServerId server) {
      return List.of();
    }
  }
}
