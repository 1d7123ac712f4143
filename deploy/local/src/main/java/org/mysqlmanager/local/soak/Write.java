package org.mysqlmanager.local.soak;

import java.time.Instant;

/**
 * One insert of a client, as the client knows it.
 *
 * @param id of the row, unique
 * @param begun before it was sent
 * @param ended after its outcome was known, or given up
 */
record Write(long id, Instant begun, Instant ended, Outcome outcome) {
  /** What a client knows, in the words of Jepsen. */
  enum Outcome {
    /** Acknowledged: it must never be lost without a record. */
    OK,
    /** Refused: it has not happened. */
    FAIL,
    /** The connection broke: it may have happened or not. */
    INFO
  }
}
