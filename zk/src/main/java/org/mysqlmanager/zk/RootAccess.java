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
    RootAccess access = new RootAccess(session, settings, acl);
    return acl.isOwned() ? access.withAccount() : access.withoutAccount();
  }

  private Verdict withoutAccount() {
    Reply<Session.Access> reply = session.access(root);
    return switch (reply) {
      case Reply.Answer<Session.Access>(Code code, Session.Access _) when code == Code.NOAUTH ->
          new Verdict.Refused(
              "znode %s is protected, and zookeeper.authentication is none: set it to digest, with the user and the password of the other managers, or %s"
                  .formatted(root, REMEDY_ROOT));
      case Reply.Answer<Session.Access> _ -> new Verdict.Granted();
      case Reply.NoAnswer<Session.Access>(String cause) -> new Verdict.Unanswered(cause);
    };
  }

  private Verdict withAccount() {
    Reply<Stat> present = session.stat(root);
    if (present.isAnswered(Code.NONODE)) {
      return create();
    }
    // Newer servers refuse even this to those who may not read.
    return present.isAnswered(Code.OK) || present.isAnswered(Code.NOAUTH)
        ? judge()
        : unexpected(present);
  }

  /** What is missing above the root, too: each only after the one before is known to be ours. */
  private Verdict create() {
    for (int slash = root.indexOf('/', 1); ; slash = root.indexOf('/', slash + 1)) {
      String path = slash < 0 ? root : root.substring(0, slash);
      // With the account as ZooKeeper understands it: should our own reckoning differ, nobody would
      // be let in.
      Reply<String> reply =
          session.create(path, "", ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
      if (reply.isAnswered(Code.NOAUTH)) {
        return new Verdict.Refused(
            "znode %s cannot be created: the ACL above it does not let user '%s' in. Create it by hand, or %s"
                .formatted(path, user(), REMEDY_ROOT));
      }
      if (reply.isAnswered(Code.OK)) {
        Verdict verdict = narrow(path);
        if (!(verdict instanceof Verdict.Granted)) {
          return verdict;
        }
      } else if (!reply.isAnswered(Code.NODEEXISTS)) {
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
          "znode %s is protected, and user '%s' with this password is not let in: correct zookeeper.user or zookeeper.password (they are the same on all managers), or %s"
              .formatted(root, user(), REMEDY_ROOT));
    }
    Session.Access access = reply.valueIfOk();
    if (access == null) {
      return unexpected(reply);
    }
    if (acl.isOursIn(access.acl())) {
      return new Verdict.Granted();
    }
    return NodeAcl.isOpen(access.acl()) ? judgeOpen(access) : refuse(access.acl());
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
    return children.isEmpty()
        ? set(root, acl.corrected(access.acl()).orElse(acl.forNew()), access.stat())
        : new Verdict.Granted();
  }

  private Verdict refuse(List<ACL> present) {
    return new Verdict.Refused(
        "znode %s belongs to somebody else: its ACL is %s, which does not let user '%s' do everything. Either %s, or let the user in: in zkCli.sh, addauth digest for its owner and for the user, then setAcl -R %s auth::cdrwa"
            .formatted(root, NodeAcl.words(present), user(), REMEDY_ROOT, root));
  }

  private Verdict set(String path, List<ACL> wanted, Stat stat) {
    Reply<Stat> reply = session.setAcl(path, wanted, stat.getAversion());
    return reply.isAnswered(Code.OK) ? new Verdict.Granted() : unexpected(reply);
  }

  /** Somebody else changed it at the same time, or there was no answer: to be looked at again. */
  private Verdict unexpected(Reply<?> reply) {
    return new Verdict.Unanswered("examining znode %s: %s".formatted(root, reply.words()));
  }

  private String user() {
    return switch (security.authentication()) {
      case ZkAuthentication.Digest digest -> digest.user();
      case ZkAuthentication.None _ -> "";
    };
  }
}
