package org.mysqlmanager.zk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.awaitility.Awaitility;

/**
 * A ZooKeeper server with both ports. In a process of its own, as its TLS is set for a whole JVM.
 */
final class TlsServer implements AutoCloseable {
  private final Process process;
  private final int plainPort;
  private final int securePort;

  private TlsServer(Process process, int plainPort, int securePort) {
    this.process = process;
    this.plainPort = plainPort;
    this.securePort = securePort;
  }

  static TlsServer start(Path directory, Certificates certificates) throws IOException {
    int plainPort = freePort();
    int securePort = freePort();
    Path configuration =
        Files.writeString(
            directory.resolve("zoo.cfg"),
            """
            dataDir=%s
            clientPort=%d
            clientPortAddress=127.0.0.1
            secureClientPort=%d
            secureClientPortAddress=127.0.0.1
            serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory
            authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider
            ssl.keyStore.location=%s
            ssl.keyStore.type=PEM
            ssl.trustStore.location=%s
            ssl.trustStore.type=PEM
            ssl.enabledProtocols=TLSv1.3,TLSv1.2
            tickTime=500
            maxClientCnxns=0
            admin.enableServer=false
            """
                .formatted(
                    directory.resolve("data"),
                    plainPort,
                    securePort,
                    directory.resolve("server-both.pem"),
                    certificates.certificate("ca")));
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    QuorumPeerMain.class.getName(),
                    configuration.toString()))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("server.log").toFile())
            .start();
    TlsServer server = new TlsServer(process, plainPort, securePort);
    Awaitility.await()
        .atMost(TestingZooKeeper.DEADLINE.multipliedBy(3))
        .until(() -> listens(plainPort) && listens(securePort));
    return server;
  }

  String plainAddress() {
    return "127.0.0.1:" + plainPort;
  }

  String secureAddress(String host) {
    return host + ":" + securePort;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
