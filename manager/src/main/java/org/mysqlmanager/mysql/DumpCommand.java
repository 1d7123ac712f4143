package org.mysqlmanager.mysql;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.mysqlmanager.model.GtidSet;

/**
 * The command {@code COM_BINLOG_DUMP_GTID}, with tagged transactions, which the library in use does
 * not know.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_binlog_dump_gtid.html">COM_BINLOG_DUMP_GTID</a>
 */
final class DumpCommand {
  private static final byte CODE = 0x1e;

  /** BINLOG_DUMP_NON_BLOCK: the end of the logs is the end of the dump. */
  private static final short END_WITH_THE_LOGS = 1;

  /**
   * What {@code mysqlbinlog} uses: with a server id, the dump threads of a replica with that id
   * would be ended.
   */
  private static final int NO_SERVER_ID = 0;

  /** No file: where to begin follows from the set. The first event of a log is at 4. */
  private static final long FIRST_POSITION = 4;

  private DumpCommand() {}

  /** The command that asks for all transactions but those. */
  static byte[] bytes(GtidSet without) {
    byte[] set = encoded(without);
    return ByteBuffer.allocate(1 + 2 + 4 + 4 + 8 + 4 + set.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(CODE)
        .putShort(END_WITH_THE_LOGS)
        .putInt(NO_SERVER_ID)
        .putInt(0)
        .putLong(FIRST_POSITION)
        .putInt(set.length)
        .put(set)
        .array();
  }

  /**
   * How many origins; for each its UUID, in the tagged form its tag, and its intervals, the end
   * excluded. A set without tags is sent in the form that servers before 8.3 know.
   */
  private static byte[] encoded(GtidSet set) {
    List<List<GtidSet.Range>> origins = byOrigin(set.ranges());
    boolean tagged = origins.stream().anyMatch(ranges -> !ranges.getFirst().tag().isEmpty());
    int length = 8;
    for (List<GtidSet.Range> ranges : origins) {
      length += 16 + (tagged ? 1 + ranges.getFirst().tag().length() : 0) + 8 + 16 * ranges.size();
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    long count = origins.size();
    bytes.putLong(tagged ? 1L << 56 | count << 8 | 1 : count);
    for (List<GtidSet.Range> ranges : origins) {
      GtidSet.Range origin = ranges.getFirst();
      bytes.put(HexFormat.of().parseHex(origin.uuid().replace("-", "")));
      if (tagged) {
        bytes.put((byte) (origin.tag().length() << 1));
        bytes.put(origin.tag().getBytes(StandardCharsets.US_ASCII));
      }
      bytes.putLong(ranges.size());
      ranges.forEach(range -> bytes.putLong(range.first()).putLong(range.last() + 1));
    }
    return bytes.array();
  }

  private static List<List<GtidSet.Range>> byOrigin(List<GtidSet.Range> ranges) {
    List<List<GtidSet.Range>> origins = new ArrayList<>();
    for (GtidSet.Range range : ranges) {
      if (origins.isEmpty() || !isSameOrigin(origins.getLast().getFirst(), range)) {
        origins.add(new ArrayList<>());
      }
      origins.getLast().add(range);
    }
    return origins;
  }

  private static boolean isSameOrigin(GtidSet.Range a, GtidSet.Range b) {
    return a.uuid().equals(b.uuid()) && a.tag().equals(b.tag());
  }
}
