package org.mysqlmanager.zk;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.jspecify.annotations.Nullable;

/**
 * Values in ZooKeeper that everybody may read and only the current leader may change. Each write is
 * one transaction that first checks the epoch, so a leader that was deposed without knowing can do
 * no harm here.
 *
 * <p>Values are text, kept as UTF-8. Paths are relative to the root, such as {@code
 * groups/a/state}; a path that ZooKeeper would not allow is an {@link IllegalArgumentException}.
 * Nothing else is thrown. Thread-safe.
 */
public final class FencedStore {

  /**
   * The largest sum of values in one write, in bytes as UTF-8; ZooKeeper refuses whole requests
   * above 1 MiB.
   */
  public static final int MAX_BYTES = 900_000;

  private final ZkClient client;
  private final String epochPath;

  /**
   * A store under the root of {@code client}.
   *
   * @param client the connection, which stays the caller's to close
   */
  public FencedStore(ZkClient client) {
    this.client = client;
    this.epochPath = client.resolve(EpochNode.NAME);
  }

  /**
   * Reads one value. It can be a little old, but never older than what this process has read or
   * written before. A new leader sees everything that was written before its epoch.
   *
   * @param path relative to the root
   * @return the value and its version
   */
  public ReadResult read(String path) {
    String absolute = client.resolve(path);
    Reply<Session.Content> reply = client.read(session -> session.read(absolute));
    Session.Content content = reply.valueIfOk();
    if (content != null) {
      return new ReadResult.Found(content.text(), content.stat().getVersion());
    }
    return reply.isAnswered(Code.NONODE)
        ? new ReadResult.Absent()
        : new ReadResult.Unavailable("reading %s: %s".formatted(path, reply.words()));
  }

  /**
   * Lists the children of a znode, as old as {@link #read} may be.
   *
   * @param path relative to the root
   * @return their names, sorted
   */
  public ChildrenResult children(String path) {
    String absolute = client.resolve(path);
    Reply<List<String>> reply = client.read(session -> session.children(absolute));
    List<String> names = reply.valueIfOk();
    if (names != null) {
      return new ChildrenResult.Listed(names.stream().sorted().toList());
    }
    return reply.isAnswered(Code.NONODE)
        ? new ChildrenResult.Absent()
        : new ChildrenResult.Unavailable("listing %s: %s".formatted(path, reply.words()));
  }

  /**
   * Creates a value that is not there yet. Anybody may: the epoch is not checked.
   *
   * @param path relative to the root; what is missing above it is created too
   * @param data the value
   * @return whether it was created
   */
  public CreateResult createIfAbsent(String path, String data) {
    String absolute = client.resolve(path);
    int bytes = Session.bytes(data).length;
    if (bytes > MAX_BYTES) {
      return new CreateResult.Refused(tooLarge(path, bytes));
    }
    Reply<String> reply = client.once(session -> createWithParents(session, absolute, data));
    if (reply.isAnswered(Code.OK)) {
      return new CreateResult.Created();
    }
    if (reply.isAnswered(Code.NODEEXISTS)) {
      return new CreateResult.Existed();
    }
    String words = "creating %s: %s".formatted(path, reply.words());
    return switch (reply) {
      case Reply.Answer<String> _ -> new CreateResult.Refused(words);
      case Reply.NoAnswer<String> _ -> new CreateResult.Unavailable(words);
    };
  }

  /**
   * Writes all or nothing, provided that {@code term} is still the latest leadership.
   *
   * @param term the leadership in whose name it is written
   * @param writes one or more, carried out in their order; what is missing above new znodes is
   *     created beforehand
   * @return what came of it
   */
  public WriteResult write(LeaderTerm term, List<Write> writes) {
    if (writes.isEmpty()) {
      throw new IllegalArgumentException("writes is empty: give at least one");
    }
    List<Op> operations = new ArrayList<>();
    operations.add(Op.check(epochPath, term.znodeVersion()));
    int bytes = 0;
    for (Write write : writes) {
      Op operation = operation(write);
      operations.add(operation);
      bytes = Math.addExact(bytes, size(write));
    }
    if (bytes > MAX_BYTES) {
      return new WriteResult.Refused(tooLarge(writes.getFirst().path(), bytes));
    }
    return interpret(writes, client.once(session -> commit(session, writes, operations)));
  }

  /**
   * Watches a znode and everything under it; it need not exist yet.
   *
   * @param path relative to the root
   * @param changed called back as {@link NodeWatch} says
   * @return the watch, to be closed
   */
  public NodeWatch watch(String path, Runnable changed) {
    return NodeWatch.start(client, client.resolve(path), changed);
  }

  /**
   * Sends the transaction, and again for each parent that is found to be missing: a refused
   * transaction has changed nothing, and a deposed leader is refused before it could create any
   * parent.
   */
  private Reply<List<OpResult>> commit(Session session, List<Write> writes, List<Op> operations) {
    Reply<List<OpResult>> reply = session.transaction(operations);
    Set<String> parentsMade = new HashSet<>();
    for (int i = 0; i < writes.size(); i++) {
      Failure failure = failure(writes, reply);
      if (failure == null || failure.code != Code.NONODE || !needsParents(failure.write)) {
        return reply;
      }
      String path = operations.get(failure.index).getPath();
      if (!parentsMade.add(path)) {
        return reply;
      }
      Reply<String> made = session.createParents(path);
      switch (made) {
        case Reply.Answer<String>(Code code, @Nullable String _) when code == Code.OK ->
            reply = session.transaction(operations);
        case Reply.Answer<String>(Code code, @Nullable String _) -> {
          return new Reply.Answer<>(code, null);
        }
        case Reply.NoAnswer<String>(String cause) -> {
          return new Reply.NoAnswer<>(cause);
        }
      }
    }
    return reply;
  }

