package org.mysqlmanager.model;

/**
 * What has been decided about one server.
 *
 * @param reason why the status is what it is, in words; empty when it is {@link ServerStatus#UP}
 * @param cloneRequired whether its data was given up for a clone that has not completed: whatever
 *     it says of its GTIDs, it must not follow or be promoted before one has
 * @param diverged whether it was found to have transactions that the source, open for writes, did
 *     not have; stays until it is compared again
 * @param retry attempts at repairing it since it was last well
 */
public record ServerState(
    Role role,
    Membership membership,
    ServerStatus status,
    String reason,
    boolean cloneRequired,
    boolean diverged,
    Retry retry) {
  public static ServerState joined(Role role) {
    return new ServerState(
        role, Membership.JOINED, ServerStatus.UNKNOWN, "", false, false, Retry.NONE);
  }

  public static ServerState unjoined(Membership membership) {
    return new ServerState(
        Role.REPLICA, membership, ServerStatus.UNKNOWN, "", false, false, Retry.NONE);
  }

  public boolean isJoined() {
    return membership == Membership.JOINED;
  }

  public ServerState withRole(Role newRole) {
    return new ServerState(newRole, membership, status, reason, cloneRequired, diverged, retry);
  }

  public ServerState withMembership(Membership newMembership) {
    return new ServerState(role, newMembership, status, reason, cloneRequired, diverged, retry);
  }

  public ServerState withStatus(ServerStatus newStatus, String newReason) {
    return new ServerState(role, membership, newStatus, newReason, cloneRequired, diverged, retry);
  }

  public ServerState withCloneRequired(boolean required) {
    return new ServerState(role, membership, status, reason, required, diverged, retry);
  }

  public ServerState withRetry(Retry newRetry) {
    return new ServerState(role, membership, status, reason, cloneRequired, diverged, newRetry);
  }

  public ServerState withDiverged(boolean isDiverged) {
    return new ServerState(role, membership, status, reason, cloneRequired, isDiverged, retry);
  }
}
