package org.mysqlmanager.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
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

    /**
     * There is none.
     *
     * @param isForOperator whether there is one that could take over if data may be lost
     */
    record NoneFit(String reason, boolean isForOperator) implements Choice {}
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
    boolean isForOperator =
        !fit.isEmpty()
            || view.joinedReplicas().stream()
                .anyMatch(id -> view.state().server(id).diverged() || isTooFarBehind(view, id));
    return new Choice.NoneFit(
        fit.isEmpty()
            ? "no replica can take over: " + String.join("; ", unfit)
            : "no replica can take over: each of %s has received what another has not"
                .formatted(fit),
        isForOperator);
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
    if (isTooFarBehind(view, id)) {
      return Optional.of(behind(view, id, server));
    }
    Replication replication = server.replication().orElseThrow();
    boolean cannotApply = !replication.applierRunning() && !replication.applierError().isEmpty();
    if (cannotApply && !server.executed().contains(server.received())) {
      return Optional.of(
          "%s cannot apply what it has received: %s".formatted(id, replication.applierError()));
    }
    return Optional.empty();
  }

  /** Unless it has executed all that the source was last seen to have: then nothing is lost. */
  private static boolean isTooFarBehind(View view, ServerId id) {
    boolean hasAll =
        view.state()
            .sourceExecuted()
            .filter(
                known -> view.reachable(id).filter(r -> r.executed().contains(known)).isPresent())
            .isPresent();
    return !hasAll && lag(view, id).compareTo(view.spec().maxFailoverLag()) > 0;
  }

  /** How far behind it is, as far as anybody knows. */
  private static Duration lag(View view, ServerId id) {
    ServerState state = view.state().server(id);
    Instant sourceLastSeen = view.state().sourceLastSeen().orElse(view.seen().at());
    Duration missed =
        state
            .absentSince()
            .map(since -> Duration.between(since, sourceLastSeen))
            .orElse(Duration.ZERO);
    Duration received = view.seen().evidence().receiverLag().getOrDefault(id, Duration.ZERO);
    return Stream.of(state.behind().orElse(Duration.ZERO), missed, received)
        .max(Duration::compareTo)
        .orElseThrow();
  }

  private static String behind(View view, ServerId id, Reachable server) {
    String lost =
        view.state()
            .sourceExecuted()
            .map(executed -> executed.minus(server.received()))
            .map(missing ->
                missing.isEmpty()
                    ? "it has received all that %s was last seen to have, but has yet to apply it"
                        .formatted(view.source())
                    : "of what %s was last seen to have, %d transactions would be lost: %s"
                        .formatted(view.source(), missing.count(), missing))
            .orElse("how much would be lost nobody knows");
    return "%s was at least %s behind, which is more than max_failover_lag (%s): %s; bring %s back, or raise max_failover_lag to accept that"
        .formatted(
            id,
            Durations.words(lag(view, id)),
            Durations.words(view.spec().maxFailoverLag()),
            lost,
            view.source());
  }
}
