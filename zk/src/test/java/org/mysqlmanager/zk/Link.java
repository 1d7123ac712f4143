package org.mysqlmanager.zk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network link that can be frozen, so that nothing passes and nobody is told, and cut, so that
 * both ends are told.
 */
final class Link implements AutoCloseable {
  private final int targetPort;
  private final ServerSocket entrance;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition thawed = lock.newCondition();
  private boolean frozen;

  private Link(int targetPort, ServerSocket entrance) {
    this.targetPort = targetPort;
    this.entrance = entrance;
  }

  static Link to(int targetPort) {
    try {
      Link link = new Link(targetPort, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      var _ = Thread.ofVirtual().start(link::accept);
      return link;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address() {
    return "127.0.0.1:" + entrance.getLocalPort();
  }

  void freeze() {
    setFrozen(true);
  }

  void thaw() {
    setFrozen(false);
  }

  void cut() {
    sockets.forEach(Link::closeQuietly);
    sockets.clear();
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    cut();
    thaw();
  }

  private void setFrozen(boolean value) {
    lock.lock();
    try {
      frozen = value;
      thawed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket near = entrance.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), targetPort);
        sockets.add(near);
        sockets.add(far);
        var _ = Thread.ofVirtual().start(() -> copy(near, far));
        var _ = Thread.ofVirtual().start(() -> copy(far, near));
      } catch (IOException e) {
        // The server is away, or the link is closed.
      }
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        awaitThaw();
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // Cut.
    }
  }

  private void awaitThaw() {
    lock.lock();
    try {
      while (frozen) {
        thawed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed.
    }
  }
}
