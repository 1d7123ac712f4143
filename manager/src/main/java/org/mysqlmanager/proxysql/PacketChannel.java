package org.mysqlmanager.proxysql;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.net.TlsClient;

/**
 * MySQL's packets on a socket: three bytes of length, one that counts, and the payload.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html">MySQL
 *     packets</a>
 */
final class PacketChannel implements AutoCloseable {
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private final Socket plain;
  private Socket socket;
  private boolean encrypted;
  private int sequence;

  PacketChannel(Socket socket) {
    this.plain = socket;
    this.socket = socket;
  }

  boolean isEncrypted() {
    return encrypted;
  }

  /** The next packet's payload. A frozen peer costs no more than what is left of the deadline. */
  byte[] read(Deadline deadline) throws IOException {
    byte[] header = readFully(4, deadline);
    int length = (header[0] & 0xff) | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16;
    if (length > MOST_BYTES) {
      throw new IOException("a packet of " + length + " bytes");
    }
    sequence = (header[3] & 0xff) + 1;
    return readFully(length, deadline);
  }

  /** Writes the payload as the answer to what was read last. */
  void write(byte[] payload) throws IOException {
    byte[] packet = new byte[payload.length + 4];
    packet[0] = (byte) payload.length;
    packet[1] = (byte) (payload.length >> 8);
    packet[2] = (byte) (payload.length >> 16);
    packet[3] = (byte) sequence;
    sequence++;
    System.arraycopy(payload, 0, packet, 4, payload.length);
    socket.getOutputStream().write(packet);
    socket.getOutputStream().flush();
  }

  /** Writes the payload as the beginning of a command. */
  void writeCommand(byte[] payload) throws IOException {
    sequence = 0;
    write(payload);
  }

  /** Goes on encrypted. */
  void encrypt(TlsClient tls, String host, Deadline deadline) throws IOException {
    socket = tls.handshake(plain, host, plain.getPort(), deadline);
    encrypted = true;
  }

  private byte[] readFully(int length, Deadline deadline) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] bytes = new byte[length];
    int position = 0;
    while (position < length) {
      if (deadline.hasPassed()) {
        throw new SocketTimeoutException();
      }
      socket.setSoTimeout(deadline.remainingMillis());
      int count = in.read(bytes, position, length - position);
      if (count < 0) {
        throw new EOFException("it closed the connection");
      }
      position += count;
    }
    return bytes;
  }

  /** Closes the socket itself: TLS's farewell could block on a frozen peer. */
  @Override
  public void close() {
    try {
      plain.close();
    } catch (IOException _) {
      // It is gone either way.
    }
  }
}
