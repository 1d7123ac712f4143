package org.mysqlmanager.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.Printable;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.net.AddressBook;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;

/**
 * The oddest names that are accepted, on a real HAProxy, whose commands have blanks, semicolons and
 * line breaks as separators; and answers that would make a command of a name.
 */
@Timeout(120)
class OddNamesIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Permit PERMIT =
      new Permit() {
        @Override
        public Epoch epoch() {
          return new Epoch(1);
        }

        @Override
        public boolean isValid() {
          return true;
        }
      };

  private final List<AutoCloseable> open = new ArrayList<>();

  @TempDir private Path folder;

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void everyNameThatIsAcceptedNamesThatServerAndNoOther() throws Exception {
    List<GreetingServer> servers = new ArrayList<>();
    for (String name :
        List.of("1", "0.0.0.0", "BACKEND", "a", "A", "a.b-c_d", "maint", "x".repeat(63))) {
      GreetingServer server = new GreetingServer(name);
      open.add(server);
      servers.add(server);
    }
    HaProxyProcess process = new HaProxyProcess(folder, List.of(), List.of(), "admin").start();
    open.add(process);
    Map<ServerId, org.mysqlmanager.model.Endpoint> endpoints =
        GreetingServer.endpoints(servers.toArray(GreetingServer[]::new));
    HaProxy proxy = new HaProxy(spec(process.adminPort), endpoints, TIMEOUT, TIMEOUT);
    for (GreetingServer server : servers) {
      Routing routing = new Routing(Optional.of(server.id), Set.of(server.id));
      assertEquals(StepResult.DONE, proxy.apply(routing, PERMIT));
      assertTrue(
          assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe()).matches(routing));
      try (Client writer = new Client(process.writerPort)) {
        assertEquals(server.id.value(), writer.server);
      }
    }
    assertEquals(StepResult.DONE, proxy.apply(Routing.NOWHERE, PERMIT));
    try (Client nobody = new Client(process.writerPort)) {
      assertNull(nobody.server);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "show info\nshutdown sessions server w/s1",
        "show info\r",
        "show\0info",
        "a\u0085b"
      })
  void aCommandIsNeverMoreThanOneLine(String command) {
    RuntimeApi api = new RuntimeApi(spec(1), new AddressBook(InetAddress::getAllByName));
    assertThrows(IllegalArgumentException.class, () -> api.ask(command, Deadline.after(TIMEOUT)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s1;shutdown", "s1\u001b[2J", "s'1", "s\\1", "s1%s", "s/1", "🐬"})
  void aNameThatIsNoneBecomesNoCommand(String name) throws Exception {
    Pretender pretender =
        new Pretender(
            "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_port\n"
                + "4 w 1 "
                + name
                + " 10.0.0.1 2 0 1 3306\n\n# pxname,svname,scur\nw,"
                + name
                + ",1\n\n");
    open.add(pretender);
    HaProxy proxy = new HaProxy(spec(pretender.port()), Map.of(), TIMEOUT, TIMEOUT);
    ProxyObservation.Unreachable seen =
        assertInstanceOf(ProxyObservation.Unreachable.class, proxy.observe());
    assertEquals(seen.detail(), Printable.line(seen.detail()));
    assertInstanceOf(StepResult.Failed.class, proxy.apply(Routing.NOWHERE, PERMIT));
    assertTrue(
        pretender.asked.stream().allMatch(line -> line.startsWith("show ")),
        pretender.asked.toString());
  }

  @Test
  void whatAnswersThereIsShownAsOneHarmlessLine() throws Exception {
    Pretender pretender = new Pretender("\u001b[2J\u009bHTTP/1.1 400\r\n2026-01-01 INFO well\n");
    open.add(pretender);
    HaProxy proxy = new HaProxy(spec(pretender.port()), Map.of(), TIMEOUT, TIMEOUT);
    ProxyObservation.Unreachable seen =
        assertInstanceOf(ProxyObservation.Unreachable.class, proxy.observe());
    assertEquals(seen.detail(), Printable.line(seen.detail()));
    assertFalse(seen.detail().contains("INFO"), seen.detail());
  }

  private static ProxySpec spec(int adminPort) {
    return new ProxySpec(
        new ProxyName("p1"),
        ProxyKind.HAPROXY,
        "127.0.0.1",
        adminPort,
        10,
        20,
        "mysql_writer",
        "mysql_readers");
  }

  /** Answers every line with the same, as no HAProxy does. */
  private static final class Pretender implements AutoCloseable {
    private final ServerSocket listener;
    final Queue<String> asked = new ConcurrentLinkedQueue<>();

    Pretender(String answer) throws IOException {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofPlatform().daemon().start(() -> answer(answer.getBytes(StandardCharsets.UTF_8)));
    }

    int port() {
      return listener.getLocalPort();
    }

    private void answer(byte[] answer) {
      while (!listener.isClosed()) {
        try (Socket socket = listener.accept()) {
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
          asked.add(String.valueOf(in.readLine()));
          socket.getOutputStream().write(answer);
        } catch (IOException _) {
          // The client went away, or this is being closed.
        }
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
