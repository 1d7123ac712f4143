package org.mysqlmanager.mysql;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.GtidSet;

/**
 * Copies the wanted transactions, whole and unchanged, out of a sequence of binary log events. The
 * format description of each log they come from is written before the first of them, as the events
 * of one log can have checksums and those of the next none.
 *
 * <p>Confined to one thread.
 */
final class TransactionCopy {
  private final GtidSet wanted;
  private final long wantedCount;
  private final OutputStream out;

  private final GtidSet.Builder copied = new GtidSet.Builder();
  private long copiedCount;
  private boolean sawOthers;

  private byte @Nullable [] description;
  private byte @Nullable [] writtenDescription;
  private boolean checksummed;

  /** The wanted transaction whose events arrive now; none while events are passed over. */
  private @Nullable LoggedGtid current;

  private Extent extent = Extent.EMPTY;

  /** How much of a transaction has been seen. */
  private enum Extent {
    /** Nothing but its identifier. */
    EMPTY,
    /** It began with BEGIN or XA START: it needs an end of its own. */
    OPEN,
    /** It can end here. */
    WHOLE
  }

  TransactionCopy(GtidSet wanted, OutputStream out) {
    this.wanted = wanted;
    this.wantedCount = wanted.count();
    this.out = out;
  }

  /** Takes the next event and copies or passes over it. */
  void accept(BinlogEvent event) throws IOException {
    switch (event.type()) {
      case BinlogEvent.FORMAT_DESCRIPTION -> {
        finishCurrent();
        description = event.bytes();
        checksummed = event.announcesChecksums();
      }
      case BinlogEvent.GTID, BinlogEvent.GTID_TAGGED -> {
        finishCurrent();
        begin(LoggedGtid.of(event), event);
      }
      case BinlogEvent.ANONYMOUS_GTID -> {
        finishCurrent();
        sawOthers = true;
        event.skip();
      }
      default -> {
        if (current == null || event.isHousekeeping()) {
          event.skip();
        } else {
          extent = extentWith(event);
          event.copyTo(out, checksummed);
        }
      }
    }
  }

  /** Whether nothing more needs to be read. */
  boolean hasAll() {
    return copiedCount + (current != null && extent == Extent.WHOLE ? 1 : 0) == wantedCount;
  }

  /**
   * Ends the copy.
   *
   * @return what was copied; never more than was wanted
   * @throws IOException if the last transaction is not whole
   */
  GtidSet finish() throws IOException {
    finishCurrent();
    return copied.build();
  }

  /** Whether there were transactions that were not wanted. */
  boolean sawOthers() {
    return sawOthers;
  }

  private void begin(LoggedGtid gtid, BinlogEvent event) throws IOException {
    if (!wanted.contains(gtid.uuid(), gtid.tag(), gtid.number())) {
      sawOthers = true;
      event.skip();
      return;
    }
    if (description == null) {
      throw new IOException("the binary log has no format description before its transactions");
    }
    if (!Arrays.equals(description, writtenDescription)) {
      out.write(description);
      writtenDescription = description;
    }
    current = gtid;
    extent = Extent.EMPTY;
    event.copyTo(out, checksummed);
  }

  private void finishCurrent() throws IOException {
    if (current == null) {
      return;
    }
    if (extent != Extent.WHOLE) {
      throw new IOException("transaction " + current + " is not whole in the binary log");
    }
    copied.add(current.uuid(), current.tag(), current.number());
    copiedCount++;
    current = null;
  }

  /**
   * A transaction ends with XID, with XA PREPARE, with a statement COMMIT or ROLLBACK (of tables
   * without transactions), with the one event that holds it compressed, or, when it was not opened,
   * with the one statement (DDL) it consists of.
   */
  private Extent extentWith(BinlogEvent event) throws IOException {
    return switch (event.type()) {
      case BinlogEvent.XID,
          BinlogEvent.XA_PREPARE,
          BinlogEvent.TRANSACTION_PAYLOAD,
          BinlogEvent.INCIDENT ->
          Extent.WHOLE;
      case BinlogEvent.QUERY -> {
        String statement = event.statementStart(checksummed);
        yield switch (extent) {
          case EMPTY -> opens(statement) ? Extent.OPEN : Extent.WHOLE;
          case OPEN -> closes(statement) ? Extent.WHOLE : Extent.OPEN;
          case WHOLE -> Extent.WHOLE;
        };
      }
      default -> extent;
    };
  }

  private static boolean opens(String statement) {
    return statement.equals("BEGIN") || statement.startsWith("XA START");
  }

  private static boolean closes(String statement) {
    return statement.equals("COMMIT") || statement.equals("ROLLBACK");
  }
}
