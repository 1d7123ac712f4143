package org.mysqlmanager.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What has been decided about one server.
 *
 * @param reason why the status is what it is, in words; empty when it is {@link ServerStatus#UP}
 * @param cloneRequired whether its data was given up for a clone that has not completed: whatever
 *     it says of its GTIDs, it must not follow or be promoted before one has
 * @param givenUp which data that was: when the clone began by which the server had got it; empty if
 *     by none, or if no clone is required
 * @param diverged whether it was found to have transactions that the source, open for writes, did
 *     not have; stays until it is compared again
 * @param behind how far behind it was, at least, when it was last compared with a source that
 *     answered, if that was more than {@code max_failover_lag}: then it is not promoted
 *     automatically. Written when it has doubled, not at each change
 * @param discarded transactions of which this server, no member then, may hold a version that was
 *     given up when another server was cloned: MySQL gives their GTIDs out again. They count as its
 *     own until it has joined
 * @param absentSince since when the source has gone on without it and nobody has compared them
 * @param formerUuid of a former source: the {@code server_uuid} it had then, by which another
 *     server in its place is noticed
 * @param repairs clones made because its replication could not be restarted, since it was last well
 * @param retry attempts at repairing it since it was last well
 */
public record ServerState(
    Role role,
    Membership membership,
    ServerStatus status,
    String reason,
    boolean cloneRequired,
    Optional<String> givenUp,
    boolean diverged,
    Optional<Duration> behind,
    GtidSet discarded,
    Optional<Instant> absentSince,
    Optional<String> formerUuid,
    int repairs,
    Retry retry) {
  public static ServerState joined(Role role) {
    return new ServerState(
        role,
        Membership.JOINED,
        ServerStatus.UNKNOWN,
        "",
        false,
        Optional.empty(),
        false,
        Optional.empty(),
        GtidSet.EMPTY,
        Optional.empty(),
        Optional.empty(),
        0,
        Retry.NONE);
  }

  public static ServerState unjoined(Membership membership) {
    return new ServerState(
        Role.REPLICA,
        membership,
        ServerStatus.UNKNOWN,
        "",
        false,
        Optional.empty(),
        false,
        Optional.empty(),
        GtidSet.EMPTY,
        Optional.empty(),
        Optional.empty(),
        0,
        Retry.NONE);
  }

  public boolean isJoined() {
    return membership == Membership.JOINED;
  }

  public ServerState withRole(Role newRole) {
    return changed(draft -> draft.role = newRole);
  }

  public ServerState withMembership(Membership newMembership) {
    return changed(draft -> draft.membership = newMembership);
  }

  public ServerState withStatus(ServerStatus newStatus, String newReason) {
    return changed(draft -> {
      draft.status = newStatus;
      draft.reason = newReason;
    });
  }

  /** What must be known of it when it is no longer in the spec, in case it comes back. */
  public ServerState forgotten() {
    return unjoined(Membership.NEW)
        .changed(draft -> {
          draft.cloneRequired = cloneRequired;
          draft.givenUp = givenUp;
          draft.discarded = discarded;
        });
  }

  /** Its data is complete: no clone is required. */
  public ServerState withoutCloneRequired() {
    return changed(draft -> {
      draft.cloneRequired = false;
      draft.givenUp = Optional.empty();
    });
  }

  /** Its data is given up, unless it was before: then it is still that data which was. */
  public ServerState withCloneRequired(String lastCloneBegan) {
    return cloneRequired
        ? this
        : changed(draft -> {
          draft.cloneRequired = true;
          draft.givenUp = Optional.of(lastCloneBegan);
        });
  }

  public ServerState withDiverged(boolean isDiverged) {
    return changed(draft -> draft.diverged = isDiverged);
  }

  public ServerState withBehind(Optional<Duration> newBehind) {
    return changed(draft -> draft.behind = newBehind);
  }

  public ServerState withDiscarded(GtidSet transactions) {
    return changed(draft -> draft.discarded = transactions);
  }

  public ServerState withAbsentSince(Optional<Instant> since) {
    return changed(draft -> draft.absentSince = since);
  }

  public ServerState withFormerUuid(Optional<String> uuid) {
    return changed(draft -> draft.formerUuid = uuid);
  }

  public ServerState withRepairs(int newRepairs) {
    return changed(draft -> draft.repairs = newRepairs);
  }

  public ServerState withRetry(Retry newRetry) {
    return changed(draft -> draft.retry = newRetry);
  }

  private ServerState changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.state();
  }

  /** A copy in the making. */
  private static final class Draft {
    private Role role;
    private Membership membership;
    private ServerStatus status;
    private String reason;
    private boolean cloneRequired;
    private Optional<String> givenUp;
    private boolean diverged;
    private Optional<Duration> behind;
    private GtidSet discarded;
    private Optional<Instant> absentSince;
    private Optional<String> formerUuid;
    private int repairs;
    private Retry retry;

    Draft(ServerState from) {
      this.role = from.role;
      this.membership = from.membership;
      this.status = from.status;
      this.reason = from.reason;
      this.cloneRequired = from.cloneRequired;
      this.givenUp = from.givenUp;
      this.diverged = from.diverged;
      this.behind = from.behind;
      this.discarded = from.discarded;
      this.absentSince = from.absentSince;
      this.formerUuid = from.formerUuid;
      this.repairs = from.repairs;
      this.retry = from.retry;
    }

    ServerState state() {
      return new ServerState(
          role,
          membership,
          status,
          reason,
          cloneRequired,
          givenUp,
          diverged,
          behind,
          discarded,
          absentSince,
          formerUuid,
          repairs,
          retry);
    }
  }
}
