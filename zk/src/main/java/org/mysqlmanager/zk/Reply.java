package org.mysqlmanager.zk;

import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;

/** What came of one request to ZooKeeper. */
sealed interface Reply<T> {

  /**
   * ZooKeeper has answered, so it is known what happened.
   *
   * @param value present when the code is OK; with a failed transaction, the results of its parts
   */
  record Answer<T>(Code code, @Nullable T value) implements Reply<T> {}

  /** No answer came: the request may have been carried out, now or later, or not at all. */
  record NoAnswer<T>(String cause) implements Reply<T> {}

  /** Sorts ZooKeeper's result codes into those that are an answer and those that are not. */
  static <T> Reply<T> of(int resultCode, @Nullable T value) {
    Code code = Code.get(resultCode);
    if (code == null) {
      return new NoAnswer<>("ZooKeeper answered with the unknown code " + resultCode);
    }
    // The few codes that tell about the connection; all others are about the request itself.
    return switch (code) {
      case CONNECTIONLOSS -> new NoAnswer<>("the connection to ZooKeeper was lost");
      case SESSIONEXPIRED -> new NoAnswer<>("the ZooKeeper session has expired");
      case SESSIONMOVED -> new NoAnswer<>("the ZooKeeper session has moved to another server");
      case OPERATIONTIMEOUT, REQUESTTIMEOUT -> new NoAnswer<>("ZooKeeper did not answer in time");
      case AUTHFAILED -> new NoAnswer<>("ZooKeeper refused the authentication");
      default -> new Answer<>(code, value);
    };
  }

  /** The value of an answer that is OK. */
  default @Nullable T valueIfOk() {
    return switch (this) {
      case Answer<T>(Code code, @Nullable T value) when code == Code.OK -> value;
      case Answer<T> _, NoAnswer<T> _ -> null;
    };
  }

  /** The same without its value, where something else was asked for. */
  default <U> Reply<U> withoutValue() {
    return switch (this) {
      case Answer<T>(Code code, @Nullable T _) -> new Answer<>(code, null);
      case NoAnswer<T>(String cause) -> new NoAnswer<>(cause);
    };
  }

  /**
   * Whether a question about one znode was answered in a way that proves that it is there. Newer
   * servers tell those who may not read it no more than that.
   */
  default boolean provesPresence() {
    return isAnswered(Code.OK) || isAnswered(Code.NOAUTH);
  }

  /** Whether it was answered with this code. */
  default boolean isAnswered(Code expected) {
    return switch (this) {
      case Answer<T>(Code code, @Nullable T _) -> code == expected;
      case NoAnswer<T> _ -> false;
    };
  }

  /** In words, for a log line or a result. */
  default String words() {
    return switch (this) {
      case Answer<T>(Code code, @Nullable T _) -> "ZooKeeper answered " + code;
      case NoAnswer<T>(String cause) -> cause;
    };
  }
}
