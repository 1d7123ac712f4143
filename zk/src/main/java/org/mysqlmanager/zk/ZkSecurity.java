package org.mysqlmanager.zk;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who we are to ZooKeeper, and how the connection is protected.
 *
 * @param authentication the account
 * @param tls how to encrypt; empty for none
 * @param ownNodes the names of the znodes that the application keeps directly below the root. A
 *     root that everybody may change and that holds others is somebody else's, and refused
 */
public record ZkSecurity(
    ZkAuthentication authentication, Optional<ZkTls> tls, Set<String> ownNodes) {
  private static final Set<String> OF_THIS_MODULE = Set.of(LeaderElection.ELECTION, EpochNode.NAME);

  /** Copies the set. */
  public ZkSecurity {
    ownNodes = Set.copyOf(ownNodes);
  }

  /** Neither an account nor encryption. */
  public static ZkSecurity open(Set<String> ownNodes) {
    return new ZkSecurity(new ZkAuthentication.None(), Optional.empty(), ownNodes);
  }

  /** Those of the given znodes below the root that are neither the application's nor ours. */
  Set<String> strangers(Iterable<String> children) {
    Set<String> strangers = new HashSet<>();
    for (String child : children) {
      if (!ownNodes.contains(child) && !OF_THIS_MODULE.contains(child)) {
        strangers.add(child);
      }
    }
    return strangers;
  }
}
