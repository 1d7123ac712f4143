package org.mysqlmanager.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.local.process.OwnSession;

@Timeout(60)
class ProxyTest {
  @TempDir Path folder;
  private LocalSystem system;

  @AfterEach
  void close() {
    if (system != null) {
      system.close();
    }
  }

  @Test
  void haproxyLetsNewWritersWaitUntilThereIsASource() throws Exception {
    start(ProxyDistribution.Kind.HAPROXY);
    try (ServerSocket source = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), system.writerPort())) {
      client.setSoTimeout(500);
      assertThrows(SocketTimeoutException.class, () -> client.getInputStream().read());

      runtimeApi("add server mysql_writer/s1 127.0.0.1:" + source.getLocalPort());
      runtimeApi("set server mysql_writer/s1 state ready");
      client.setSoTimeout(20_000);
      try (Socket session = source.accept()) {
        session.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        assertEquals(
            "hello", new String(client.getInputStream().readNBytes(5), StandardCharsets.US_ASCII));
        runtimeApi("set server mysql_writer/s1 state maint");
        runtimeApi("shutdown sessions server mysql_writer/s1");
        assertEquals(-1, client.getInputStream().read(), "a session to a fenced server is cut");
      }
    }
  }

  @Test
  void proxysqlHasTheManagersAccountAndBothPorts() throws Exception {
    start(ProxyDistribution.Kind.PROXYSQL);
    assertEquals(
        system.readerPort() + "\t20",
        adminAnswer("SELECT proxy_port, destination_hostgroup FROM runtime_mysql_query_rules"));
    assertEquals("0", adminAnswer("SELECT COUNT(*) FROM runtime_mysql_servers"));
    system.kill("proxy");
    system.start("proxy");
    assertTrue(system.isAlive("proxy"));
  }

  @Test
  void severalProxiesHaveNamesAndPortsOfTheirOwn() {
    ProxyDistribution haproxy = found(ProxyDistribution.Kind.HAPROXY);
    system = LocalSystem.builder(folder).zookeepers(0).proxies(haproxy, haproxy).build();
    system.startAll();
    assertEquals(List.of("proxy-1", "proxy-2"), system.proxies());
    assertTrue(Probe.accepts(system.writerPort("proxy-1")));
    assertTrue(Probe.accepts(system.writerPort("proxy-2")));
  }

  private void start(ProxyDistribution.Kind kind) {
    system = LocalSystem.builder(folder).zookeepers(0).proxies(found(kind)).build();
    system.startAll();
  }

  /**
   * ProxySQL's admin interface does not understand what the JDBC driver asks at a login, so by the
   * client.
   */
  private String adminAnswer(String question) {
    Path client = OwnSession.onPath("mysql").orElseGet(() -> abort("no mysql client on PATH"));
    Command.Result answer =
        Command.run(
            Duration.ofSeconds(20),
            folder,
            Map.of("MYSQL_PWD", system.passwords().of(Account.PROXY_ADMIN)),
            List.of(
                client.toString(),
                "--no-defaults",
                "--protocol=tcp",
                "--host=" + system.host(),
                "--port=" + system.proxyAdminPort("proxy"),
                "--user=" + Account.PROXY_ADMIN.user(),
                "--batch",
                "--skip-column-names",
                "--execute=" + question));
    assertTrue(answer.succeeded(), answer.output());
    return answer.output().strip();
  }

  private static ProxyDistribution found(ProxyDistribution.Kind kind) {
    return ProxyDistribution.onPath(kind).orElseGet(() -> abort("no " + kind.key() + " on PATH"));
  }

  private void runtimeApi(String command) throws IOException {
    String answer = Probe.ask(system.proxyAdminPort("proxy"), command + "\n").strip();
    assertTrue(answer.isEmpty() || answer.equals("New server registered."), answer);
  }
}
