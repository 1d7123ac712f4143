package org.mysqlmanager.metrics;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.reconcile.ClusterStatus;

/** One MySQL server: role and status as decided, the rest as this manager sees it. */
final class ServerMetrics {
  private static final double PERCENT = 100;

  private ServerMetrics() {}

  static void add(Gauges gauges, ClusterStatus cluster, ServerSpec server) {
    String clusterName = cluster.spec().name().value();
    String name = server.name().value();
    ServerState decided = cluster.state().server(server.name());
    gauges.add(
        "mysql_manager_server_role",
        "1 for the role that the server has; role is source or replica.",
        1,
        "cluster",
        clusterName,
        "server",
        name,
        "role",
        decided.role().toString());
    gauges.add(
        "mysql_manager_server_status",
        "1 for the status that the leader has found the server in.",
        1,
        "cluster",
        clusterName,
        "server",
        name,
        "status",
        decided.status().toString());
    cluster.observation().ifPresent(look -> addSeen(gauges, clusterName, server, look));
  }

  private static void addSeen(
      Gauges gauges, String clusterName, ServerSpec server, Observation look) {
    String name = server.name().value();
    Optional<Reachable> reachable = look.reachable(server.name());
    gauges.add(
        "mysql_manager_server_up",
        "1 if this manager's last look at the server got an answer, else 0.",
        Gauges.number(reachable.isPresent()),
        "cluster",
        clusterName,
        "server",
        name);
    @Nullable Instant lastSeen =
        reachable.isPresent() ? look.at() : look.lastSeen().get(server.name());
    if (lastSeen != null) {
      gauges.add(
          "mysql_manager_server_last_seen_timestamp_seconds",
          "When the server last answered this manager; absent if it never did.",
          Gauges.seconds(lastSeen),
          "cluster",
          clusterName,
          "server",
          name);
    }
    reachable.ifPresent(answer -> addAnswer(gauges, clusterName, name, answer));
  }

  private static void addAnswer(Gauges gauges, String clusterName, String name, Reachable answer) {
    gauges.add(
        "mysql_manager_server_warnings",
        "What an operator should know although the server answers: so many sentences in its status.",
        answer.warnings().size(),
        "cluster",
        clusterName,
        "server",
        name);
    answer
        .replication()
        .ifPresent(replication ->
            gauges.add(
                "mysql_manager_replication_running",
                "1 if the replica's receiver is connected and its applier runs, else 0.",
                Gauges.number(replication.isRunning()),
                "cluster",
                clusterName,
                "server",
                name));
    answer
        .replication()
        .flatMap(Replication::lag)
        .ifPresent(lag ->
            gauges.add(
                "mysql_manager_replication_lag_seconds",
                "How far the replica's applier is behind its source; absent if MySQL cannot tell.",
                Gauges.seconds(lag),
                "cluster",
                clusterName,
                "server",
                name));
    Optional.of(answer.lastClone())
        .filter(clone -> clone.state() == CloneState.IN_PROGRESS)
        .flatMap(CloneStatus::percent)
        .ifPresent(percent ->
            gauges.add(
                "mysql_manager_clone_progress_ratio",
                "How much of the source's data has arrived (0 to 1), while a clone is in progress.",
                percent / PERCENT,
                "cluster",
                clusterName,
                "server",
                name));
  }
}
