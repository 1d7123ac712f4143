package org.mysqlmanager.zk;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * Finds out whether the root is ours, before anything is written below it, and makes it when it is
 * missing. One that is open to everybody is taken over if it holds nothing of others: an older
 * version made it, or an operator by hand. Stateless.
 */
final class RootAccess {

  /** What was found. */
  sealed interface Verdict {
    /** It is ours. */
    record Granted() implements Verdict {}

    /** It is not, and an operator has to say what shall be. */
    record Refused(String sentence) implements Verdict {}

    /** ZooKeeper did not say; it is to be asked again. */
    record Unanswered(String cause) implements Verdict {}
  }

  private static final String REMEDY_ROOT = "choose another root (zookeeper.root)";
  private static final String REMEDY_NONE =
      "set it to digest, with the user and the password of the other managers";

  private final Session session;
  private final String root;
  private final ZkSecurity security;
  private final NodeAcl acl;

  private RootAccess(Session session, ZkSettings settings, NodeAcl acl) {
    this.session = session;
    this.root = settings.rootPath();
    this.security = settings.security();
    this.acl = acl;
  }

  static Verdict examine(Session session, ZkSettings settings, NodeAcl acl) {
    return new RootAccess(session, settings, acl).examine();
  }

  private Verdict examine() {
    Reply<Stat> present = session.stat(root);
    if (present.isAnswered(Code.NONODE)) {
      return create();
    }
    return present.provesPresence() ? judge() : unexpected(present);
  }

  /** What is missing above the root, too: each only after the one before is known to be ours. */
  private Verdict create() {
    for (int slash = root.indexOf('/', 1); ; slash = root.indexOf('/', slash + 1)) {
      String path = slash < 0 ? root : root.substring(0, slash);
      // With the account as ZooKeeper understands it: should our own reckoning differ, nobody would
      // be let in.
      Reply<String> reply =
          session.create(
              path,
              "",
              acl.isOwned() ? ZooDefs.Ids.CREATOR_ALL_ACL : acl.forNew(),
              CreateMode.PERSISTENT);
      if (reply.isAnswered(Code.OK) && acl.isOwned()) {
        Verdict verdict = narrow(path);
        if (!(verdict instanceof Verdict.Granted)) {
          return verdict;
        }
      } else if (reply.isAnswered(Code.NOAUTH)) {
        // ZooKeeper says so of one that is there, too, if no other could be made beside it.
        Reply<Stat> present = session.stat(path);
        if (present.isAnswered(Code.NONODE)) {
          return new Verdict.Refused(
              "znode %s cannot be created: the ACL above it does not let %s in. Create it by hand, or %s"
                  .formatted(path, who(), REMEDY_ROOT));
        }
        if (!present.provesPresence()) {
          return unexpected(present);
        }
      } else if (!reply.isAnswered(Code.OK) && !reply.isAnswered(Code.NODEEXISTS)) {
        return unexpected(reply);
      }
      if (slash < 0) {
        return judge();
      }
    }
  }

  /** ZooKeeper lets in a TLS client certificate as an account of its own: out with it. */
  private Verdict narrow(String created) {
    Reply<Session.Access> reply = session.access(created);
    Session.Access access = reply.valueIfOk();
    if (access == null) {
      return unexpected(reply);
    }
    if (!acl.isOursIn(access.acl())) {
      return new Verdict.Refused(
          "the ensemble computes digests otherwise than this program, with which znode %s was just made: run it with the ensemble's -Dzookeeper.DigestAuthenticationProvider.digestAlg"
              .formatted(created));
    }
    return set(created, acl.forNew(), access.stat());
  }

  private Verdict judge() {
    Reply<Session.Access> reply = session.access(root);
    if (reply.isAnswered(Code.NOAUTH)) {
      return new Verdict.Refused(
          acl.isOwned()
              ? "znode %s is protected, and %s with this password is not let in: correct zookeeper.user or zookeeper.password (they are the same on all managers), or %s"
                  .formatted(root, who(), REMEDY_ROOT)
              : "znode %s is protected, and zookeeper.authentication is none: %s, or %s"
                  .formatted(root, REMEDY_NONE, REMEDY_ROOT));
    }
    Session.Access access = reply.valueIfOk();
    if (access == null) {
      return unexpected(reply);
    }
    if (acl.isOursIn(access.acl())) {
      return new Verdict.Granted();
    }
    boolean isOpen =
        acl.isOwned() ? NodeAcl.isOpen(access.acl()) : NodeAcl.isOpenWithoutAccount(access.acl());
    return isOpen ? judgeOpen(access) : refuse(access.acl());
  }

  private Verdict judgeOpen(Session.Access access) {
    Reply<List<String>> reply = session.children(root);
    List<String> children = reply.valueIfOk();
    if (children == null) {
      return unexpected(reply);
    }
    Set<String> strangers = new TreeSet<>(security.strangers(children));
    if (!strangers.isEmpty()) {
      return new Verdict.Refused(
          "znode %s belongs to somebody else: it holds %s, and its ACL is %s. Either %s, or delete what is not this program's"
              .formatted(
                  root, String.join(", ", strangers), NodeAcl.words(access.acl()), REMEDY_ROOT));
    }
    // With something in it, others may be working with it without an account: the leader takes it
    // over.
    return children.isEmpty() && acl.isOwned()
        ? set(root, acl.corrected(access.acl()).orElse(acl.forNew()), access.stat())
        : new Verdict.Granted();
  }

  private Verdict refuse(List<ACL> present) {
    String words = NodeAcl.words(present);
    if (!acl.isOwned()) {
      return new Verdict.Refused(
          "znode %s is not open to everybody: its ACL is %s, and zookeeper.authentication is none. Either %s, or %s"
              .formatted(root, words, REMEDY_NONE, REMEDY_ROOT));
    }
    if (acl.namesOurUser(present)) {
      return new Verdict.Refused(
          "znode %s lets %s in with another password or with fewer rights: its ACL is %s. Correct zookeeper.password (it is the same on all managers), or %s"
              .formatted(root, who(), words, REMEDY_ROOT));
    }
    return new Verdict.Refused(
        "znode %s belongs to somebody else: its ACL is %s, which does not let %s do everything. Either %s, or let the user in: in zkCli.sh, addauth digest for its owner and for the user, then setAcl -R %s auth::cdrwa"
            .formatted(root, words, who(), REMEDY_ROOT, root));
  }

  private Verdict set(String path, List<ACL> wanted, Stat stat) {
    Reply<Stat> reply = session.setAcl(path, wanted, stat.getAversion());
    return reply.isAnswered(Code.OK) ? new Verdict.Granted() : unexpected(reply);
  }

  /** Somebody else changed it at the same time, or there was no answer: to be looked at again. */
  private Verdict unexpected(Reply<?> reply) {
    return new Verdict.Unanswered("examining znode %s: %s".formatted(root, reply.words()));
  }

  private String who() {
    return switch (security.authentication()) {
      case ZkAuthentication.Digest digest -> "user '%s'".formatted(digest.user());
      case ZkAuthentication.None _ -> "a client without an account";
    };
  }
}
