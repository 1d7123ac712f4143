package org.mysqlmanager.haproxy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.Epoch;
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
import org.mysqlmanager.testing.TestingProgram;

/** Against a real haproxy; the servers behind it only say their names. */
@Timeout(120)
class HaProxyIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final ServerId S1 = new ServerId("s1");
  private static final ServerId S2 = new ServerId("s2");
  private static final ServerId S3 = new ServerId("s3");

  private final GreetingServer s1 = new GreetingServer("s1");
  private final GreetingServer s2 = new GreetingServer("s2");
  private final GreetingServer s3 = new GreetingServer("s3");
  private final List<AutoCloseable> open = new ArrayList<>(List.of(s1, s2, s3));
  private HaProxyProcess process;
  private HaProxy proxy;

  @TempDir Path folder;

  @BeforeEach
  void start() {
    List<String> declared = List.of(s1.line("disabled"), s2.line("disabled"));
    run(declared, declared, "admin");
  }

  private void run(List<String> writerLines, List<String> readerLines, String level) {
    if (process != null) {
      process.close();
    }
    process = new HaProxyProcess(folder, writerLines, readerLines, level).start();
    open.add(process);
    proxy = proxy(GreetingServer.endpoints(s1, s2, s3));
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private HaProxy proxy(Map<ServerId, Endpoint> servers) {
    return new HaProxy(spec(process.adminPort, "mysql_writer"), servers, TIMEOUT, TIMEOUT);
  }

  private static ProxySpec spec(int adminPort, String writerBackend) {
    return new ProxySpec(
        new ProxyName("p1"),
        ProxyKind.HAPROXY,
        "127.0.0.1",
        adminPort,
        10,
        20,
        writerBackend,
        "mysql_readers");
  }

  private static Routing to(ServerId writer, ServerId... readers) {
    return new Routing(Optional.of(writer), Set.of(readers));
  }

  private ProxyObservation.Reachable seen() {
    return assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe());
  }

  private Client client(int port) throws Exception {
    Client client = new Client(port);
    open.add(client);
    return client;
  }

  private String command(String line) throws Exception {
    RuntimeApi api =
        new RuntimeApi(
            spec(process.adminPort, "mysql_writer"),
            new AddressBook(host -> {
              throw new UnknownHostException(host);
            }));
    return api.ask(line, Deadline.after(TIMEOUT)).strip();
  }

  @Test
  void sendsNobodyAnywhereAtFirst() throws Exception {
    assertTrue(seen().initialised());
    assertTrue(seen().matches(Routing.NOWHERE));
    assertEquals(List.of(), seen().warnings());
    assertNull(client(process.writerPort).server);
  }

  @Test
  void sendsClientsWhereRoutingSays() throws Exception {
    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2), always()));

    assertTrue(seen().matches(to(S1, S2)), seen()::toString);
    assertEquals("s1", client(process.writerPort).server);
    assertEquals("s2", client(process.readerPort).server);
  }

  @Test
  void addsServersThatAreNotDeclared() throws Exception {
    assertEquals(StepResult.DONE, proxy.apply(to(S3, S1, S2, S3), always()));

    assertEquals("s3", client(process.writerPort).server);
    assertEquals(Set.of(S1, S2, S3), seen().readers());
    assertEquals(List.of(), seen().warnings());
  }

  @Test
  void cutsSessionsOfServerThatIsTakenOutBeforeNextWriterIsOpen() throws Exception {
    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2), always()));
    Client before = client(process.writerPort);

    assertEquals(StepResult.DONE, proxy.apply(to(S2, S1), always()));

    assertTrue(before.isCut());
    assertEquals("s2", client(process.writerPort).server);
    assertEquals("s1", client(process.readerPort).server);
  }

  @Test
  void takesServerOutThatAClientHasLeftBehindItsBack() throws Exception {
    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2), always()));
    // The server, as a frozen one, never answers the end of its client's connection.
    client(process.writerPort).close();

    assertEquals(StepResult.DONE, proxy.apply(to(S2, S1), always()));

    assertEquals("s2", client(process.writerPort).server);
  }

  @Test
  void leavesSessionsAloneOnServersThatStay() throws Exception {
    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2), always()));
    Client writing = client(process.writerPort);
    Client reading = client(process.readerPort);

    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2, S3), always()));

    assertTrue(writing.isOpen());
    assertTrue(reading.isOpen());
  }

  @Test
  void takesWriterOutWithoutAnother() throws Exception {
    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2), always()));
    Client before = client(process.writerPort);

    assertEquals(StepResult.DONE, proxy.apply(new Routing(Optional.empty(), Set.of(S2)), always()));

    assertTrue(before.isCut());
    assertNull(client(process.writerPort).server);
    assertEquals("s2", client(process.readerPort).server);
  }

  @Test
  void seesServerInMaintenanceAsRoutedUntilItsSessionsAreGone() throws Exception {
    assertEquals(StepResult.DONE, proxy.apply(to(S1), always()));
    Client before = client(process.writerPort);
    assertEquals("s1", before.server);

    assertEquals("", command("set server mysql_writer/s1 state maint"));
    assertEquals(Set.of(S1), seen().writers());

    assertEquals(StepResult.DONE, proxy.apply(Routing.NOWHERE, always()));
    assertTrue(before.isCut());
    assertTrue(seen().matches(Routing.NOWHERE));
  }

  @Test
  void opensServersThatSomebodyDrainedOrWeighedDown() throws Exception {
    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2), always()));
    assertEquals("", command("set server mysql_writer/s1 state drain"));
    assertEquals("", command("set server mysql_readers/s2 weight 0"));
    assertTrue(seen().writers().isEmpty() && seen().readers().isEmpty(), seen()::toString);

    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2), always()));
    assertEquals("s1", client(process.writerPort).server);
    assertEquals("s2", client(process.readerPort).server);
  }

  @Test
  void correctsAddressOfDeclaredServer() throws Exception {
    String wrong = "server s1 127.0.0.1:%d".formatted(s3.port());
    run(List.of(wrong), List.of(s2.line("disabled")), "admin");
    proxy = proxy(GreetingServer.endpoints(s1, s2));
    assertEquals(Set.of("mysql_writer/s1 at 127.0.0.1:" + s3.port()), seen().unknownBackends());

    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2), always()));

    assertEquals("s1", client(process.writerPort).server);
    assertEquals(Set.of(), seen().unknownBackends());
  }

  @Test
  void usesDeclaredServerOfAnotherName() throws Exception {
    String other = "server main 127.0.0.1:%d disabled".formatted(s1.port());
    run(List.of(other), List.of(), "admin");

    assertEquals(StepResult.DONE, proxy.apply(to(S1), always()));

    assertEquals("s1", client(process.writerPort).server);
    assertFalse(command("show servers state mysql_writer").contains(" s1 "));
  }

  @Test
  void closesServersThatAreNotOfTheCluster() throws Exception {
    run(List.of(s3.line("")), List.of(), "admin");
    proxy = proxy(GreetingServer.endpoints(s1, s2));
    Client stranger = client(process.writerPort);
    assertEquals("s3", stranger.server);
    assertFalse(seen().matches(Routing.NOWHERE));

    assertEquals(StepResult.DONE, proxy.apply(to(S1), always()));

    assertTrue(stranger.isCut());
    assertEquals("s1", client(process.writerPort).server);
    assertTrue(seen().matches(to(S1)));
  }

  @Test
  void warnsOfServerThatRestartWouldOpen() {
    run(List.of(s1.line("")), List.of(), "admin");
    assertEquals(1, seen().warnings().size());
    assertTrue(seen().warnings().getFirst().contains("mysql_writer/s1 is not declared 'disabled'"));
  }

  @Test
  void countsServerFoundDownByHealthCheckAsRoutedAndWarns() throws Exception {
    int nobody = TestingProgram.port();
    run(
        List.of("server s1 127.0.0.1:%d check inter 100ms fall 1 disabled".formatted(nobody)),
        List.of(),
        "admin");
    proxy = proxy(Map.of(S1, new Endpoint("127.0.0.1", nobody)));

    assertEquals(StepResult.DONE, proxy.apply(to(S1), always()));
    await()
        .atMost(TIMEOUT)
        .until(() -> seen().warnings().stream().anyMatch(each -> each.contains("health check")));
    assertTrue(seen().matches(to(S1)));
  }

  @Test
  void routesNothingAfterRestartUntilAppliedAgain() throws Exception {
    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2, S3), always()));

    process.restart();

    assertFalse(seen().matches(to(S1, S2, S3)));
    assertTrue(seen().matches(Routing.NOWHERE));
    assertNull(client(process.writerPort).server);
    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2, S3), always()));
    assertTrue(seen().matches(to(S1, S2, S3)));
    assertEquals("s1", client(process.writerPort).server);
  }

  @Test
  void neverOpensTwoWriters() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger samples = new AtomicInteger();
    AtomicReference<String> bad = new AtomicReference<>();
    Thread sampler =
        Thread.ofPlatform()
            .start(() -> {
              while (!done.get()) {
                try {
                  String answer = command(Backend.question("mysql_writer"));
                  List<BackendServer> routed =
                      Backend.parse("mysql_writer", answer + "\n\n")
                          .orElseThrow()
                          .servers()
                          .stream()
                          .filter(BackendServer::isRouted)
                          .toList();
                  samples.incrementAndGet();
                  if (routed.size() > 1) {
                    bad.set(routed.toString());
                  }
                } catch (Exception e) {
                  bad.set(e.toString());
                }
              }
            });
    List<Client> clients = new ArrayList<>();
    ServerId[] ids = {S1, S2, S3};
    for (int i = 0; i < 60; i++) {
      ServerId writer = ids[i % 3];
      assertEquals(StepResult.DONE, proxy.apply(to(writer, ids[(i + 1) % 3]), always()));
      Client client = client(process.writerPort);
      assertEquals(writer.value(), client.server);
      clients.add(client);
    }
    done.set(true);
    sampler.join();

    assertNull(bad.get());
    assertTrue(samples.get() > 60, () -> "only " + samples + " samples");
    for (Client client : clients.subList(0, clients.size() - 1)) {
      assertTrue(client.isCut());
    }
  }

  @Test
  void frozenHaProxyIsUnreachableWithinDeadline() {
    HaProxy hasty =
        new HaProxy(
            spec(process.adminPort, "mysql_writer"),
            GreetingServer.endpoints(s1, s2),
            Duration.ofMillis(500),
            Duration.ofMillis(500));
    process.freeze();
    try {
      long began = System.nanoTime();
      ProxyObservation.Unreachable seen =
          assertInstanceOf(ProxyObservation.Unreachable.class, hasty.observe());
      StepResult.Failed result =
          assertInstanceOf(StepResult.Failed.class, hasty.apply(to(S1), always()));
      Duration took = Duration.ofNanos(System.nanoTime() - began);

      assertTrue(took.compareTo(Duration.ofSeconds(10)) < 0, took::toString);
      assertTrue(seen.detail().contains("no answer in time"), seen::detail);
      assertEquals(seen.detail(), result.reason());
    } finally {
      process.thaw();
    }
    assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe());
  }

  @Test
  void commandThatGetsNoAnswerIsUnknown() {
    AtomicInteger asked = new AtomicInteger();
    HaProxy hasty =
        new HaProxy(
            spec(process.adminPort, "mysql_writer"),
            GreetingServer.endpoints(s1, s2),
            TIMEOUT,
            Duration.ofSeconds(2));
    try {
      StepResult result =
          hasty.apply(
              to(S1),
              permit(() -> {
                if (asked.incrementAndGet() == 1) {
                  process.freeze();
                }
                return true;
              }));
      assertInstanceOf(StepResult.Unknown.class, result);
    } finally {
      process.thaw();
    }
    assertEquals(1, asked.get());
  }

  @Test
  void changesNothingWithoutPermit() {
    assertEquals(new StepResult.Refused(), proxy.apply(to(S1, S2, S3), permit(() -> false)));
    assertTrue(seen().matches(Routing.NOWHERE));
  }

  @Test
  void stopsBeforeNextCommandWhenPermitEnds() {
    assertEquals(StepResult.DONE, proxy.apply(to(S1), always()));
    AtomicInteger asked = new AtomicInteger();

    StepResult result = proxy.apply(to(S2), permit(() -> asked.incrementAndGet() <= 2));

    assertEquals(new StepResult.Refused(), result);
    assertTrue(seen().matches(Routing.NOWHERE));
  }

  @Test
  void namesBackendThatDoesNotExist() {
    proxy =
        new HaProxy(
            spec(process.adminPort, "nosuch"), GreetingServer.endpoints(s1), TIMEOUT, TIMEOUT);

    assertFalse(seen().initialised());
    assertTrue(seen().warnings().getFirst().contains("there is no backend 'nosuch'"));
    StepResult.Failed failed =
        assertInstanceOf(StepResult.Failed.class, proxy.apply(to(S1), always()));
    assertTrue(failed.reason().contains("correct the proxy's writer_backend"), failed::reason);
  }

  @Test
  void namesHostThatDoesNotResolveAndFencesAllTheSame() {
    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2), always()));
    Map<ServerId, Endpoint> servers = new TreeMap<>(GreetingServer.endpoints(s1, s2));
    servers.put(S3, new Endpoint("no-such-host.invalid", 3306));
    proxy = proxy(servers);
    assertTrue(seen().warnings().getFirst().contains("host 'no-such-host.invalid' of server s3"));

    StepResult.Failed failed =
        assertInstanceOf(StepResult.Failed.class, proxy.apply(to(S3, S2), always()));

    assertTrue(failed.reason().contains("'no-such-host.invalid' of server s3"), failed::reason);
    assertEquals(Set.of(), seen().writers());
    assertEquals(Set.of(S2), seen().readers());
  }

  @Test
  void keepsServerByItsNameWhileItsHostDoesNotResolve() throws Exception {
    assertEquals(StepResult.DONE, proxy.apply(to(S1, S2), always()));
    Client before = client(process.writerPort);
    proxy = proxy(Map.of(S1, new Endpoint("no-such-host.invalid", s1.port()), S2, s2.endpoint()));

    assertEquals(Set.of(S1), seen().writers());
    assertEquals(StepResult.DONE, proxy.apply(to(S1), always()));
    assertTrue(before.isOpen());
  }

  @Test
  void asksForLevelAdmin() {
    run(List.of(s1.line("disabled")), List.of(), "operator");
    StepResult.Failed failed =
        assertInstanceOf(StepResult.Failed.class, proxy.apply(to(S1), always()));
    assertTrue(failed.reason().contains("'level admin'"), failed::reason);
  }

  @Test
  void asksForBalanceThatAllowsMoreServers() throws Exception {
    run(List.of("balance source"), List.of(), "admin");
    StepResult.Failed failed =
        assertInstanceOf(StepResult.Failed.class, proxy.apply(to(S1), always()));
    assertTrue(failed.reason().contains("dynamic load balancing"), failed::reason);
  }

  @Test
  void saysWhenNothingOrSomethingElseAnswers() {
    int nobody = TestingProgram.port();
    HaProxy absent =
        new HaProxy(spec(nobody, "mysql_writer"), Map.of(), Duration.ofSeconds(5), TIMEOUT);
    assertTrue(unreachable(absent).contains("is HAProxy running"));
    assertInstanceOf(StepResult.Failed.class, absent.apply(Routing.NOWHERE, always()));

    HaProxy other =
        new HaProxy(spec(process.writerPort, "mysql_writer"), Map.of(), TIMEOUT, TIMEOUT);
    assertTrue(unreachable(other).contains("check host and admin_port"));
  }

  private static String unreachable(HaProxy proxy) {
    return assertInstanceOf(ProxyObservation.Unreachable.class, proxy.observe()).detail();
  }

  private static Permit always() {
    return permit(() -> true);
  }

  private static Permit permit(BooleanSupplier valid) {
    return new Permit() {
      @Override
      public Epoch epoch() {
        return new Epoch(1);
      }

      @Override
      public boolean isValid() {
        return valid.getAsBoolean();
      }
    };
  }
}
