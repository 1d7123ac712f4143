package org.mysqlmanager.zk;

import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

/**
 * The access that our znodes give: everything to our account, nothing to anybody else. The account
 * is named by its digest rather than by ZooKeeper's {@code auth}, which would let in a TLS client
 * certificate as an account of its own, too. Immutable.
 */
final class NodeAcl {
  private static final String DIGEST = "digest";
  private static final String WORLD = "world";
  private static final Set<String> OPEN_SCHEMES = Set.of(WORLD, "ip", "x509");

  /** Empty when everybody may do everything. */
  private final List<Id> owners;

  private final String user;

  private NodeAcl(String user, List<Id> owners) {
    this.user = user;
    this.owners = List.copyOf(owners);
  }

  static NodeAcl of(ZkAuthentication authentication) {
    return switch (authentication) {
      case ZkAuthentication.None _ -> new NodeAcl("", List.of());
      case ZkAuthentication.Digest digest ->
          new NodeAcl(digest.user(), digest.credentials().stream().map(NodeAcl::id).toList());
    };
  }

  /** Whether there is an account at all. */
  boolean isOwned() {
    return !owners.isEmpty();
  }

  /** For a znode that is created. */
  List<ACL> forNew() {
    return isOwned()
        ? owners.stream().map(owner -> new ACL(ZooDefs.Perms.ALL, owner)).toList()
        : ZooDefs.Ids.OPEN_ACL_UNSAFE;
  }

  /** Whether our account, by one of its passwords, may do everything. */
  boolean isOursIn(List<ACL> present) {
    return present.stream()
        .anyMatch(entry -> entry.getPerms() == ZooDefs.Perms.ALL && owners.contains(entry.getId()));
  }

  /** Whether everybody may do everything, as with znodes made without an account. */
  static boolean isOpen(List<ACL> present) {
    return present.stream()
        .anyMatch(entry ->
            entry.getPerms() == ZooDefs.Perms.ALL && entry.getId().getScheme().equals(WORLD));
  }

  /**
   * Whether somebody may do what is done without an account who need not have one: everybody, or
   * whoever comes from an address or shows a certificate that is named.
   */
  static boolean isOpenWithoutAccount(List<ACL> present) {
    int needed = ZooDefs.Perms.ALL & ~ZooDefs.Perms.ADMIN;
    return present.stream()
        .anyMatch(entry ->
            (entry.getPerms() & needed) == needed
                && OPEN_SCHEMES.contains(entry.getId().getScheme()));
  }

  /**
   * What a znode's list should be instead of what it is: our account as it is now, not as it was
   * with an earlier password, and nothing for the world. Other accounts that somebody has let in on
   * purpose stay.
   *
   * @return empty when it is as it should be
   */
  Optional<List<ACL>> corrected(List<ACL> present) {
    List<ACL> wanted = new ArrayList<>(forNew());
    for (ACL entry : present) {
      Id id = entry.getId();
      if (!id.getScheme().equals(WORLD) && !isOurUser(id)) {
        wanted.add(entry);
      }
    }
    return differing(wanted, present);
  }

  /**
   * Like {@link #corrected} for a znode that others may share: our account as it is now instead of
   * as it was, and everybody else as before, the world included.
   *
   * @return empty when it is as it should be
   */
  Optional<List<ACL>> renewed(List<ACL> present) {
    List<ACL> wanted = new ArrayList<>(forNew());
    present.stream().filter(entry -> !isOurUser(entry.getId())).forEach(wanted::add);
    return differing(wanted, present);
  }

  /** Whether our user is let in, by whatever password. */
  boolean namesOurUser(List<ACL> present) {
    return present.stream().anyMatch(entry -> isOurUser(entry.getId()));
  }

  /** Whether an earlier password of our account is let in, too. */
  boolean letsInFormerPassword() {
    return owners.size() > 1;
  }

  /** Accounts other than ours that are let in; {@code world} is none. */
  List<ACL> guests(List<ACL> present) {
    return present.stream()
        .filter(
            entry -> !owners.contains(entry.getId()) && !entry.getId().getScheme().equals(WORLD))
        .toList();
  }

  /** In ZooKeeper's own notation, without digests: {@code world:anyone:r, digest:user:cdrwa}. */
  static String words(List<ACL> entries) {
    return entries.stream()
        .map(entry ->
            "%s:%s:%s"
                .formatted(
                    entry.getId().getScheme(),
                    entry.getId().getScheme().equals(DIGEST)
                        ? entry.getId().getId().replaceFirst(":.*", "")
                        : entry.getId().getId(),
                    letters(entry.getPerms())))
        .collect(Collectors.joining(", "));
  }

  private boolean isOurUser(Id id) {
    return id.getScheme().equals(DIGEST) && id.getId().startsWith(user + ":");
  }

  private static Optional<List<ACL>> differing(List<ACL> wanted, List<ACL> present) {
    return new HashSet<>(wanted).equals(new HashSet<>(present))
        ? Optional.empty()
        : Optional.of(wanted);
  }

  private static String letters(int permissions) {
    return letter(permissions, ZooDefs.Perms.CREATE, "c")
        + letter(permissions, ZooDefs.Perms.DELETE, "d")
        + letter(permissions, ZooDefs.Perms.READ, "r")
        + letter(permissions, ZooDefs.Perms.WRITE, "w")
        + letter(permissions, ZooDefs.Perms.ADMIN, "a");
  }

  private static String letter(int permissions, int one, String letter) {
    return (permissions & one) == 0 ? "" : letter;
  }

  private static Id id(String credentials) {
    try {
      return new Id(DIGEST, DigestAuthenticationProvider.generateDigest(credentials));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has not the digest that ZooKeeper is set to", e);
    }
  }
}
