package org.mysqlmanager.proxysql;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Printable;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.net.Dialer;
import org.mysqlmanager.net.TlsClient;
import org.mysqlmanager.net.TlsRefused;
import org.mysqlmanager.proxysql.AdminFailure.Statement;

/**
 * A session with ProxySQL's admin interface: log in, send a statement, read its rows. After any
 * failure that is not ProxySQL's own "no" the session is out of step and must be closed.
 */
final class AdminSession implements AutoCloseable {
  private static final int LONG_PASSWORD = 0x1;
  private static final int PROTOCOL_41 = 0x200;
  private static final int TLS = 0x800;
  private static final int TRANSACTIONS = 0x2000;
  private static final int SECURE_CONNECTION = 0x8000;
  private static final int PLUGIN_AUTH = 0x80000;
  private static final int UTF8MB4 = 45;
  private static final int NONCE_LENGTH = 20;
  private static final int MOST_ROWS = 100_000;

  private static final int OK = 0x00;
  private static final int MORE = 0x01;
  private static final int END = 0xfe;
  private static final int ERROR = 0xff;
  private static final byte COM_QUERY = 3;

  private final String named;
  private final PacketChannel channel;
  private boolean usable = true;

  private AdminSession(String named, PacketChannel channel) {
    this.named = named;
    this.channel = channel;
  }

  /** "proxy p1 (ProxySQL at host:port)", as each sentence begins. */
  static String named(ProxySpec proxy) {
    return "proxy " + proxy.name() + " (ProxySQL at " + proxy.adminEndpoint() + ")";
  }

  static AdminSession open(ProxySpec proxy, Account admin, Dialer dialer, Deadline deadline)
      throws AdminFailure {
    String named = named(proxy);
    Socket socket;
    try {
      socket =
          dialer.connect(
              proxy.host(),
              proxy.adminPort(),
              "ProxySQL running, with its admin-mysql_ifaces on this port",
              deadline);
    } catch (Dialer.CannotConnect e) {
      throw new AdminFailure(named + ": " + e.getMessage(), Statement.NOT_CARRIED_OUT);
    }
    AdminSession session = new AdminSession(named, new PacketChannel(socket));
    try {
      session.logIn(proxy, admin, deadline);
      return session;
    } catch (IOException e) {
      session.close();
      throw new AdminFailure(
          named + ": " + session.problem(e, "logging in"), Statement.NOT_CARRIED_OUT);
    } catch (AdminFailure e) {
      session.close();
      throw e;
    }
  }

  /** Whether the session can still be used, as far as is known without asking. */
  boolean isUsable() {
    return usable;
  }

  /** Sends one statement and reads the rows of its answer, if it has any. */
  List<Row> run(String sql, Deadline deadline) throws AdminFailure {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    byte[] command = new byte[text.length + 1];
    command[0] = COM_QUERY;
    System.arraycopy(text, 0, command, 1, text.length);
    try {
      channel.writeCommand(command);
      return readResult(deadline);
    } catch (IOException e) {
      usable = false;
      throw new AdminFailure(
          named + ": " + problem(e, "an admin command"), Statement.PERHAPS_CARRIED_OUT);
    }
  }

  @Override
  public void close() {
    usable = false;
    channel.close();
  }

  private String problem(IOException e, String doing) {
    if (e instanceof SocketTimeoutException) {
      return "no answer in time to " + doing + ": is the process frozen or overloaded?";
    }
    if (e instanceof TlsRefused) {
      return String.valueOf(e.getMessage());
    }
    return "the connection failed at "
        + doing
        + " ("
        + e.getMessage()
        + "): is this ProxySQL's admin port?";
  }

  private void logIn(ProxySpec proxy, Account admin, Deadline deadline)
      throws IOException, AdminFailure {
    byte[] packet = channel.read(deadline);
    throwIfError(packet, "refused the connection");
    Greeting greeting = Greeting.parse(packet);
    int capabilities = LONG_PASSWORD | PROTOCOL_41 | TRANSACTIONS | SECURE_CONNECTION | PLUGIN_AUTH;
    if (isToBeEncrypted(proxy.tls().mode(), (greeting.capabilities & TLS) != 0)) {
      capabilities |= TLS;
      channel.write(clientHeader(capabilities).toByteArray());
      channel.encrypt(
          TlsClient.of(proxy.tls().mode(), proxy.tls().caFile()), proxy.host(), deadline);
    }
    Authentication method = Authentication.of(greeting.plugin);
    byte[] proof = method.proof(admin.password(), greeting.nonce);
    ByteArrayOutputStream response = clientHeader(capabilities);
    response.writeBytes(zeroTerminated(admin.user()));
    response.write(proof.length);
    response.writeBytes(proof);
    response.writeBytes(zeroTerminated(method.plugin()));
    channel.write(response.toByteArray());
    finishLogIn(admin, deadline);
  }

  private static boolean isToBeEncrypted(TlsMode mode, boolean offered) throws TlsRefused {
    if (mode.isMandatory() && !offered) {
      throw TlsRefused.notOffered(
          mode, "set mysql-have_ssl to true in ProxySQL, or tls.mode of this proxy to preferred");
    }
    return offered && mode != TlsMode.DISABLED;
  }

