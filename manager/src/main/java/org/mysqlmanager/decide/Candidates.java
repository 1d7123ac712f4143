package org.mysqlmanager.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Replication;

/** Which replica may take over from a source that is gone. */
final class Candidates {
  private Candidates() {}

  /** The choice, or why there is none. */
  sealed interface Choice {
    record Fit(ServerId candidate) implements Choice {}

    record NoneFit(String reason) implements Choice {}
  }

  /**
   * The fit replica that has received the most, executed or not; the first in the spec among
   * equals. There is none if two have each received what the other has not: either choice would
   * lose data.
   */
  static Choice choose(View view) {
    return choose(view, Set.of(view.source()), Set.of());
  }

  /**
   * The same, when some replicas may follow a candidate that failed already.
   *
   * @param sources whom a fit replica may follow
   * @param not who is not to be chosen
   */
  static Choice choose(View view, Set<ServerId> sources, Set<ServerId> not) {
    List<ServerId> fit = new ArrayList<>();
    List<String> unfit = new ArrayList<>();
    for (ServerId id : view.others()) {
      Optional<String> problem =
          not.contains(id)
              ? Optional.of(id + " failed as candidate")
              : unfitness(view, id, sources);
      if (problem.isEmpty()) {
        fit.add(id);
      } else {
        unfit.add(problem.get());
      }
    }
    for (ServerId id : fit) {
      Reachable candidate = view.reachable(id).orElseThrow();
      boolean hasAll =
          fit.stream()
              .map(other -> view.reachable(other).orElseThrow())
              .allMatch(other -> candidate.received().contains(other.received()));
      if (hasAll) {
        return new Choice.Fit(id);
      }
    }
    return new Choice.NoneFit(
        fit.isEmpty()
            ? "no replica can take over: " + String.join("; ", unfit)
            : "no replica can take over: each of %s has received what another has not"
                .formatted(fit));
  }

  /** Why that server must not be promoted; empty if it may. */
  private static Optional<String> unfitness(View view, ServerId id, Set<ServerId> sources) {
    ServerState state = view.state().server(id);
    Optional<Reachable> reachable = view.reachable(id);
    if (reachable.isEmpty()) {
      return Optional.of(view.unreachableReason(id));
    }
    Reachable server = reachable.get();
    if (!state.isJoined()) {
      return Optional.of("%s has not joined yet (%s)".formatted(id, state.membership()));
    }
    if (state.cloneRequired()) {
      return Optional.of(id + " holds no complete data: its clone has not ended");
    }
    if (state.diverged()) {
      return Optional.of(state.reason());
    }
    Optional<String> setting = Preflight.settingsProblem(id, server);
    if (setting.isPresent()) {
      return setting;
    }
    if (sources.stream().noneMatch(source -> view.isConfiguredToFollow(server, source))) {
      return Optional.of("%s does not follow %s".formatted(id, view.source()));
    }
    Replication replication = server.replication().orElseThrow();
    boolean cannotApply = !replication.applierRunning() && !replication.applierError().isEmpty();
    if (cannotApply && !server.executed().contains(server.received())) {
      return Optional.of(
          "%s cannot apply what it has received: %s".formatted(id, replication.applierError()));
    }
    return Optional.empty();
  }
}
