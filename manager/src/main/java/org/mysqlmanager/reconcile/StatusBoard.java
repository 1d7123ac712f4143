package org.mysqlmanager.reconcile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mysqlmanager.decide.Decision;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a cluster's loop lets others know: its status, how it sees each server, and a line in the
 * log whenever one of these changes. The status may be asked for, and an end or a failure shown, on
 * any thread; the rest belongs to the cluster's own.
 */
final class StatusBoard {
  private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);

  private final ClusterSpec configured;
  private final StateStore store;
  private volatile ClusterStatus status;
  private String loggedDecision = "";
  private List<String> loggedDifferences = List.of();
  private Map<ServerId, String> publishedView = Map.of();

  StatusBoard(ClusterSpec configured, StateStore store) {
    this.configured = configured;
    this.store = store;
    this.status =
        new ClusterStatus(
            configured,
            ClusterState.INITIAL,
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.of("not looked at yet"));
  }

  ClusterStatus status() {
    return status;
  }

  synchronized void show(
      ClusterSpec spec, ClusterState state, Optional<Observation> seen, Optional<String> problem) {
    status =
        new ClusterStatus(
            spec,
            state,
            seen,
            SpecDifferences.between(configured, spec),
            status.lastFailure(),
            problem);
  }

  /** How a step, or what one has begun in the background, has ended. */
  void showEnd(String step, StepResult result) {
    showFailure(
        switch (result) {
          case StepResult.Done _ -> Optional.empty();
          case StepResult.Failed(String reason) -> Optional.of(step + ": " + reason);
          case StepResult.Unknown(String reason) ->
              Optional.of(step + ": outcome unknown: " + reason);
          case StepResult.Refused _ -> Optional.of(step + ": no longer leader");
        });
  }

  synchronized void showFailure(Optional<String> failure) {
    status =
        new ClusterStatus(
            status.spec(),
            status.state(),
            status.observation(),
            status.specDifferences(),
            failure,
            status.problem());
  }

  /** Tells the other managers how this one sees each server. */
  void publish(Observation seen) {
    Map<ServerId, String> view = new TreeMap<>();
    seen.servers().forEach((id, observation) -> view.put(id, viewOf(observation)));
    if (!view.equals(publishedView)) {
      store.publishView(configured.name(), view);
      publishedView = view;
    }
  }

  /** Says nothing any more of how this manager sees the servers: it does not look. */
  void withdrawView() {
    if (!publishedView.isEmpty()) {
      store.publishView(configured.name(), Map.of());
      publishedView = Map.of();
    }
  }

  private static String viewOf(ServerObservation observation) {
    return switch (observation) {
      case Reachable _ -> "up";
      case Unreachable unreachable ->
          (unreachable.isDown() ? "down: " : "up: ") + unreachable.cause();
    };
  }

  void logDifferences(ClusterSpec stored) {
    List<String> differences = SpecDifferences.between(configured, stored);
    if (!differences.equals(loggedDifferences)) {
      differences.forEach(difference -> LOG.warn("cluster={} {}", configured.name(), difference));
      loggedDifferences = differences;
    }
  }

  /** One line when a decision changes; steady checks say nothing. */
  void logDecision(Permit permit, Decision decision) {
    String line = "phase=%s reason=%s".formatted(decision.next().phase(), decision.next().reason());
    if (!line.equals(loggedDecision)) {
      LOG.info("cluster={} epoch={} {}", configured.name(), permit.epoch(), line);
      loggedDecision = line;
    }
  }

  void logFinished(HistoryRecord record) {
    LOG.info(
        "cluster={} {} finished: {} {}",
        configured.name(),
        record.operation().kindName(),
        record.result(),
        record.durationsMillis());
  }
}
