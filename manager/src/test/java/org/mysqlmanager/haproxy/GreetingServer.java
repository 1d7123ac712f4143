package org.mysqlmanager.haproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ServerId;

/** Stands for a MySQL server: says its name to whoever connects, and keeps the connection open. */
final class GreetingServer implements AutoCloseable {
  final ServerId id;
  private final ServerSocket listener;
  private final ConcurrentLinkedQueue<Socket> accepted = new ConcurrentLinkedQueue<>();

  GreetingServer(String id) {
    this.id = new ServerId(id);
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Thread.ofPlatform().daemon().start(this::greet);
  }

  int port() {
    return listener.getLocalPort();
  }

  Endpoint endpoint() {
    return new Endpoint("127.0.0.1", port());
  }

  String line(String more) {
    return "server %s 127.0.0.1:%d %s".formatted(id, port(), more);
  }

  static Map<ServerId, Endpoint> endpoints(GreetingServer... servers) {
    Map<ServerId, Endpoint> endpoints = new TreeMap<>();
    for (GreetingServer server : servers) {
      endpoints.put(server.id, server.endpoint());
    }
    return endpoints;
  }

  private void greet() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        accepted.add(socket);
        socket.getOutputStream().write((id + "\n").getBytes(StandardCharsets.US_ASCII));
      } catch (IOException _) {
        // The client went away, or this server is being closed.
      }
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : accepted) {
        socket.close();
      }
    } catch (IOException _) {
      // It is closed either way.
    }
  }
}
