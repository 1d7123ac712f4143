package org.mysqlmanager.proxysql;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ServerId;

/**
 * Just enough of a MySQL server for ProxySQL: lets everybody in, answers each SELECT with its own
 * name, everything else with OK, and knows whether a session is in a transaction.
 */
final class PretendMySql implements AutoCloseable {
  private static final int IN_TRANSACTION = 1;
  private static final int AUTOCOMMIT = 2;
  private static final int CAPABILITIES = 0x1 | 0x4 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x80000;

  final ServerId id;
  private final ServerSocket listener;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final Queue<String> statements = new ConcurrentLinkedQueue<>();

  private volatile boolean hanging;

  PretendMySql(String id) {
    this.id = new ServerId(id);
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Thread.ofPlatform().daemon().start(this::accept);
  }

  Endpoint endpoint() {
    return new Endpoint("127.0.0.1", listener.getLocalPort());
  }

  /** What clients have asked of it. */
  List<String> statements() {
    return List.copyOf(statements);
  }

  /** From now on it takes what it is sent and answers nothing, as a frozen server. */
  void hang() {
    hanging = true;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        // Being closed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      Writer out = new Writer(socket.getOutputStream());
      out.greeting();
      out.sequence = readPacket(in).sequence() + 1;
      out.ok(AUTOCOMMIT);
      int status = AUTOCOMMIT;
      while (true) {
        Packet packet = readPacket(in);
        out.sequence = packet.sequence() + 1;
        int command = packet.payload()[0];
        if (hanging) {
          continue;
        }
        if (command == 1) {
          return;
        }
        String text =
            new String(packet.payload(), 1, packet.payload().length - 1, StandardCharsets.UTF_8);
        String upper = text.toUpperCase(Locale.ROOT);
        if (command == 3) {
          statements.add(text);
        }
        if (upper.startsWith("BEGIN")) {
          status |= IN_TRANSACTION;
        } else if (upper.startsWith("COMMIT") || upper.startsWith("ROLLBACK")) {
          status &= ~IN_TRANSACTION;
        }
        if (upper.contains("RUNTIME_")) {
          out.error("Table '" + text + "' doesn't exist");
        } else if (command == 3 && upper.startsWith("SELECT")) {
          out.row(id.value(), status);
        } else {
          out.ok(status);
        }
      }
    } catch (IOException _) {
      // The client went away.
    }
  }

  private record Packet(int sequence, byte[] payload) {}

  private static Packet readPacket(DataInputStream in) throws IOException {
    int length = in.readUnsignedByte() | in.readUnsignedByte() << 8 | in.readUnsignedByte() << 16;
    int sequence = in.readUnsignedByte();
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Packet(sequence, payload);
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException _) {
      // It is closed either way.
    }
  }

  private static final class Writer {
    private final OutputStream out;
    private int sequence;

    Writer(OutputStream out) {
      this.out = out;
    }

    void greeting() throws IOException {
      ByteArrayOutputStream p = new ByteArrayOutputStream();
      p.write(10);
      p.writeBytes("8.0.40\0".getBytes(StandardCharsets.US_ASCII));
      number(p, 7, 4);
      p.writeBytes("12345678\0".getBytes(StandardCharsets.US_ASCII));
      number(p, CAPABILITIES & 0xffff, 2);
      p.write(45);
      number(p, AUTOCOMMIT, 2);
      number(p, CAPABILITIES >> 16, 2);
      p.write(21);
      p.writeBytes(new byte[10]);
      p.writeBytes("123456789012\0".getBytes(StandardCharsets.US_ASCII));
      p.writeBytes("mysql_native_password\0".getBytes(StandardCharsets.US_ASCII));
      send(p);
    }

    void ok(int status) throws IOException {
      ByteArrayOutputStream p = new ByteArrayOutputStream();
      p.writeBytes(new byte[] {0, 0, 0});
      number(p, status, 2);
      number(p, 0, 2);
      send(p);
    }

    void error(String message) throws IOException {
      ByteArrayOutputStream p = new ByteArrayOutputStream();
      p.write(0xff);
      number(p, 1146, 2);
      p.writeBytes(("#42S02" + message).getBytes(StandardCharsets.US_ASCII));
      send(p);
    }

    void row(String value, int status) throws IOException {
      ByteArrayOutputStream p = new ByteArrayOutputStream();
      p.write(1);
      send(p);
      p = new ByteArrayOutputStream();
      for (String text : List.of("def", "", "", "", "server", "server")) {
        text(p, text);
      }
      p.write(12);
      number(p, 45, 2);
      number(p, 1024, 4);
      p.write(0xfd);
      number(p, 0, 2);
      p.write(0);
      number(p, 0, 2);
      send(p);
      end(status);
      p = new ByteArrayOutputStream();
      text(p, value);
      send(p);
      end(status);
    }

    private void end(int status) throws IOException {
      ByteArrayOutputStream p = new ByteArrayOutputStream();
      p.write(0xfe);
      number(p, 0, 2);
      number(p, status, 2);
      send(p);
    }

    private static void text(ByteArrayOutputStream p, String text) {
      p.write(text.length());
      p.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void number(ByteArrayOutputStream p, int value, int size) {
      for (int i = 0; i < size; i++) {
        p.write(value >> 8 * i);
      }
    }

    private void send(ByteArrayOutputStream payload) throws IOException {
      ByteArrayOutputStream packet = new ByteArrayOutputStream();
      number(packet, payload.size(), 3);
      packet.write(sequence++);
      packet.writeBytes(payload.toByteArray());
      out.write(packet.toByteArray());
      out.flush();
    }
  }
}
