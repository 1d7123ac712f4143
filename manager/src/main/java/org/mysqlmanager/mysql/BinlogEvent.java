package org.mysqlmanager.mysql;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * One event of a binary log, as the bytes that were logged. Only what must be understood to keep
 * transactions whole is looked at; everything else is opaque, so that event types of later servers
 * pass through. The beginning is in memory; a long event's remainder (up to 1 GB) is read from the
 * stream it came from when it is copied, which must be done before the next event is read.
 *
 * <p>Confined to one thread.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html">Binlog
 *     event</a>
 */
final class BinlogEvent {
  static final byte[] MAGIC = {(byte) 0xfe, 'b', 'i', 'n'};

  static final int QUERY = 2;
  static final int FORMAT_DESCRIPTION = 15;
  static final int XID = 16;
  static final int INCIDENT = 26;
  static final int GTID = 33;
  static final int ANONYMOUS_GTID = 34;
  static final int XA_PREPARE = 38;
  static final int TRANSACTION_PAYLOAD = 40;
  static final int GTID_TAGGED = 42;

  private static final int STOP = 3;
  private static final int ROTATE = 4;
  private static final int HEARTBEAT = 27;
  private static final int PREVIOUS_GTIDS = 35;
  private static final int HEARTBEAT_V2 = 41;

  static final int HEADER_BYTES = 19;
  private static final int CHECKSUM_BYTES = 4;

  /** More than the part of a query event before its text: 64 KB of variables, a schema's name. */
  private static final int HEAD_BYTES = 128 * 1024;

  private final byte[] head;
  private final InputStream remainder;
  private long remaining;

  private BinlogEvent(byte[] head, long remaining, InputStream remainder) {
    this.head = head;
    this.remaining = remaining;
    this.remainder = remainder;
  }

  /**
   * The next event, or nothing if the stream ends here.
   *
   * @throws EOFException if the stream ends within the event
   */
  static Optional<BinlogEvent> read(InputStream in) throws IOException {
    byte[] header = in.readNBytes(HEADER_BYTES);
    if (header.length == 0) {
      return Optional.empty();
    }
    if (header.length < HEADER_BYTES) {
      throw new EOFException("the binary log ends within an event's header");
    }
    long length = Integer.toUnsignedLong(littleEndian(header).getInt(9));
    if (length < HEADER_BYTES) {
      throw new IOException("a binary log event claims a length of " + length + " bytes");
    }
    byte[] head = new byte[(int) Math.min(length, HEAD_BYTES)];
    System.arraycopy(header, 0, head, 0, HEADER_BYTES);
    int body = head.length - HEADER_BYTES;
    if (in.readNBytes(head, HEADER_BYTES, body) < body) {
      throw endsWithin();
    }
    return Optional.of(new BinlogEvent(head, length - head.length, in));
  }

  int type() {
    return head[4] & 0xff;
  }

  /** Whether it tells about the log or the connection and belongs to no transaction. */
  boolean isHousekeeping() {
    return switch (type()) {
      case STOP, ROTATE, HEARTBEAT, HEARTBEAT_V2, PREVIOUS_GTIDS -> true;
      default -> false;
    };
  }

  /**
   * Of a format description: whether the events after it end in a CRC32. The algorithm is the byte
   * before the checksum that each format description ends in (since MySQL 5.6.1).
   */
  boolean announcesChecksums() throws IOException {
    byte[] event = bytes();
    return event[event.length - CHECKSUM_BYTES - 1] == 1;
  }

  /** The statement of a query event, cut after 32 bytes. */
  String statementStart(boolean checksummed) throws IOException {
    try {
      ByteBuffer event = littleEndian(head);
      int schemaLength = head[HEADER_BYTES + 8] & 0xff;
      int variablesLength = Short.toUnsignedInt(event.getShort(HEADER_BYTES + 11));
      int start = HEADER_BYTES + 13 + variablesLength + schemaLength + 1;
      long end = head.length + remaining - (checksummed ? CHECKSUM_BYTES : 0);
      byte[] text = new byte[(int) Math.min(32, end - start)];
      event.get(start, text);
      return new String(text, StandardCharsets.UTF_8);
    } catch (IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw new IOException("a query event of the binary log is malformed", e);
    }
  }

  /** All bytes of an event that is known to be small. */
  byte[] bytes() throws IOException {
    if (remaining > 0) {
      throw new IOException("a binary log event of type " + type() + " is unexpectedly large");
    }
    return head;
  }

  /** Passes over the event. */
  void skip() throws IOException {
    copyTo(OutputStream.nullOutputStream(), false);
  }

  /**
   * Writes the event as it was logged.
   *
   * @param checksummed whether it ends in a CRC32, which is then verified
   */
  void copyTo(OutputStream out, boolean checksummed) throws IOException {
    Checksum checksum = new Checksum(head.length + remaining);
    checksum.update(head, head.length);
    out.write(head);
    byte[] buffer = new byte[(int) Math.min(remaining, HEAD_BYTES)];
    while (remaining > 0) {
      int read = remainder.read(buffer, 0, (int) Math.min(remaining, buffer.length));
      if (read < 0) {
        throw endsWithin();
      }
      checksum.update(buffer, read);
      out.write(buffer, 0, read);
      remaining -= read;
    }
    if (checksummed && !checksum.matches()) {
      throw new IOException(
          "the binary log is damaged: the checksum of an event of type " + type() + " is wrong");
    }
  }

  private static EOFException endsWithin() {
    return new EOFException("the binary log ends within an event");
  }

  static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Splits an event that arrives in pieces into what is summed up and the sum at its end. */
  private static final class Checksum {
    private final CRC32 computed = new CRC32();
    private long toSumUp;
    private long logged;
    private int loggedBytes;

    Checksum(long eventLength) {
      toSumUp = eventLength - CHECKSUM_BYTES;
    }

    void update(byte[] bytes, int length) {
      int summed = (int) Math.max(0, Math.min(length, toSumUp));
      computed.update(bytes, 0, summed);
      toSumUp -= summed;
      for (int i = summed; i < length; i++) {
        logged |= (bytes[i] & 0xffL) << (8 * loggedBytes++);
      }
    }

    boolean matches() {
      return loggedBytes == CHECKSUM_BYTES && logged == computed.getValue();
    }
  }
}
