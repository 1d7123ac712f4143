package org.mysqlmanager.mysql;

import com.github.shyiko.mysql.binlog.network.Authenticator;
import com.github.shyiko.mysql.binlog.network.ClientCapabilities;
import com.github.shyiko.mysql.binlog.network.ServerException;
import com.github.shyiko.mysql.binlog.network.protocol.ErrorPacket;
import com.github.shyiko.mysql.binlog.network.protocol.GreetingPacket;
import com.github.shyiko.mysql.binlog.network.protocol.PacketChannel;
import com.github.shyiko.mysql.binlog.network.protocol.ResultSetRowPacket;
import com.github.shyiko.mysql.binlog.network.protocol.command.ByteArrayCommand;
import com.github.shyiko.mysql.binlog.network.protocol.command.Command;
import com.github.shyiko.mysql.binlog.network.protocol.command.QueryCommand;
import com.github.shyiko.mysql.binlog.network.protocol.command.SSLRequestCommand;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.net.TlsClient;
import org.mysqlmanager.net.TlsRefused;

/**
 * A connection over which a server sends its binary logs, which JDBC has no words for. Uses TLS as
 * all others do.
 *
 * <p>Confined to one thread. Whatever the server or the network does is an {@link IOException};
 * what the server itself refuses is a {@link ServerException}. No message holds a password.
 */
final class BinlogConnection implements AutoCloseable {
  private static final int OK = 0x00;
  private static final int END = 0xfe;
  private static final int ERROR = 0xff;

  /** An end packet is shorter than this; a row that begins with the same byte is longer. */
  private static final int END_BYTES = 9;

  /** The number of {@code utf8mb4_general_ci}, which every version knows. */
  private static final byte UTF8MB4_GENERAL_CI = 45;

  /** Between version and collation: session, first half of the challenge, zero, capabilities. */
  private static final int BEFORE_COLLATION = 4 + 8 + 1 + 2;

  private final Socket socket;
  private final PacketChannel channel;

  private BinlogConnection(Socket socket, PacketChannel channel) {
    this.socket = socket;
    this.channel = channel;
  }

  /** Connects and logs in; each wait for the server is bounded by the connect timeout. */
  static BinlogConnection open(
      Endpoint server, MySqlTls tls, Account account, MySqlTimeouts timeouts) throws IOException {
    int connectMillis = Math.toIntExact(timeouts.connect().toMillis());
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(server.host(), server.port()), connectMillis);
      socket.setSoTimeout(connectMillis);
      PacketChannel channel = new PacketChannel(socket);
      logIn(channel, server, tls, account);
      socket.setSoTimeout(Math.toIntExact(timeouts.command().toMillis()));
      return new BinlogConnection(socket, channel);
    } catch (IOException e) {
      socket.close();
      throw e;
    } catch (RuntimeException e) {
      socket.close();
      throw unexpected(e);
    }
  }

  private static void logIn(PacketChannel channel, Endpoint server, MySqlTls tls, Account account)
      throws IOException {
    byte[] greetingBytes = channel.read();
    refuseError(greetingBytes);
    GreetingPacket greeting = new GreetingPacket(inUtf8(greetingBytes));
    boolean offered = (greeting.getServerCapabilities() & ClientCapabilities.SSL) != 0;
    boolean encrypt =
        switch (tls.mode()) {
          case DISABLED -> false;
          case PREFERRED -> offered;
          case REQUIRED, VERIFY_CA, VERIFY_IDENTITY -> true;
        };
    if (encrypt && !offered) {
      throw TlsRefused.notOffered(tls.mode(), Connections.ENABLE_TLS);
    }
    if (encrypt) {
      SSLRequestCommand request = new SSLRequestCommand();
      request.setCollation(greeting.getServerCollation());
      channel.write(request);
      encrypt(channel, server, TlsClient.of(tls.mode(), tls.caFile()));
    }
    new Authenticator(greeting, channel, null, account.user(), account.password()).authenticate();
    channel.authenticationComplete();
  }

  /**
   * That greeting with another default collation. The library logs in with the server's default,
   * but sends the user's name in UTF-8: in the name of a server's {@code latin1} it would be
   * another's.
   */
  static byte[] inUtf8(byte[] greeting) {
    int end = 1; // behind the protocol's version, in the server's
    while (greeting[end] != 0) {
      end++;
    }
    byte[] changed = greeting.clone();
    changed[end + 1 + BEFORE_COLLATION] = UTF8MB4_GENERAL_CI;
    return changed;
  }

  /** Carries out a statement and gives the rows, if it has any; no value may be NULL. */
  List<List<String>> query(String sql) throws IOException {
    try {
      channel.write(new QueryCommand(sql));
      byte[] answer = channel.read();
      refuseError(answer);
      List<List<String>> rows = new ArrayList<>();
      if (answer[0] == OK) {
        return rows;
      }
      byte[] column = channel.read();
      while (!isEnd(column)) {
        column = channel.read();
      }
      byte[] row = channel.read();
      while (!isEnd(row)) {
        refuseError(row);
        rows.add(List.of(new ResultSetRowPacket(row).getValues()));
        row = channel.read();
      }
      return rows;
    } catch (RuntimeException e) {
      throw unexpected(e);
    }
  }

  /**
   * Asks for all transactions in the binary logs but those, to the end of the logs. Nothing else
   * can be asked of this connection afterwards.
   */
  BinlogDump dump(GtidSet without) throws IOException {
    channel.write(command(DumpCommand.bytes(without)));
    return new BinlogDump(channel.getInputStream());
  }

  @Override
  public void close() throws IOException {
    // Not the channel's own close: it would wait for a TLS goodbye on a server that may hang.
    socket.close();
  }

  static void refuseError(byte[] packet) throws IOException {
    if (packet.length > 0 && (packet[0] & 0xff) == ERROR) {
      ErrorPacket error = new ErrorPacket(Arrays.copyOfRange(packet, 1, packet.length));
      throw new ServerException(error.getErrorMessage(), error.getErrorCode(), error.getSqlState());
    }
  }

  static boolean isEnd(byte[] packet) {
    return packet.length < END_BYTES && packet.length > 0 && (packet[0] & 0xff) == END;
  }

  private static Command command(byte[] bytes) {
    return new ByteArrayCommand(bytes);
  }

  private static IOException unexpected(RuntimeException e) {
    return new IOException("unexpected answer (" + e.getClass().getSimpleName() + ")", e);
  }

  private static void encrypt(PacketChannel channel, Endpoint server, TlsClient tls)
      throws IOException {
    try {
      channel.upgradeToSSL(plain -> encrypted(plain, server, tls), null);
    } catch (IOException e) {
      throw tls.refusal(e);
    }
  }

  /** The channel lets only one kind of error through. */
  private static SSLSocket encrypted(Socket plain, Endpoint server, TlsClient tls)
      throws SocketException {
    try {
      return tls.over(plain, server.host(), server.port());
    } catch (IOException e) {
      throw new SocketException("TLS cannot be set up", e);
    }
  }
}
