package org.mysqlmanager.haproxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.mysqlmanager.haproxy.NotAnswering.Command;
import org.mysqlmanager.model.Printable;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.net.AddressBook;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.net.Dialer;
import org.mysqlmanager.net.TlsClient;
import org.mysqlmanager.net.TlsRefused;

/**
 * The text protocol of HAProxy's stats socket: a connection for each line of commands, which
 * HAProxy closes behind its answer. A frozen HAProxy still accepts connections (its kernel does),
 * so every read has the rest of the deadline and no more.
 *
 * <p>The stats socket takes the option {@code ssl crt} and speaks in clear all the same (seen with
 * 2.6), so TLS is that of a frontend before it. Thread-safe.
 */
final class RuntimeApi {
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private final ProxySpec proxy;
  private final Dialer dialer;

  RuntimeApi(ProxySpec proxy, AddressBook addresses) {
    this.proxy = proxy;
    this.dialer = new Dialer(addresses);
  }

  /** Sends one line, of one command or several between semicolons; returns all of the answer. */
  String ask(String line, Deadline deadline) throws NotAnswering {
    if (line.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a command is one line: " + Printable.quoted(line));
    }
    String expected =
        "HAProxy running, with 'stats socket ipv4@…:%d level admin'".formatted(proxy.adminPort());
    // Closing this one, and not what encrypts it, says no farewell that a frozen peer could delay.
    try (Socket plain = dialer.connect(proxy.host(), proxy.adminPort(), expected, deadline)) {
      return converse(encrypted(plain, deadline), line, deadline);
    } catch (Dialer.CannotConnect e) {
      throw new NotAnswering(named() + ": " + e.getMessage(), Command.NOT_SENT);
    } catch (IOException e) {
      // Only closing the socket can bring us here, and by then the answer had been read.
      throw new NotAnswering(named() + ": " + e.getMessage(), Command.PERHAPS_CARRIED_OUT);
    }
  }

  private Socket encrypted(Socket plain, Deadline deadline) throws NotAnswering {
    TlsMode mode = proxy.tls().mode();
    if (mode == TlsMode.DISABLED) {
      return plain;
    }
    try {
      return TlsClient.of(mode, proxy.tls().caFile())
          .handshake(plain, proxy.host(), proxy.adminPort(), deadline);
    } catch (TlsRefused e) {
      throw new NotAnswering(named() + ": " + e.getMessage(), Command.NOT_SENT);
    } catch (SocketTimeoutException _) {
      throw new NotAnswering(
          named()
              + ": connected, but no TLS in time: is the process frozen, or is this its stats socket, which speaks none (put a frontend with 'ssl crt' before it, or set tls.mode of this proxy to disabled)?",
          Command.NOT_SENT);
    } catch (IOException e) {
      throw new NotAnswering(
          named()
              + ": the connection broke before there was TLS ("
              + e.getMessage()
              + "): is there a frontend with 'ssl crt' before its stats socket?",
          Command.NOT_SENT);
    }
  }

  /** "proxy p1 (HAProxy at host:port)", as each sentence begins. */
  String named() {
    return "proxy " + proxy.name() + " (HAProxy at " + proxy.adminEndpoint() + ")";
  }

  private String converse(Socket socket, String line, Deadline deadline) throws NotAnswering {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      while (true) {
        if (deadline.hasPassed()) {
          throw new SocketTimeoutException();
        }
        socket.setSoTimeout(deadline.remainingMillis());
        int length = in.read(buffer);
        if (length < 0) {
          return answer.toString(StandardCharsets.UTF_8);
        }
        answer.write(buffer, 0, length);
        if (answer.size() > MOST_BYTES) {
          throw new NotAnswering(
              named() + ": the answer is longer than " + MOST_BYTES + " bytes: check admin_port",
              Command.PERHAPS_CARRIED_OUT);
        }
      }
    } catch (SocketTimeoutException _) {
      throw new NotAnswering(
          named() + ": connected, but no answer in time: is the process frozen or overloaded?",
          Command.PERHAPS_CARRIED_OUT);
    } catch (IOException e) {
      throw new NotAnswering(
          named() + ": the connection broke (" + e.getMessage() + ")", Command.PERHAPS_CARRIED_OUT);
    }
  }
}
