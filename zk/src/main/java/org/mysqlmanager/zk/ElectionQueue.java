package org.mysqlmanager.zk;

import java.util.Comparator;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;

/** The queue of Curator's latch, as it is in ZooKeeper. Stateless. */
final class ElectionQueue {
  private static final String PREFIX = "latch-";

  private ElectionQueue() {}

  /** The znodes of all participants, the first of the queue first; null when it is not known. */
  static @Nullable List<String> read(Session session, String electionPath) {
    Reply<List<String>> reply = session.children(electionPath);
    if (reply.isAnswered(Code.NONODE)) {
      return List.of();
    }
    List<String> names = reply.valueIfOk();
    return names == null
        ? null
        : names.stream()
            .filter(name -> name.contains(PREFIX))
            .sorted(Comparator.comparing(ElectionQueue::sequence))
            .toList();
  }

  private static String sequence(String node) {
    return node.substring(node.lastIndexOf(PREFIX) + PREFIX.length());
  }
}
