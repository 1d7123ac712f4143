package org.mysqlmanager.zk;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One ZooKeeper session, to be used for a few requests until a deadline they share. ZooKeeper's
 * asynchronous calls are used underneath, because its blocking ones have no deadline of their own,
 * and Curator's repeat what was lost, which makes a compare-and-set that has succeeded look
 * refused.
 *
 * <p>A handle of ZooKeeper never changes its session. So a request sent through this object,
 * however late, is either carried out in this very session or not at all.
 */
final class Session {

  /** A value and what ZooKeeper knows of its znode. */
  record Content(String text, Stat stat) {}

  /** Who may do what with a znode; the version of that is the stat's {@code aversion}. */
  record Access(List<ACL> acl, Stat stat) {}

  private final ZooKeeper handle;
  private final List<ACL> aclOfNew;
  private final long deadlineNanos;

  /**
   * A session to be used for a while.
   *
   * @param aclOfNew what the znodes get that are created
   */
  Session(ZooKeeper handle, List<ACL> aclOfNew, long deadlineNanos) {
    this.handle = handle;
    this.aclOfNew = aclOfNew;
    this.deadlineNanos = deadlineNanos;
  }

  long id() {
    return handle.getSessionId();
  }

  /** As ZooKeeper has granted it with the latest connection; zero when that is not known. */
  Duration timeout() {
    return Duration.ofMillis(handle.getSessionTimeout());
  }

  Reply<Stat> stat(String path) {
    return await(answer ->
        handle.exists(path, false, (rc, _, _, stat) -> answer.complete(Reply.of(rc, stat)), null));
  }

  Reply<Content> read(String path) {
    return await(answer ->
        handle.getData(
            path,
            false,
            (rc, _, _, data, stat) ->
                answer.complete(
                    Reply.of(
                        rc,
                        // A znode can have no value at all.
                        stat == null ? null : new Content(text(data), stat))),
            null));
  }

  Reply<List<String>> children(String path) {
    return await(answer ->
        handle.getChildren(
            path,
            false,
            (int rc, String _, Object _, List<String> names) ->
                answer.complete(Reply.of(rc, names)),
            null));
  }

  Reply<Access> access(String path) {
    return await(answer ->
        handle.getACL(
            path,
            new Stat(),
            (rc, _, _, acl, stat) ->
                answer.complete(Reply.of(rc, acl == null ? null : new Access(acl, stat))),
            null));
  }

  Reply<Stat> setAcl(String path, List<ACL> acl, int expectedAclVersion) {
    return await(answer ->
        handle.setACL(
            path,
            acl,
            expectedAclVersion,
            (rc, _, _, stat) -> answer.complete(Reply.of(rc, stat)),
            null));
  }

  Reply<String> create(String path, String text, CreateMode mode) {
    return create(path, text, aclOfNew, mode);
  }

  Reply<String> create(String path, String text, List<ACL> acl, CreateMode mode) {
    return await(answer ->
        handle.create(
            path,
            bytes(text),
            acl,
            mode,
            (int rc, String _, Object _, String name) -> answer.complete(Reply.of(rc, name)),
            null));
  }

  /**
   * Creates what is missing above {@code path}; OK or the first thing that went wrong. What is
   * there is not created again to see whether it is: ZooKeeper asks first whether one might, and
   * who may not create a znode in {@code /} can still be the owner of one.
   */
  Reply<String> createParents(String path) {
    Deque<String> missing = new ArrayDeque<>();
    String parent = NodePath.parent(path);
    while (!parent.isEmpty()) {
      Reply<Stat> present = stat(parent);
      if (present.provesPresence()) {
        break;
      }
      if (!present.isAnswered(Code.NONODE)) {
        return present.withoutValue();
      }
      missing.push(parent);
      parent = NodePath.parent(parent);
    }
    for (String each : missing) {
      Reply<String> reply = create(each, "", CreateMode.PERSISTENT);
      if (!reply.isAnswered(Code.OK) && !reply.isAnswered(Code.NODEEXISTS)) {
        return reply;
      }
    }
    return new Reply.Answer<>(Code.OK, path);
  }

  Reply<Stat> set(String path, String text, int expectedVersion) {
    return await(answer ->
        handle.setData(
            path,
            bytes(text),
            expectedVersion,
            (rc, _, _, stat) -> answer.complete(Reply.of(rc, stat)),
            null));
  }

  Reply<String> delete(String path, int expectedVersion) {
    return await(answer ->
        handle.delete(
            path,
            expectedVersion,
            (rc, deleted, _) -> answer.complete(Reply.of(rc, deleted)),
            null));
  }

  /** A part of a transaction that creates a znode. */
  Op creation(String path, String text, CreateMode mode) {
    return Op.create(path, bytes(text), aclOfNew, mode);
  }

  /** All of it or nothing. When it is refused, the answer holds a result for each part. */
  Reply<List<OpResult>> transaction(List<Op> operations) {
    return await(answer ->
        handle.multi(
            operations, (rc, _, _, results) -> answer.complete(Reply.of(rc, results)), null));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte @Nullable [] data) {
    // A znode can have no value at all.
    return data == null ? "" : new String(data, StandardCharsets.UTF_8);
  }

  private <T> Reply<T> await(Consumer<CompletableFuture<Reply<T>>> send) {
    long leftNanos = deadlineNanos - System.nanoTime();
    if (leftNanos <= 0) {
      return new Reply.NoAnswer<>("no time was left to ask ZooKeeper");
    }
    CompletableFuture<Reply<T>> answer = new CompletableFuture<>();
    send.accept(answer);
    try {
      return answer.get(leftNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Reply.NoAnswer<>(
          "ZooKeeper did not answer within %d ms"
              .formatted(Duration.ofNanos(leftNanos).toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply.NoAnswer<>("interrupted while waiting for ZooKeeper");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a reply is never completed with an exception", e);
    }
  }
}
