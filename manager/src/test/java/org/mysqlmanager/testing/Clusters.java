package org.mysqlmanager.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.model.Totals;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.reconcile.ClusterStatus;

/** A cluster of two servers behind one proxy, in the states that people get to see. */
public final class Clusters {
  public static final Instant NOW = Instant.parse("2026-05-01T12:00:00.123456Z");
  public static final String UUID_1 = "11111111-1111-1111-1111-111111111111";
  public static final ServerId S1 = new ServerId("s1");
  public static final ServerId S2 = new ServerId("s2");
  public static final ProxyName PROXY = new ProxyName("proxy");

  private Clusters() {}

  public static ClusterSpec spec(String name) {
    return new ClusterSpec(
        new ClusterName(name),
        3,
        Duration.ofSeconds(60),
        false,
        List.of(new ServerSpec(S1, "127.0.0.1", 3306), new ServerSpec(S2, "127.0.0.1", 3307)),
        List.of(
            new ProxySpec(
                PROXY,
                ProxyKind.PROXYSQL,
                "127.0.0.1",
                6032,
                10,
                20,
                "mysql_writer",
                "mysql_readers")),
        SetupSpec.ALL);
  }

  /** All is well: s1 is the source, s2 follows 1.5 s behind. */
  public static ClusterStatus running(String name) {
    ClusterState state =
        ClusterState.INITIAL
            .withEpoch(new Epoch(2))
            .withSource(
                S1,
                Map.of(
                    S1, ServerState.joined(Role.SOURCE).withStatus(ServerStatus.UP, ""),
                    S2, ServerState.joined(Role.REPLICA).withStatus(ServerStatus.UP, "")))
            .withPhase(Phase.RUNNING, "source s1 takes writes, 1 replica follows")
            .withTotals(new Totals(4, 2, 1));
    return new ClusterStatus(
        spec(name),
        state,
        Optional.of(look(source("1-42"), replica(CloneStatus.NONE), proxy(Set.of(S1), Set.of(S2)))),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** s1 is dead; s2 is being promoted; the proxy's admin interface does not answer. */
  public static ClusterStatus failingOver(String name) {
    Operation.Failover failover =
        new Operation.Failover(
                S1,
                S2,
                GtidSet.parse(UUID_1 + ":1-42"),
                Operation.FailoverStep.FENCE,
                1,
                0,
                Optional.of(NOW.minusSeconds(5)),
                NOW.minusSeconds(4),
                GtidSet.EMPTY,
                "s1 was not reachable in 4 checks",
                NOW.minusSeconds(1),
                List.of())
            .at(Operation.FailoverStep.CATCH_UP, NOW.minusMillis(700));
    ClusterState state =
        running(name)
            .state()
            .withSourceFailure(Optional.empty(), Optional.empty(), NOW.minusSeconds(4))
            .withServer(
                S1,
                server ->
                    server
                        .withMembership(Membership.FORMER_SOURCE)
                        .withStatus(ServerStatus.DOWN, "no answer within 2 s"))
            .withPhase(Phase.FAILING_OVER, "s2 is replacing s1")
            .withOperation(failover);
    return new ClusterStatus(
        spec(name),
        state,
        Optional.of(
            look(
                new ServerObservation.Unreachable(
                    ServerObservation.Cause.TIMED_OUT, "no answer within 2 s"),
                replica(
                    new CloneStatus(
                        true, CloneState.IN_PROGRESS, "2026-05-01", "", Optional.of(37))),
                new ProxyObservation.Unreachable("connection refused"))),
        List.of("server s3 is configured but not stored"),
        Optional.of("promote: no answer"),
        Optional.of("ZooKeeper does not answer"));
  }

  public static HistoryRecord finishedFailover() {
    Operation.Failover failover =
        (Operation.Failover) failingOver("main").state().operation().orElseThrow();
    return new HistoryRecord(
        new Epoch(2), failover, NOW, "s2 is the source", Map.of("decision_to_first_commit", 310L));
  }

  private static Observation look(
      ServerObservation first, ServerObservation second, ProxyObservation proxy) {
    return new Observation(
        NOW,
        Observation.Trigger.CHECK,
        Map.of(S1, first, S2, second),
        Map.of(PROXY, proxy),
        Map.of(S1, NOW.minusSeconds(5), S2, NOW.minusSeconds(5)),
        Map.of());
  }

  private static ProxyObservation proxy(Set<ServerId> writers, Set<ServerId> readers) {
    return new ProxyObservation.Reachable(
        true, writers, readers, Set.of(), true, List.of("monitor is off"));
  }

  private static ServerObservation source(String executed) {
    return new ServerObservation.Reachable(
        new ServerObservation.Identity("9.7.4", 1, UUID_1),
        new ServerObservation.Settings(false, false, true, true, true, true),
        GtidSet.parse(UUID_1 + ":" + executed),
        GtidSet.EMPTY,
        true,
        Set.of(),
        Optional.empty(),
        CloneStatus.NONE,
        Optional.empty(),
        List.of());
  }

  private static ServerObservation replica(CloneStatus clone) {
    return new ServerObservation.Reachable(
        new ServerObservation.Identity("9.7.4", 2, "22222222-2222-2222-2222-222222222222"),
        new ServerObservation.Settings(true, false, true, true, true, true),
        GtidSet.parse(UUID_1 + ":1-40"),
        GtidSet.EMPTY,
        true,
        Set.of(),
        Optional.of(
            new ServerObservation.Replication(
                new Endpoint("127.0.0.1", 3306),
                UUID_1,
                ServerObservation.Receiver.RUNNING,
                true,
                true,
                GtidSet.EMPTY,
                Optional.of(Duration.ofMillis(1500)),
                "",
                "",
                Optional.of(Duration.ZERO))),
        clone,
        Optional.empty(),
        List.of());
  }
}
