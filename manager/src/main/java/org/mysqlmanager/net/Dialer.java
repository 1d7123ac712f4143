package org.mysqlmanager.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;

/** Opens TCP connections, the name lookup and all addresses tried within one deadline. */
public final class Dialer {
  /** No connection. The message is a part of a sentence for people: why, and what to do. */
  public static final class CannotConnect extends Exception {
    private static final long serialVersionUID = 1L;

    CannotConnect(String message) {
      super(message);
    }
  }

  private final AddressBook addresses;

  public Dialer(AddressBook addresses) {
    this.addresses = addresses;
  }

  /**
   * Connects to the first address of the host that accepts. One that does not answer takes no more
   * than its share of the time from those behind it.
   *
   * @param expected what should listen there, for the sentence that says that nothing does
   */
  public Socket connect(String host, int port, String expected, Deadline deadline)
      throws CannotConnect {
    List<InetAddress> candidates = addresses.addressesOf(host, deadline);
    String problem = "host '" + host + "' does not resolve: correct the name or the name service";
    int left = candidates.size();
    for (InetAddress address : candidates) {
      Deadline share = Deadline.after(deadline.remaining().dividedBy(left--));
      Socket socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(address, port), share.remainingMillis());
        return socket;
      } catch (SocketTimeoutException _) {
        problem = "no connection in time: is the machine up, and the port open in its firewall?";
        closeQuietly(socket);
      } catch (IOException e) {
        problem = "cannot connect (%s): is %s?".formatted(e.getMessage(), expected);
        closeQuietly(socket);
      }
    }
    throw new CannotConnect(problem);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It was never open.
    }
  }
}
