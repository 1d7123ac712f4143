package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What has been decided about one cluster; the value of its {@code state} znode. It is written when
 * it changes, before anything is done about it.
 *
 * @param schema the version of this layout
 * @param epoch the leadership that wrote it
 * @param reason why the phase is what it is, in words
 * @param source the server that takes the writes; empty before bootstrap
 * @param sourceUuid the source's {@code server_uuid}, by which a server with other data in its
 *     place is noticed; empty until it was seen
 * @param masterFailureCount checks in a row that found the source unreachable
 * @param sourceLastSeen when the source last answered before the present run of failures
 * @param sourceFailedAt the first failure of the present run
 * @param sourceExecuted what the source had executed when it last answered before the present run
 *     of failures; empty if nobody knows
 * @param writeFailureCount checks in a row that found the source unable to write
 * @param lastFailover how the last failover ended
 * @param routing attempts at putting proxies right since they last were
 * @param operation what is being done in several steps, if anything
 */
public record ClusterState(
    int schema,
    Epoch epoch,
    Phase phase,
    String reason,
    Optional<ServerId> source,
    Optional<String> sourceUuid,
    int masterFailureCount,
    Optional<Instant> sourceLastSeen,
    Optional<Instant> sourceFailedAt,
    Optional<GtidSet> sourceExecuted,
    int writeFailureCount,
    Optional<LastFailover> lastFailover,
    Map<ServerId, ServerState> servers,
    Optional<Operation> operation,
    Retry routing,
    Totals totals) {
  public static final int SCHEMA = 1;

  public static final ClusterState INITIAL =
      new ClusterState(
          SCHEMA,
          Epoch.NONE,
          Phase.WAITING,
          "no manager has looked at this cluster yet",
          Optional.empty(),
          Optional.empty(),
          0,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          0,
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Retry.NONE,
          Totals.ZERO);

  public ClusterState {
    servers = Collections.unmodifiableMap(new TreeMap<>(servers));
  }

  /** False from a failover until the old source follows the new one. */
  @JsonProperty("old_master_joined")
  public boolean oldMasterJoined() {
    return servers.values().stream()
        .noneMatch(server -> server.membership() == Membership.FORMER_SOURCE);
  }

  public ServerState server(ServerId id) {
    ServerState state = servers.get(id);
    return state != null ? state : ServerState.unjoined(Membership.NEW);
  }

  public ClusterState withEpoch(Epoch newEpoch) {
    return changed(draft -> draft.epoch = newEpoch);
  }

  public ClusterState withPhase(Phase newPhase, String newReason) {
    return changed(draft -> {
      draft.phase = newPhase;
      draft.reason = newReason;
    });
  }

  /**
   * No failure of the source is pending. What it had executed before is known on, until it is seen
   * to have that still.
   */
  public ClusterState withSourceUp() {
    return changed(Draft::forgetSourceFailures);
  }

  /** The source has, or its users do without, what it was seen to have before it failed. */
  public ClusterState withSourceComplete() {
    return changed(draft -> draft.sourceExecuted = Optional.empty());
  }

  /** The checks in a row that found it unreachable are counted anew. */
  public ClusterState withoutSourceFailures() {
    return changed(draft -> draft.masterFailureCount = 0);
  }

  /**
   * One more check has found the source unreachable.
   *
   * @param lastSeen when it last answered
   * @param executed what it had executed then
   */
  public ClusterState withSourceFailure(
      Optional<Instant> lastSeen, Optional<GtidSet> executed, Instant now) {
    return changed(draft -> {
      draft.masterFailureCount++;
      draft.writeFailureCount = 0;
      if (sourceFailedAt.isEmpty()) {
        draft.sourceLastSeen = lastSeen;
        draft.sourceExecuted =
            executed
                .map(set -> sourceExecuted.map(set::union).orElse(set))
                .or(() -> sourceExecuted);
        draft.sourceFailedAt = Optional.of(now);
      }
    });
  }

  /** How many checks in a row have found that the source answers but cannot write. */
  public ClusterState withWriteFailures(int count) {
    return changed(draft -> draft.writeFailureCount = count);
  }

  public ClusterState withServer(ServerId id, UnaryOperator<ServerState> change) {
    Map<ServerId, ServerState> changed = new TreeMap<>(servers);
    changed.put(id, change.apply(server(id)));
    return withServers(changed);
  }

  public ClusterState withServers(Map<ServerId, ServerState> newServers) {
    return changed(draft -> draft.servers = newServers);
  }

  public ClusterState withOperation(Operation newOperation) {
    return changed(draft -> draft.operation = Optional.of(newOperation));
  }

  public ClusterState withoutOperation() {
    return changed(draft -> draft.operation = Optional.empty());
  }

  /** The source and every server's role, in one value: a role is never changed in two writes. */
  public ClusterState withSource(ServerId newSource, Map<ServerId, ServerState> newServers) {
    return changed(draft -> {
      draft.source = Optional.of(newSource);
      draft.sourceUuid = Optional.empty();
      draft.servers = newServers;
      draft.writeFailureCount = 0;
      draft.sourceExecuted = Optional.empty();
      draft.forgetSourceFailures();
    });
  }

  public ClusterState withTotals(Totals newTotals) {
    return changed(draft -> draft.totals = newTotals);
  }

  /** The source was seen, and this is who it is. */
  public ClusterState withSourceUuid(String uuid) {
    return changed(draft -> draft.sourceUuid = Optional.of(uuid));
  }

  public ClusterState withRouting(Retry newRouting) {
    return changed(draft -> draft.routing = newRouting);
  }

  /** A failover has just ended. */
  public ClusterState withLastFailover(LastFailover last) {
    return changed(draft -> draft.lastFailover = Optional.of(last));
  }

  private ClusterState changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.state(schema);
  }

  /** A copy in the making. */
  private static final class Draft {
    private Epoch epoch;
    private Phase phase;
    private String reason;
    private Optional<ServerId> source;
    private Optional<String> sourceUuid;
    private int masterFailureCount;
    private Optional<Instant> sourceLastSeen;
    private Optional<Instant> sourceFailedAt;
    private Optional<GtidSet> sourceExecuted;
    private int writeFailureCount;
    private Optional<LastFailover> lastFailover;
    private Map<ServerId, ServerState> servers;
    private Optional<Operation> operation;
    private Retry routing;
    private Totals totals;

    Draft(ClusterState from) {
      this.epoch = from.epoch;
      this.phase = from.phase;
      this.reason = from.reason;
      this.source = from.source;
      this.sourceUuid = from.sourceUuid;
      this.masterFailureCount = from.masterFailureCount;
      this.sourceLastSeen = from.sourceLastSeen;
      this.sourceFailedAt = from.sourceFailedAt;
      this.sourceExecuted = from.sourceExecuted;
      this.writeFailureCount = from.writeFailureCount;
      this.lastFailover = from.lastFailover;
      this.servers = from.servers;
      this.operation = from.operation;
      this.routing = from.routing;
      this.totals = from.totals;
    }

    void forgetSourceFailures() {
      masterFailureCount = 0;
      sourceLastSeen = Optional.empty();
      sourceFailedAt = Optional.empty();
    }

    ClusterState state(int schema) {
      return new ClusterState(
          schema,
          epoch,
          phase,
          reason,
          source,
          sourceUuid,
          masterFailureCount,
          sourceLastSeen,
          sourceFailedAt,
          sourceExecuted,
          writeFailureCount,
          lastFailover,
          servers,
          operation,
          routing,
          totals);
    }
  }
}
