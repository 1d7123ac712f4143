package org.mysqlmanager.mysql;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The identifier of a transaction as its first event in the binary log carries it.
 *
 * @param tag empty for none
 */
record LoggedGtid(String uuid, String tag, long number) {

  /** Reads an event of type {@link BinlogEvent#GTID} or {@link BinlogEvent#GTID_TAGGED}. */
  static LoggedGtid of(BinlogEvent event) throws IOException {
    ByteBuffer body = BinlogEvent.littleEndian(event.bytes()).position(BinlogEvent.HEADER_BYTES);
    try {
      return event.type() == BinlogEvent.GTID_TAGGED ? tagged(body) : untagged(body);
    } catch (BufferUnderflowException e) {
      throw new IOException("a GTID event of the binary log is too short", e);
    }
  }

  @Override
  public String toString() {
    return uuid + (tag.isEmpty() ? "" : ":" + tag) + ":" + number;
  }

  /** One byte of flags, 16 of UUID, 8 of number. */
  private static LoggedGtid untagged(ByteBuffer body) {
    body.get();
    byte[] uuid = new byte[16];
    body.get(uuid);
    return new LoggedGtid(hyphenated(uuid), "", body.getLong());
  }

  /**
   * MySQL 8.3's self-describing message: its version, its size, the last field that a reader must
   * know, then each field after its number: 0 flags, 1 UUID (each byte an integer of its own), 2
   * number (signed), 3 tag.
   *
   * @see <a
   *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/PageLibsMysqlSerialization.html">MySQL's
   *     serialization library</a>
   */
  private static LoggedGtid tagged(ByteBuffer body) throws IOException {
    readInteger(body);
    readInteger(body);
    readInteger(body);
    requireField(0, body);
    readInteger(body);
    requireField(1, body);
    byte[] uuid = new byte[16];
    for (int i = 0; i < uuid.length; i++) {
      uuid[i] = (byte) readInteger(body);
    }
    requireField(2, body);
    long number = readInteger(body) >>> 1; // The lowest bit is the sign; numbers are positive.
    requireField(3, body);
    byte[] tag = new byte[(int) Math.min(readInteger(body) & Integer.MAX_VALUE, body.remaining())];
    body.get(tag);
    return new LoggedGtid(hyphenated(uuid), new String(tag, StandardCharsets.US_ASCII), number);
  }

  private static void requireField(int expected, ByteBuffer body) throws IOException {
    long found = readInteger(body);
    if (found != expected) {
      throw new IOException(
          "a tagged GTID event of the binary log has field "
              + found
              + " where "
              + expected
              + " was expected");
    }
  }

  /** As many one bits at the end of the first byte as bytes follow it; the value is above them. */
  private static long readInteger(ByteBuffer body) {
    int first = body.get() & 0xff;
    int more = Integer.numberOfTrailingZeros(~first);
    long value = more == 8 ? 0 : first >>> (more + 1);
    int shift = more == 8 ? 0 : 7 - more;
    for (int i = 0; i < more; i++) {
      value |= (body.get() & 0xffL) << (shift + 8 * i);
    }
    return value;
  }

  private static String hyphenated(byte[] uuid) {
    ByteBuffer bytes = ByteBuffer.wrap(uuid);
    return new UUID(bytes.getLong(), bytes.getLong()).toString();
  }
}