  private WriteResult interpret(List<Write> writes, Reply<List<OpResult>> reply) {
    return switch (reply) {
      case Reply.NoAnswer<List<OpResult>>(String cause) -> new WriteResult.Unknown(cause);
      case Reply.Answer<List<OpResult>>(Code code, @Nullable List<OpResult> results)
          when code == Code.OK && results != null ->
          new WriteResult.Written(entries(writes, results));
      case Reply.Answer<List<OpResult>>(Code code, @Nullable List<OpResult> results) -> {
        if (results != null
            && !results.isEmpty()
            && results.getFirst() instanceof OpResult.ErrorResult check
            && (check.getErr() == Code.BADVERSION.intValue()
                || check.getErr() == Code.NONODE.intValue())) {
          yield new WriteResult.Deposed();
        }
        Failure failure = failure(writes, reply);
        yield failure == null
            ? new WriteResult.Refused("ZooKeeper answered " + code)
            : refused(failure);
      }
    };
  }

  private static WriteResult refused(Failure failure) {
    String path = failure.write.path();
    // The few codes that tell about a znode being otherwise than expected; all others are no
    // conflict.
    return switch (failure.code) {
      case BADVERSION -> new WriteResult.Conflict(path, WriteResult.Reason.VERSION_DIFFERS);
      case NODEEXISTS -> new WriteResult.Conflict(path, WriteResult.Reason.EXISTS_ALREADY);
      case NONODE -> new WriteResult.Conflict(path, WriteResult.Reason.MISSING);
      case NOTEMPTY -> new WriteResult.Conflict(path, WriteResult.Reason.HAS_CHILDREN);
      default ->
          new WriteResult.Refused(
              "writing %s: ZooKeeper answered %s".formatted(path, failure.code));
    };
  }

  /** The part of a transaction for which it was refused; {@code index} counts the epoch's check. */
  private record Failure(int index, Write write, Code code) {}

  private static @Nullable Failure failure(List<Write> writes, Reply<List<OpResult>> reply) {
    if (!(reply instanceof Reply.Answer<List<OpResult>>(Code _, @Nullable List<OpResult> results))
        || results == null) {
      return null;
    }
    for (int i = 1; i < results.size() && i <= writes.size(); i++) {
      // Those before the one that failed have code OK, those behind it RUNTIMEINCONSISTENCY.
      if (results.get(i) instanceof OpResult.ErrorResult error
          && error.getErr() != Code.OK.intValue()
          && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
        return new Failure(i, writes.get(i - 1), Code.get(error.getErr()));
      }
    }
    return null;
  }

  private List<WriteResult.Entry> entries(List<Write> writes, List<OpResult> results) {
    List<WriteResult.Entry> entries = new ArrayList<>();
    for (int i = 0; i < writes.size(); i++) {
      entries.add(entry(writes.get(i), results.get(i + 1)));
    }
    return entries;
  }

  private WriteResult.Entry entry(Write write, OpResult result) {
    return switch (write) {
      case Write.Create(String path, String _) -> new WriteResult.Entry(path, 0);
      case Write.Append append ->
          new WriteResult.Entry(
              result instanceof OpResult.CreateResult created
                  ? NodePath.relativise(client.settings().rootPath(), created.getPath())
                  : append.path(),
              0);
      case Write.Set(String path, String _, int expectedVersion) ->
          new WriteResult.Entry(path, expectedVersion + 1);
      case Write.Delete(String path, int expectedVersion) ->
          new WriteResult.Entry(path, expectedVersion);
    };
  }

  private Op operation(Write write) {
    String path = client.resolve(write.path());
    return switch (write) {
      case Write.Create create -> create(path, create.data(), CreateMode.PERSISTENT);
      case Write.Append append ->
          create(path + "/" + append.prefix(), append.data(), CreateMode.PERSISTENT_SEQUENTIAL);
      case Write.Set set -> Op.setData(path, Session.bytes(set.data()), set.expectedVersion());
      case Write.Delete delete -> Op.delete(path, delete.expectedVersion());
    };
  }

  private Op create(String path, String data, CreateMode mode) {
    return Op.create(path, Session.bytes(data), client.acl().forNew(), mode);
  }

  private static int size(Write write) {
    return switch (write) {
      case Write.Create create -> Session.bytes(create.data()).length;
      case Write.Append append -> Session.bytes(append.data()).length;
      case Write.Set set -> Session.bytes(set.data()).length;
      case Write.Delete _ -> 0;
    };
  }

  private static boolean needsParents(Write write) {
    return switch (write) {
      case Write.Create _, Write.Append _ -> true;
      case Write.Set _, Write.Delete _ -> false;
    };
  }

  private static Reply<String> createWithParents(Session session, String path, String data) {
    Reply<String> reply = session.create(path, data, CreateMode.PERSISTENT);
    if (!reply.isAnswered(Code.NONODE)) {
      return reply;
    }
    Reply<String> parents = session.createParents(path);
    return parents.isAnswered(Code.OK)
        ? session.create(path, data, CreateMode.PERSISTENT)
        : parents;
  }

  private static String tooLarge(String path, int bytes) {
    return "%s: %d bytes are too many for one write; at most %d fit"
        .formatted(path, bytes, MAX_BYTES);
  }
}
