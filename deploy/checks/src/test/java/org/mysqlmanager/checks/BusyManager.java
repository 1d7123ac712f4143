package org.mysqlmanager.checks;

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
import org.mysqlmanager.model.LastFailover;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.reconcile.ClusterStatus;
import org.mysqlmanager.reconcile.ManagerStatus;

/**
 * A manager of one cluster to which everything happens at once that a metric can tell of: it leads,
 * has failed over, a replica follows and is being cloned, a proxy answers.
 */
record BusyManager(Instant now) implements ManagerStatus {
  private static final String UUID = "11111111-1111-1111-1111-111111111111";
  private static final ServerId S1 = new ServerId("s1");
  private static final ServerId S2 = new ServerId("s2");
  private static final ProxyName PROXY = new ProxyName("proxy");

  @Override
  public String managerId() {
    return "manager-1";
  }

  @Override
  public Optional<String> leaderId() {
    return Optional.of(managerId());
  }

  @Override
  public Optional<Epoch> leadingEpoch() {
    return Optional.of(new Epoch(3));
  }

  @Override
  public boolean isZooKeeperConnected() {
    return true;
  }

  @Override
  public List<ClusterStatus> clusters() {
    ClusterSpec spec =
        new ClusterSpec(
            new ClusterName("main"),
            3,
            Duration.ofSeconds(60),
            false,
            List.of(new ServerSpec(S1, "10.0.0.1", 3306), new ServerSpec(S2, "10.0.0.2", 3306)),
            List.of(new ProxySpec(PROXY, ProxyKind.PROXYSQL, "10.0.1.1", 6032, 10, 20, "w", "r")),
            SetupSpec.ALL);
    ClusterState state =
        ClusterState.INITIAL
            .withSource(
                S1,
                Map.of(
                    S1, ServerState.joined(Role.SOURCE).withStatus(ServerStatus.UP, ""),
                    S2, ServerState.joined(Role.REPLICA).withStatus(ServerStatus.CLONING, "")))
            .withLastFailover(new LastFailover(now, S2));
    return List.of(
        new ClusterStatus(
            spec, state, Optional.of(look()), List.of(), Optional.empty(), Optional.empty()));
  }

  private Observation look() {
    ServerObservation.Replication replication =
        new ServerObservation.Replication(
            new Endpoint("10.0.0.1", 3306),
            UUID,
            ServerObservation.Receiver.RUNNING,
            true,
            true,
            GtidSet.EMPTY,
            Optional.of(Duration.ofMillis(1500)),
            "",
            "",
            Optional.of(Duration.ZERO));
    CloneStatus clone =
        new CloneStatus(true, CloneState.IN_PROGRESS, "2026-05-01", "", Optional.of(37));
    return new Observation(
        now,
        Observation.Trigger.CHECK,
        Map.of(
            S1, answer(1, Optional.empty(), CloneStatus.NONE),
            S2, answer(2, Optional.of(replication), clone)),
        Map.of(
            PROXY,
            new ProxyObservation.Reachable(
                true, Set.of(S1), Set.of(S2), Set.of(), true, List.of("monitor is off"))),
        Map.of(),
        Map.of());
  }

  private static ServerObservation answer(
      int serverId, Optional<ServerObservation.Replication> replication, CloneStatus clone) {
    return new ServerObservation.Reachable(
        new ServerObservation.Identity("9.7.4", serverId, UUID),
        new ServerObservation.Settings(false, false, true, true, true, true),
        GtidSet.parse(UUID + ":1-42"),
        GtidSet.EMPTY,
        true,
        Set.of(),
        replication,
        clone,
        Optional.empty(),
        List.of("a warning"));
  }

  @Override
  public Optional<ClusterStatus> cluster(String name) {
    return Optional.of(clusters().getFirst());
  }

  @Override
  public List<HistoryRecord> history(ClusterName cluster, int most) {
    return List.of();
  }

  @Override
  public void reconcileNow() {}

  @Override
  public void resign() {}
}
