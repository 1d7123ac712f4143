package org.mysqlmanager.mysql;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The events that a server sends, each in a packet of its own, or in several when it is longer than
 * a packet can be (16 MB). Confined to one thread.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication.html">Replication
 *     protocol</a>
 */
final class BinlogDump {
  private static final int LONGEST_PACKET = 0xff_ffff;

  private final InputStream in;
  private @Nullable Payload last;

  BinlogDump(InputStream in) {
    this.in = new BufferedInputStream(in, 128 * 1024);
  }

  /**
   * The next event; nothing at the end of the logs.
   *
   * @throws java.net.SocketTimeoutException if the server sends nothing for too long
   */
  Optional<BinlogEvent> next() throws IOException {
    if (last != null) {
      last.requireRead();
    }
    int length = packetLength();
    in.mark(1);
    if (in.read() != 0) {
      in.reset();
      byte[] packet = in.readNBytes(length);
      BinlogConnection.refuseError(packet);
      if (BinlogConnection.isEnd(packet)) {
        return Optional.empty();
      }
      throw new IOException("the server sent neither an event nor an end while dumping its logs");
    }
    last = new Payload(length);
    return BinlogEvent.read(last);
  }

  private int packetLength() throws IOException {
    byte[] header = in.readNBytes(4);
    if (header.length < 4) {
      throw new EOFException("the server closed the connection while dumping its binary logs");
    }
    return (header[0] & 0xff) | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16;
  }

  /** One event's bytes, across the packets that hold them; the status byte is read already. */
  private final class Payload extends InputStream {
    private int left;
    private boolean continues;

    Payload(int packetLength) {
      left = packetLength - 1;
      continues = packetLength == LONGEST_PACKET;
    }

    /** Also takes the empty packet that follows an event which fills its packets exactly. */
    void requireRead() throws IOException {
      if (read() >= 0) {
        throw new IOException("the server sent more than one event in a packet");
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (left == 0) {
        if (!continues) {
          return -1;
        }
        left = packetLength();
        continues = left == LONGEST_PACKET;
      }
      int read = in.read(bytes, offset, Math.min(left, length));
      if (read > 0) {
        left -= read;
      }
      return read;
    }
  }
}
