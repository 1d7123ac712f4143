package org.mysqlmanager.zk;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One walk over the root and all below it, that gives each znode the access it should have: those
 * of a version without an account, and those of an earlier password. A znode is closed before its
 * children are listed, so that nobody adds one unseen. It changes things in the name of a
 * leadership, and stops with it: a later leader may have another password. Used by one thread.
 */
final class TreeProtection {
  private static final Logger LOG = LoggerFactory.getLogger(TreeProtection.class);

  /** Far more than there are; what is above it is left for the next walk. */
  private static final int MOST_NODES = 200_000;

  private static final int MOST_NAMED = 10;

  private final Supplier<@Nullable Session> sessions;
  private final NodeAcl acl;
  private final String root;
  private final BooleanSupplier stillLeads;
  private final Deque<String> left = new ArrayDeque<>();
  private final List<String> foreign = new ArrayList<>();
  private final List<String> withGuests = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private int seen;
  private int changed;

  /**
   * To be walked once.
   *
   * @param sessions for each znode; null without a connection
   * @param stillLeads asked before each change
   */
  TreeProtection(
      Supplier<@Nullable Session> sessions, NodeAcl acl, String root, BooleanSupplier stillLeads) {
    this.sessions = sessions;
    this.acl = acl;
    this.root = root;
    this.stillLeads = stillLeads;
  }

  /** False when ZooKeeper or the leadership went away meanwhile: it is to be done again. */
  boolean protect() {
    for (int slash = root.indexOf('/', 1); slash > 0; slash = root.indexOf('/', slash + 1)) {
      if (!visitAbove(root.substring(0, slash))) {
        return false;
      }
    }
    left.add(root);
    for (; !left.isEmpty() && seen < MOST_NODES; seen++) {
      if (!visit(left.removeLast())) {
        return false;
      }
    }
    tell();
    return true;
  }

  /**
   * Above the root, only what was made together with it is ours to change, and there only our own
   * entry: whoever has opened it to others needs it open.
   */
  private boolean visitAbove(String path) {
    Session session = sessions.get();
    if (session == null) {
      return false;
    }
    Session.Access access = session.access(path).valueIfOk();
    List<ACL> wanted =
        access == null || !acl.isOursIn(access.acl())
            ? null
            : acl.renewed(access.acl()).orElse(null);
    if (access != null && wanted != null) {
      if (!stillLeads.getAsBoolean()) {
        return false;
      }
      var _ = session.setAcl(path, wanted, access.stat().getAversion());
    }
    return true;
  }

  private boolean visit(String path) {
    Session session = sessions.get();
    if (session == null) {
      return false;
    }
    Reply<Session.Access> reply = session.access(path);
    Session.Access access = reply.valueIfOk();
    if (access == null) {
      return settledWithout(path, reply);
    }
    List<ACL> wanted = acl.corrected(access.acl()).orElse(null);
    if (wanted != null) {
      // After the list was read: what a later leader has made of it is not seen as out of date.
      if (!stillLeads.getAsBoolean()) {
        return false;
      }
      Reply<Stat> set = session.setAcl(path, wanted, access.stat().getAversion());
      if (!set.isAnswered(Code.OK)) {
        return settledWithout(path, set);
      }
      changed++;
    }
    List<ACL> guests = acl.guests(wanted == null ? access.acl() : wanted);
    if (!guests.isEmpty()) {
      withGuests.add(path + " (" + NodeAcl.words(guests) + ")");
    }
    return (access.stat().getNumChildren() == 0 && wanted == null) || list(session, path);
  }

  private boolean list(Session session, String path) {
    Reply<List<String>> reply = session.children(path);
    List<String> children = reply.valueIfOk();
    if (children == null) {
      return settledWithout(path, reply);
    }
    children.forEach(child -> left.add(path + "/" + child));
    return true;
  }

  /** Whether the walk may go on after a znode was not what it should be. */
  private boolean settledWithout(String path, Reply<?> reply) {
    if (reply.isAnswered(Code.NOAUTH)) {
      foreign.add(path);
      return true;
    }
    if (reply.isAnswered(Code.BADVERSION)) {
      left.add(path); // its ACL was changed meanwhile; the bound on nodes ends a quarrel
      return true;
    }
    if (reply instanceof Reply.Answer<?> && !reply.isAnswered(Code.NONODE)) {
      refused.add("%s (%s)".formatted(path, reply.words())); // another walk would get no further
      return true;
    }
    return reply.isAnswered(Code.NONODE);
  }

  private void tell() {
    LOG.info(
        "{} znodes at and below {} were looked at and {} of them changed: this account has access with its present {}",
        seen,
        root,
        changed,
        acl.letsInFormerPassword() ? "and with its previous password" : "password only");
    if (!refused.isEmpty()) {
      LOG.error("These znodes could not be protected: {}", some(refused));
    }
    if (!withGuests.isEmpty()) {
      LOG.warn("These znodes let in other accounts, too: {}", some(withGuests));
    }
    if (!foreign.isEmpty()) {
      LOG.error(
          "These znodes belong to another account and could not be taken over: {}. Delete them, or give them our ACL with zkCli.sh's setAcl",
          some(foreign));
    }
  }

  private static String some(List<String> paths) {
    return String.join(", ", paths.subList(0, Math.min(MOST_NAMED, paths.size())))
        + (paths.size() > MOST_NAMED ? " and %d more".formatted(paths.size() - MOST_NAMED) : "");
  }
}
