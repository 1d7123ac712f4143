package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
    return new ClusterState(
        schema,
        newEpoch,
        phase,
        reason,
        source,
        sourceUuid,
        masterFailureCount,
        sourceLastSeen,
        sourceFailedAt,
        servers,
        operation,
        routing,
        totals);
  }

  public ClusterState withPhase(Phase newPhase, String newReason) {
    return new ClusterState(
        schema,
        epoch,
        newPhase,
        newReason,
        source,
        sourceUuid,
        masterFailureCount,
        sourceLastSeen,
        sourceFailedAt,
        servers,
        operation,
        routing,
        totals);
  }

  /** No failure of the source is pending. */
  public ClusterState withSourceUp() {
    return new ClusterState(
        schema,
        epoch,
        phase,
        reason,
        source,
        sourceUuid,
        0,
        Optional.empty(),
        Optional.empty(),
        servers,
        operation,
        routing,
        totals);
  }

  /** One more check has found the source unreachable. */
  public ClusterState withSourceFailure(Optional<Instant> lastSeen, Instant now) {
    return new ClusterState(
        schema,
        epoch,
        phase,
        reason,
        source,
        sourceUuid,
        masterFailureCount + 1,
        sourceFailedAt.isPresent() ? sourceLastSeen : lastSeen,
        sourceFailedAt.isPresent() ? sourceFailedAt : Optional.of(now),
        servers,
        operation,
        routing,
        totals);
  }

  public ClusterState withServer(ServerId id, UnaryOperator<ServerState> change) {
    Map<ServerId, ServerState> changed = new TreeMap<>(servers);
    changed.put(id, change.apply(server(id)));
    return withServers(changed);
  }

  public ClusterState withServers(Map<ServerId, ServerState> newServers) {
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
        newServers,
        operation,
        routing,
        totals);
  }

  public ClusterState withOperation(Operation newOperation) {
    return withOperation(Optional.of(newOperation));
  }

  public ClusterState withoutOperation() {
    return withOperation(Optional.empty());
  }

  private ClusterState withOperation(Optional<Operation> newOperation) {
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
        servers,
        newOperation,
        routing,
        totals);
  }

  /** The source and every server's role, in one value: a role is never changed in two writes. */
  public ClusterState withSource(ServerId newSource, Map<ServerId, ServerState> newServers) {
    return new ClusterState(
        schema,
        epoch,
        phase,
        reason,
        Optional.of(newSource),
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        newServers,
        operation,
        routing,
        totals);
  }

  public ClusterState withTotals(Totals newTotals) {
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
        servers,
        operation,
        routing,
        newTotals);
  }

  /** The source was seen, and this is who it is. */
  public ClusterState withSourceUuid(String uuid) {
    return new ClusterState(
        schema,
        epoch,
        phase,
        reason,
        source,
        Optional.of(uuid),
        masterFailureCount,
        sourceLastSeen,
        sourceFailedAt,
        servers,
        operation,
        routing,
        totals);
  }

  public ClusterState withRouting(Retry newRouting) {
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
        servers,
        operation,
        newRouting,
        totals);
  }
}
