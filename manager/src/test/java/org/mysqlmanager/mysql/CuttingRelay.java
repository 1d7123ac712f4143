package org.mysqlmanager.mysql;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import org.mysqlmanager.model.Endpoint;

/** Passes one connection on to a server, until the server has answered a number of bytes. */
final class CuttingRelay implements AutoCloseable {
  enum After {
    /** The connection stays and nothing comes any more. */
    SILENCE,
    /** The connection is ended. */
    END
  }

  private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final CountDownLatch closed = new CountDownLatch(1);

  CuttingRelay(Endpoint server, long bytes, After after) throws IOException {
    Thread.ofVirtual().start(() -> relay(server, bytes, after));
  }

  Endpoint endpoint() {
    return new Endpoint("127.0.0.1", listener.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listener.close();
  }

  private void relay(Endpoint server, long bytes, After after) {
    try (Socket client = listener.accept();
        Socket upstream = new Socket(server.host(), server.port())) {
      Thread.ofVirtual().start(() -> pass(client, upstream, Long.MAX_VALUE));
      pass(upstream, client, bytes);
      if (after == After.SILENCE) {
        closed.await();
      }
    } catch (IOException e) {
      // The test's end closes the sockets.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pass(Socket from, Socket to, long bytes) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      long left = bytes;
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (read < 0) {
          return;
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    } catch (IOException e) {
      // One side has gone: so does the other.
    }
  }
}
