package org.mysqlmanager.zk;

import java.time.Instant;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;

/**
 * The znode whose version is the epoch. It is raised in two steps, {@link #prepare} and {@link
 * Candidacy#raise}. Whatever happens between them, a long pause of this process included, only the
 * holder of the latch can do the second: the transaction is refused when the latch's znode is gone,
 * which it is as soon as the session that made it has ended, or when somebody else has raised the
 * epoch meanwhile. Stateless.
 */
final class EpochNode {
  /** Its name below the root. */
  static final String NAME = "epoch";

  /** What came of an attempt. */
  sealed interface Raised {
    /** We lead. */
    record Won(LeaderTerm term, long sessionId) implements Raised {}

    /** Certainly not: the latch is not ours any more, or another was faster. */
    record Lost(String cause) implements Raised {}

    /** Perhaps; it has to be raised once more to know, and a skipped number does no harm. */
    record Unclear(String cause) implements Raised {}
  }

  /** What was seen before the epoch is raised: to be used in the same session only. */
  record Candidacy(
      Session session, String epochPath, String latchPath, Stat latch, int versionRead) {

    /** Checks the latch and raises the epoch in one transaction. */
    Raised raise(String leaderId, Instant since) {
      LeaderTerm term = new LeaderTerm(versionRead + 1L, since);
      Reply<List<OpResult>> reply =
          session.transaction(
              List.of(
                  Op.check(latchPath, latch.getVersion()),
                  Op.setData(epochPath, Session.bytes(value(term, leaderId)), versionRead)));
      if (reply.isAnswered(Code.OK)) {
        return new Raised.Won(term, session.id());
      }
      return reply instanceof Reply.NoAnswer<?>
          ? new Raised.Unclear(reply.words())
          : new Raised.Lost(reply.words());
    }
  }

  private EpochNode() {}

  /**
   * Reads what {@link Candidacy#raise} compares with, and makes the znode when it is the first
   * time.
   */
  static Reply<Candidacy> prepare(Session session, String epochPath, String latchPath) {
    Reply<Stat> latch = session.stat(latchPath);
    Stat latchStat = latch.valueIfOk();
    if (latchStat == null) {
      return latch.withoutValue();
    }
    if (latchStat.getEphemeralOwner() != session.id()) {
      // The path is ours, the znode is from a session of ours that is about to end.
      return new Reply.Answer<>(Code.NONODE, null);
    }
    Reply<Stat> epoch = session.stat(epochPath);
    if (epoch.isAnswered(Code.NONODE)) {
      Reply<String> created = create(session, epochPath);
      if (!created.isAnswered(Code.OK) && !created.isAnswered(Code.NODEEXISTS)) {
        return created.withoutValue();
      }
      epoch = session.stat(epochPath);
    }
    Stat epochStat = epoch.valueIfOk();
    return epochStat == null
        ? epoch.withoutValue()
        : new Reply.Answer<>(
            Code.OK,
            new Candidacy(session, epochPath, latchPath, latchStat, epochStat.getVersion()));
  }

  private static Reply<String> create(Session session, String epochPath) {
    Reply<String> parents = session.createParents(epochPath);
    return parents.isAnswered(Code.OK)
        ? session.create(epochPath, "", CreateMode.PERSISTENT)
        : parents;
  }

  private static String value(LeaderTerm term, String leaderId) {
    // The id has been checked to consist of characters that JSON leaves alone.
    return "{\"epoch\":%d,\"leader\":\"%s\",\"since\":\"%s\"}"
        .formatted(term.epoch(), leaderId, term.since());
  }
}
