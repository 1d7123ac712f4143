package org.mysqlmanager.http;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.observe.Observation;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.ServerObservation.Unreachable;
import org.mysqlmanager.reconcile.ClusterStatus;

/**
 * One server. Role, membership, status and reason are what the leader has decided; the rest is what
 * the answering manager sees, null where it does not see the server.
 *
 * @param seen {@code reachable}, or why not: {@code timed_out}, {@code access_denied}, …
 * @param seenDetail the sentence to that
 * @param transactions how many transactions are in {@code gtidExecuted}
 * @param behindSeconds how far behind it was, at least, if that is too far to be promoted
 * @param warnings what an operator should know although it answers
 * @param retry attempts at repair since it was last well
 */
@JsonNaming(SnakeCaseStrategy.class)
record ServerView(
    String name,
    String address,
    String role,
    String membership,
    String status,
    @Nullable String reason,
    @Nullable String gtidExecuted,
    @Nullable Long transactions,
    @Nullable Double lagSeconds,
    @Nullable Boolean readOnly,
    @Nullable Boolean superReadOnly,
    @Nullable String version,
    @Nullable Long serverId,
    @Nullable String serverUuid,
    @Nullable Integer cloneProgressPercent,
    boolean cloneRequired,
    @Nullable Double behindSeconds,
    List<String> warnings,
    @Nullable RetryView retry,
    @Nullable ReplicationView replication,
    @Nullable String seen,
    @Nullable String seenDetail,
    @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable Instant lastSeen) {
  /** When the next attempt at repair is due. */
  @JsonNaming(SnakeCaseStrategy.class)
  record RetryView(int attempts, @JsonFormat(shape = JsonFormat.Shape.STRING) Instant nextAt) {}

  /** A replica's side of replication. */
  @JsonNaming(SnakeCaseStrategy.class)
  record ReplicationView(
      String source,
      String receiver,
      boolean applierRunning,
      boolean autoPosition,
      @Nullable String receiverError,
      @Nullable String applierError) {
    static ReplicationView of(Replication replication) {
      return new ReplicationView(
          replication.source().toString(),
          replication.receiver().name().toLowerCase(Locale.ROOT),
          replication.applierRunning(),
          replication.autoPosition(),
          Views.orNull(replication.receiverError()),
          Views.orNull(replication.applierError()));
    }
  }

  static ServerView of(ClusterStatus cluster, ServerSpec spec) {
    ServerState decided = cluster.state().server(spec.name());
    Optional<Observation> look = cluster.observation();
    Optional<ServerObservation> seen = look.map(observation -> observation.server(spec.name()));
    Optional<Reachable> reachable = look.flatMap(observation -> observation.reachable(spec.name()));
    Optional<Replication> replication = reachable.flatMap(Reachable::replication);
    return new ServerView(
        spec.name().value(),
        spec.endpoint().toString(),
        decided.role().toString(),
        decided.membership().toString(),
        decided.status().toString(),
        Views.orNull(decided.reason()),
        reachable.map(server -> server.executed().toString()).orElse(null),
        reachable.map(server -> server.executed().count()).orElse(null),
        replication.flatMap(Replication::lag).map(Views::seconds).orElse(null),
        reachable.map(server -> server.settings().readOnly()).orElse(null),
        reachable.map(server -> server.settings().superReadOnly()).orElse(null),
        reachable.map(server -> server.identity().version()).orElse(null),
        reachable.map(server -> server.identity().serverId()).orElse(null),
        reachable.map(server -> server.identity().uuid()).orElse(null),
        reachable
            .map(Reachable::lastClone)
            .filter(clone -> clone.state() == CloneState.IN_PROGRESS)
            .flatMap(ServerObservation.CloneStatus::percent)
            .orElse(null),
        decided.cloneRequired(),
        decided.behind().map(Views::seconds).orElse(null),
        reachable.map(Reachable::warnings).orElse(List.of()),
        decided.retry().equals(Retry.NONE)
            ? null
            : new RetryView(decided.retry().attempts(), Views.millis(decided.retry().nextAt())),
        replication.map(ReplicationView::of).orElse(null),
        seen.map(ServerView::seen).orElse(null),
        seen.map(ServerView::detail).orElse(null),
        Views.millis(
            reachable.isPresent()
                ? look.map(Observation::at)
                : look.map(observation -> observation.lastSeen().get(spec.name()))));
  }

  private static String seen(ServerObservation observation) {
    return switch (observation) {
      case Reachable _ -> "reachable";
      case Unreachable unreachable -> unreachable.cause().toString();
    };
  }

  private static @Nullable String detail(ServerObservation observation) {
    return switch (observation) {
      case Reachable _ -> null;
      case Unreachable unreachable -> Views.orNull(unreachable.detail());
    };
  }
}