  private void finishLogIn(Account admin, Deadline deadline) throws IOException, AdminFailure {
    // A change of method, and one more exchange for it, is all that the protocol allows here.
    for (int exchange = 0; exchange < 4; exchange++) {
      PayloadReader packet = new PayloadReader(channel.read(deadline));
      switch ((int) packet.number(1)) {
        case OK -> {
          return;
        }
        case ERROR ->
            throw new AdminFailure(
                "%s: login as '%s' was refused (%s): correct the account for its admin interface (admin-admin_credentials)"
                    .formatted(named, admin.user(), errorText(packet)),
                Statement.NOT_CARRIED_OUT);
        case END -> {
          Authentication method = Authentication.of(text(packet.untilZero()));
          byte[] nonce = Arrays.copyOf(packet.rest(), NONCE_LENGTH);
          channel.write(method.proof(admin.password(), nonce));
        }
        case MORE -> {
          if (packet.number(1) == 4) {
            sendPassword(admin);
          }
        }
        default -> throw new IOException("an unknown packet");
      }
    }
    throw new IOException("no end of the login");
  }

  /** caching_sha2_password with nothing in the server's cache. */
  private void sendPassword(Account admin) throws IOException, AdminFailure {
    if (!channel.isEncrypted()) {
      throw new AdminFailure(
          named
              + ": it wants the admin password itself, and there is no TLS: set mysql-have_ssl in ProxySQL, and tls.mode of this proxy to anything but disabled",
          Statement.NOT_CARRIED_OUT);
    }
    channel.write(zeroTerminated(admin.password()));
  }

  private List<Row> readResult(Deadline deadline) throws IOException, AdminFailure {
    byte[] first = channel.read(deadline);
    throwIfError(first, "said no");
    if (first.length > 0 && first[0] == OK) {
      return List.of();
    }
    long count = new PayloadReader(first).lengthEncoded();
    if (count < 1 || count > 4096) {
      throw new IOException("a result of " + count + " columns");
    }
    List<String> columns = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      PayloadReader definition = new PayloadReader(channel.read(deadline));
      for (int ignored = 0; ignored < 4; ignored++) {
        definition.lengthEncodedText(); // catalog, schema, table, original table
      }
      columns.add(nonNull(definition.lengthEncodedText()));
    }
    channel.read(deadline); // the end of the definitions
    List<Row> rows = new ArrayList<>();
    while (true) {
      byte[] packet = channel.read(deadline);
      throwIfError(packet, "said no");
      if (packet.length > 0 && packet.length < 9 && (packet[0] & 0xff) == END) {
        return rows;
      }
      if (rows.size() == MOST_ROWS) {
        throw new IOException("a result of more than " + MOST_ROWS + " rows");
      }
      PayloadReader values = new PayloadReader(packet);
      Map<String, String> row = new HashMap<>();
      for (String column : columns) {
        row.put(column, nonNull(values.lengthEncodedText()));
      }
      rows.add(new Row(row));
    }
  }

  private void throwIfError(byte[] packet, String what) throws IOException, AdminFailure {
    if (packet.length > 0 && (packet[0] & 0xff) == ERROR) {
      PayloadReader reader = new PayloadReader(packet);
      reader.skip(1);
      throw new AdminFailure(
          "%s %s: %s".formatted(named, what, errorText(reader)), Statement.NOT_CARRIED_OUT);
    }
  }

  private static String errorText(PayloadReader error) throws IOException {
    error.skip(2);
    String text = text(error.rest());
    return Printable.line(text.startsWith("#") && text.length() > 6 ? text.substring(6) : text);
  }

  private static ByteArrayOutputStream clientHeader(int capabilities) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    for (int shift = 0; shift < 32; shift += 8) {
      header.write(capabilities >> shift);
    }
    header.writeBytes(new byte[] {0, 0, 0, 1});
    header.write(UTF8MB4);
    header.writeBytes(new byte[23]);
    return header;
  }

  private static byte[] zeroTerminated(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String nonNull(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** What a server says first. */
  private static final class Greeting {
    private static final int PROTOCOL_VERSION = 10;

    private final int capabilities;
    private final byte[] nonce;
    private final String plugin;

    private Greeting(int capabilities, byte[] nonce, String plugin) {
      this.capabilities = capabilities;
      this.nonce = nonce;
      this.plugin = plugin;
    }

    static Greeting parse(byte[] payload) throws IOException {
      PayloadReader reader = new PayloadReader(payload);
      if (reader.number(1) != PROTOCOL_VERSION) {
        throw new IOException("not MySQL's protocol");
      }
      reader.untilZero(); // version
      reader.skip(4); // thread
      byte[] start = reader.take(8);
      reader.skip(1);
      long low = reader.number(2);
      reader.skip(3); // character set, status
      long high = reader.number(2);
      reader.skip(11); // length of the nonce, reserved
      byte[] end = reader.take(NONCE_LENGTH - 8);
      reader.skip(1);
      byte[] nonce = Arrays.copyOf(start, NONCE_LENGTH);
      System.arraycopy(end, 0, nonce, 8, end.length);
      String plugin = reader.left() > 0 ? text(reader.untilZero()) : "";
      return new Greeting((int) (low | high << 16), nonce, plugin);
    }
  }
}
