package org.mysqlmanager.zk;

/** What came of {@link FencedStore#createIfAbsent}. */
public sealed interface CreateResult {

  /** It was not there, and is now. */
  record Created() implements CreateResult {}

  /** It was there already and was left as it is. */
  record Existed() implements CreateResult {}

  /**
   * It was certainly not created.
   *
   * @param reason in words
   */
  record Refused(String reason) implements CreateResult {}

  /**
   * ZooKeeper did not say: it may have been created, now or later, or not. To ask again does no
   * harm.
   *
   * @param cause in words
   */
  record Unavailable(String cause) implements CreateResult {}
}
