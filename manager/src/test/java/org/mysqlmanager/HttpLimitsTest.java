package org.mysqlmanager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dropwizard.testing.DropwizardTestSupport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.ManagerApplicationTest.WithTestingCore;
import org.mysqlmanager.access.PasswordHash;
import org.mysqlmanager.access.TokenHash;
import org.mysqlmanager.config.ManagerConfiguration;
import org.mysqlmanager.testing.HttpConfigurations;
import org.mysqlmanager.testing.RawHttp;
import org.mysqlmanager.testing.RawHttp.Answer;

/** What a client gets that asks too much, over real connections. */
class HttpLimitsTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String TOKEN = TokenHash.newToken(RANDOM);
  private static final String AS_OPERATOR = RawHttp.basic("operator", "o");

  @TempDir Path directory;

  private DropwizardTestSupport<ManagerConfiguration> program;

  private void start(String limits) throws Exception {
    program =
        new DropwizardTestSupport<>(
            WithTestingCore.class,
            HttpConfigurations.write(
                directory,
                """
                access:
                  users: [{name: operator, role: operator, password_hash: '%s'}]
                  tokens: [{name: robot, role: operator, token_hash: '%s'}]
                  limits: {%s}
                server:
                  applicationConnectors: [{type: http, port: 0, bindHost: 127.0.0.1}]
                  adminConnectors: [{type: http, port: 0, bindHost: 127.0.0.1}]
                """
                    .formatted(
                        PasswordHash.of("o".toCharArray(), 10_000, RANDOM).print(),
                        TokenHash.of(TOKEN).print(),
                        limits)));
    program.before();
  }

  @AfterEach
  void stop() {
    program.after();
  }

  @Test
  void whoAsksTooOftenIsToldWhenToComeAgainOnBothPortsTogether() throws Exception {
    start("requests_per_second: 1");
    int refused = 0;
    for (int i = 0; i < 20; i++) {
      Answer answer = ask(i % 2 == 0 ? program.getLocalPort() : program.getAdminPort(), "GET /");
      refused += answer.status() == 429 ? 1 : 0;
      if (answer.status() == 429) {
        assertEquals(List.of("1"), answer.header("Retry-After"));
        assertTrue(answer.body().contains("access.limits.requests_per_second"), answer.body());
      }
    }
    assertTrue(refused > 0, "none of 20 requests was refused");
    assertEquals(200, ask(program.getAdminPort(), "GET /ping").status());
  }

  @Test
  void whoGuessesPasswordsIsNotListenedToForAWhile() throws Exception {
    start("failed_logins_per_minute: 2");
    String task = "POST /tasks/reconcile";
    assertEquals(200, ask(program.getAdminPort(), task, AS_OPERATOR).status());
    for (int i = 0; i < 2; i++) {
      assertEquals(401, ask(program.getAdminPort(), task, RawHttp.basic("operator", "x")).status());
    }
    Answer answer = ask(program.getAdminPort(), task, AS_OPERATOR);
    assertEquals(429, answer.status(), answer.body());
    int seconds = Integer.parseInt(answer.header("Retry-After").getFirst());
    assertTrue(seconds > 0 && seconds <= 60, answer.headers().toString());
    assertEquals(200, ask(program.getAdminPort(), task, "Authorization: Bearer " + TOKEN).status());
    assertEquals(200, ask(program.getLocalPort(), "GET /clusters").status());
  }

  @Test
  void connectionsOfOneAddressAreBoundedOnEachPort() throws Exception {
    start("connections: 8, connections_per_address: 4");
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        held.add(RawHttp.connect(LOOPBACK, program.getLocalPort()));
      }
      int closed = 0;
      for (Socket socket : held) {
        socket.setSoTimeout(1_000);
        closed += isClosed(socket) ? 1 : 0;
      }
      assertEquals(16, closed);
      assertEquals(200, ask(program.getAdminPort(), "GET /ping").status());
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  private static Answer ask(int port, String request, String... headers) throws IOException {
    String[] all = new String[headers.length + 1];
    all[0] = "Content-Length: 0";
    System.arraycopy(headers, 0, all, 1, headers.length);
    return RawHttp.ask(LOOPBACK, port, request, all);
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false; // open, and waiting for a request
    } catch (SocketException e) {
      return true; // reset
    }
  }
}
