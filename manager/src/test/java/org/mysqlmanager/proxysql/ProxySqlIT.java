package org.mysqlmanager.proxysql;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
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
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.net.AddressBook;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.net.Dialer;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingProgram;

/** Against a real proxysql; the servers behind it only pretend to be MySQL. */
@Timeout(180)
class ProxySqlIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Dialer DIALER = new Dialer(new AddressBook(InetAddress::getAllByName));
  private static final Account MONITOR = new Account("mm_monitor", "m'o\"n\\i;t%or");
  private static final Account APP = new Account("app", "p'a\"s\\s;w%o'' --rd");
  private static final Account ODD = new Account("o'dd us\"er\\", "it's");

  private final PretendMySql s1 = new PretendMySql("s1");
  private final PretendMySql s2 = new PretendMySql("s2");
  private final PretendMySql s3 = new PretendMySql("s3");
  private final List<AutoCloseable> open = new ArrayList<>(List.of(s1, s2, s3));
  private ProxySqlProcess process;
  private ProxySql proxy;

  @TempDir Path folder;

  @BeforeAll
  static void needsProxySql() {
    ProxySqlProcess.proxysql();
  }

  @BeforeEach
  void start() {
    process = new ProxySqlProcess(folder).start();
    open.add(process);
    proxy = proxy(ProxySqlProcess.ADMIN, MONITOR, List.of(APP), TIMEOUT);
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private ProxySql proxy(Account admin, Account monitor, List<Account> users, Duration timeout) {
    ProxySql made =
        new ProxySql(
            spec(process.adminPort),
            Map.of(s1.id, s1.endpoint(), s2.id, s2.endpoint(), s3.id, s3.endpoint()),
            TlsMode.PREFERRED,
            admin,
            monitor,
            users,
            timeout,
            timeout);
    open.add(made);
    return made;
  }

  private static ProxySpec spec(int port) {
    return new ProxySpec(
        new ProxyName("p1"), ProxyKind.PROXYSQL, "127.0.0.1", port, 10, 20, "w", "r");
  }

  private static Routing to(PretendMySql writer, PretendMySql... readers) {
    Set<ServerId> ids = new TreeSet<>();
    for (PretendMySql reader : readers) {
      ids.add(reader.id);
    }
    return new Routing(Optional.of(writer.id), ids);
  }

  private ProxyObservation.Reachable seen() {
    return assertInstanceOf(ProxyObservation.Reachable.class, proxy.observe());
  }

  private AdminSession session(int port, Account account) throws AdminFailure {
    AdminSession session = AdminSession.open(spec(port), account, DIALER, Deadline.after(TIMEOUT));
    open.add(session);
    return session;
  }

  private AdminSession client() throws AdminFailure {
    return session(process.trafficPort, APP);
  }

  private static List<Row> ask(AdminSession session, String sql) throws AdminFailure {
    return session.run(sql, Deadline.after(TIMEOUT));
  }

  private static String whoAnswers(AdminSession client) throws AdminFailure {
    return ask(client, "SELECT name FROM server").getFirst().text("server");
  }

  private List<Row> admin(String sql) throws AdminFailure {
    try (AdminSession session =
        AdminSession.open(
            spec(process.adminPort), ProxySqlProcess.ADMIN, DIALER, Deadline.after(TIMEOUT))) {
      return ask(session, sql);
    }
  }

  private static String insert(int hostgroup, Endpoint at) {
    return "INSERT INTO mysql_servers(hostgroup_id,hostname,port) VALUES (%d,'%s',%d)"
        .formatted(hostgroup, at.host(), at.port());
  }

  private static long count(List<Row> rows) {
    return rows.getFirst().number("n");
  }

  private void assertApplied(Routing routing) {
    assertEquals(StepResult.DONE, proxy.apply(routing, always()));
    assertTrue(seen().matches(routing), seen()::toString);
  }

  private StepResult.Failed failed(StepResult result) {
    return assertInstanceOf(StepResult.Failed.class, result);
  }

  @Test
  void initialisesProxySqlThatIsNotConfigured() throws Exception {
    assertFalse(seen().initialised());
    assertFalse(seen().matches(Routing.NOWHERE));

    assertApplied(Routing.NOWHERE);

    assertEquals(
        MONITOR.password(),
        admin(
                "SELECT variable_value FROM runtime_global_variables WHERE variable_name='mysql-monitor_password'")
            .getFirst()
            .text("variable_value"));
    assertEquals(
        APP.password(), admin("SELECT password FROM mysql_users").getFirst().text("password"));
    assertEquals(List.of(), seen().warnings());
  }

  @Test
  void sendsApplicationToWriterAndKeepsReadersApart() throws Exception {
    assertApplied(to(s1, s2, s3));

    assertEquals("s1", whoAnswers(client()));
    admin(
        "INSERT INTO mysql_query_rules(rule_id,active,match_pattern,destination_hostgroup,apply) VALUES (1,1,'reader',20,1)");
    admin("LOAD MYSQL QUERY RULES TO RUNTIME");
    String reader = ask(client(), "SELECT 'reader'").getFirst().text("server");
    assertTrue(Set.of("s2", "s3").contains(reader), reader);
  }

  @Test
  void letsInUsersWithAnyNameAndPassword() throws Exception {
    proxy = proxy(ProxySqlProcess.ADMIN, MONITOR, List.of(APP, ODD), TIMEOUT);
    assertApplied(to(s1));
    assertEquals("s1", whoAnswers(session(process.trafficPort, ODD)));
    assertEquals("s1", whoAnswers(client()));

    AdminFailure refused =
        assertThrows(
            AdminFailure.class,
            () -> session(process.trafficPort, new Account(APP.user(), "wrong")));
    assertTrue(refused.sentence().contains("refused"), refused::sentence);
  }

  @Test
  void changesPasswordsThatHaveChanged() throws Exception {
    assertApplied(to(s1));
    Account renewed = new Account(APP.user(), "renewed");
    proxy =
        proxy(ProxySqlProcess.ADMIN, new Account(MONITOR.user(), "new"), List.of(renewed), TIMEOUT);
    assertFalse(seen().initialised());

    assertApplied(to(s1));

    assertEquals("s1", whoAnswers(session(process.trafficPort, renewed)));
    assertThrows(AdminFailure.class, this::client);
  }

  @Test
  void leavesAUserTwoRowsOfWhichOneIsForClientsAndOneForServers() throws Exception {
    String insert =
        "INSERT INTO mysql_users(username,password,frontend,backend,max_connections) VALUES ('app','x',%d,%d,%d)";
    admin(insert.formatted(1, 0, 77));
    admin(insert.formatted(0, 1, 78));

    assertApplied(to(s1));

    assertEquals(
        2,
        count(
            admin(
                "SELECT count(*) AS n FROM main.mysql_users WHERE (frontend,backend,max_connections) IN (VALUES (1,0,77),(0,1,78)) AND default_hostgroup=10")));
  }

  @Test
  void completesAUserWhoIsThereForClientsOnly() throws Exception {
    admin("INSERT INTO mysql_users(username,password,frontend,backend) VALUES ('app','x',1,0)");

    assertApplied(to(s1));

    assertEquals(
        1, count(admin("SELECT count(*) AS n FROM main.mysql_users WHERE frontend+backend=2")));
  }

  @Test
  void restartKeepsEverything() throws Exception {
    assertApplied(to(s1, s2));
    assertApplied(to(s2, s3));

    process.restart();

    assertTrue(seen().matches(to(s2, s3)), seen()::toString);
    assertEquals("s2", whoAnswers(client()));
  }

  @Test
  void seesThatRestartWouldBringBackSomethingElse() throws Exception {
    assertApplied(to(s1, s2));
    admin("DELETE FROM disk.mysql_servers WHERE hostgroup_id=20");
    assertFalse(seen().persisted());
    assertApplied(to(s1, s2));

    admin("DELETE FROM disk.mysql_users");
    assertFalse(seen().persisted());
    assertApplied(to(s1, s2));
  }

  @Test
  void removesOldSourceEverywhereAndCutsItsSessions() throws Exception {
    assertApplied(to(s1, s2));
    AdminSession writing = client();
    ask(writing, "BEGIN");
    ask(writing, "INSERT INTO t VALUES (1)");

    assertApplied(to(s2));

    int before = s1.statements().size();
    assertThrows(AdminFailure.class, () -> ask(writing, "INSERT INTO t VALUES (2)"));
    assertEquals(before, s1.statements().size());
    assertEquals("s2", whoAnswers(client()));
    for (String table : List.of("main.mysql_servers", "disk.mysql_servers")) {
      assertEquals(
          0,
          count(
              admin(
                  "SELECT count(*) AS n FROM %s WHERE port=%d"
                      .formatted(table, s1.endpoint().port()))));
    }
    assertEquals(
        0,
        count(
            admin(
                "SELECT coalesce(sum(ConnUsed),0) AS n FROM stats_mysql_connection_pool WHERE srv_port="
                    + s1.endpoint().port())));
  }

  @Test
  void endsSessionOnOldSourceAtOnceAndNotAtItsNextStatement() throws Exception {
    assertApplied(to(s1));
    AdminSession writing = client();
    ask(writing, "BEGIN");

    assertApplied(Routing.NOWHERE);

    await()
        .atMost(TIMEOUT)
        .until(() ->
            admin("SELECT count(*) AS n FROM stats_mysql_processlist").getFirst().number("n") == 0);
  }

  @Test
  void leavesSessionsAloneOnWriterThatStays() throws Exception {
    assertApplied(to(s1, s2));
    AdminSession writing = client();
    ask(writing, "BEGIN");

    assertApplied(to(s1, s2, s3));

    ask(writing, "INSERT INTO t VALUES (2)");
    ask(writing, "COMMIT");
    assertTrue(s1.statements().contains("COMMIT"));
  }

  @Test
  void queryWaitsForTheNextWriter() throws Exception {
    assertApplied(to(s1));
    assertApplied(Routing.NOWHERE);
    AdminSession waiting = client();
    Future<String> answer = inBackground(() -> whoAnswers(waiting));
    await()
        .atMost(TIMEOUT)
        .until(() ->
            admin("SELECT count(*) AS n FROM stats_mysql_processlist").getFirst().number("n") > 0);

    assertApplied(to(s2));

    assertEquals("s2", answer.get(30, TimeUnit.SECONDS));
  }

  @Test
  void statementThatWaitsForFrozenSourceIsAnsweredByNextWriter() throws Exception {
    assertApplied(to(s1));
    AdminSession single = client();
    assertEquals("s1", whoAnswers(single));
    AdminSession transaction = client();
    ask(transaction, "BEGIN");
    s1.hang();
    Future<String> moved = inBackground(() -> whoAnswers(single));
    Future<String> lost = inBackground(() -> whoAnswers(transaction));
    await()
        .atMost(TIMEOUT)
        .until(() ->
            count(admin("SELECT count(*) AS n FROM stats_mysql_processlist WHERE command<>'Sleep'"))
                == 2);

    assertApplied(Routing.NOWHERE);
    assertApplied(to(s2));

    assertEquals("s2", moved.get(30, TimeUnit.SECONDS));
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> lost.get(30, TimeUnit.SECONDS));
    assertInstanceOf(AdminFailure.class, failure.getCause());
  }

  private static Future<String> inBackground(Callable<String> call) {
    FutureTask<String> task = new FutureTask<>(call);
    Thread.ofVirtual().start(task);
    return task;
  }

  @Test
  void publishesNobodysUnfinishedEditsAndLosesNone() throws Exception {
    admin(insert(30, s1.endpoint()));
    admin(
        "INSERT INTO mysql_replication_hostgroups(writer_hostgroup,reader_hostgroup) VALUES (40,41)");
    admin(
        "UPDATE global_variables SET variable_value='77' WHERE variable_name='mysql-max_stmts_per_connection'");
    admin("INSERT INTO mysql_users(username,password) VALUES ('unfinished','x')");

    assertApplied(to(s1, s2));

    assertEquals(
        0, count(admin("SELECT count(*) AS n FROM runtime_mysql_servers WHERE hostgroup_id=30")));
    assertEquals(0, count(admin("SELECT count(*) AS n FROM runtime_mysql_replication_hostgroups")));
    assertEquals(
        0,
        count(
            admin(
                "SELECT count(*) AS n FROM runtime_global_variables WHERE variable_name='mysql-max_stmts_per_connection' AND variable_value='77'")));
    assertEquals(
        0,
        count(admin("SELECT count(*) AS n FROM runtime_mysql_users WHERE username='unfinished'")));
    for (String where :
        List.of(
            "disk.mysql_servers WHERE hostgroup_id=30",
            "disk.mysql_users WHERE username='unfinished'",
            "main.sqlite_master WHERE name LIKE 'mysqlmanager%'")) {
      assertEquals(0, count(admin("SELECT count(*) AS n FROM " + where)), where);
    }
    for (String where :
        List.of(
            "main.mysql_servers WHERE hostgroup_id=30",
            "main.mysql_replication_hostgroups",
            "main.mysql_users WHERE username='unfinished'",
            "main.global_variables WHERE variable_name='mysql-max_stmts_per_connection' AND variable_value='77'")) {
      assertEquals(1, count(admin("SELECT count(*) AS n FROM " + where)), where);
    }
  }

  @Test
  void leavesOtherHostgroupsAsTheyAreInForceEvenWhereMemoryIsBehind() throws Exception {
    admin(insert(30, s1.endpoint()));
    admin("LOAD MYSQL SERVERS TO RUNTIME");
    admin("DELETE FROM mysql_servers WHERE hostgroup_id=30");

    assertApplied(to(s1));

    assertEquals(
        1, count(admin("SELECT count(*) AS n FROM runtime_mysql_servers WHERE hostgroup_id=30")));
    assertEquals(
        0, count(admin("SELECT count(*) AS n FROM main.mysql_servers WHERE hostgroup_id=30")));
  }

  @Test
  void bringsBackEditsThatInterruptedChangeHadPutAside() throws Exception {
    assertApplied(to(s1));
    admin(insert(30, s1.endpoint()));
    AtomicInteger statements = new AtomicInteger();
    // A manager that is gone in the middle, after the CREATE, the DELETE and some more.
    StepResult result = proxy.apply(to(s2), permit(() -> statements.incrementAndGet() <= 6));
    assertEquals(new StepResult.Refused(), result);
    assertFalse(seen().initialised());

    assertApplied(to(s2));

    assertEquals(
        1, count(admin("SELECT count(*) AS n FROM main.mysql_servers WHERE hostgroup_id=30")));
    assertEquals(
        0, count(admin("SELECT count(*) AS n FROM runtime_mysql_servers WHERE hostgroup_id=30")));
  }

  @Test
  void convergesFromInterruptionAfterAnyStatement() throws Exception {
    for (int allowed = 0; ; allowed++) {
      assertApplied(to(s1, s2));
      admin("DELETE FROM mysql_servers WHERE hostgroup_id=30");
      admin(insert(30, s3.endpoint()));
      int limit = allowed;
      AtomicInteger statements = new AtomicInteger();

      StepResult result =
          proxy.apply(to(s2, s1), permit(() -> statements.incrementAndGet() <= limit));
      assertTrue(seen().writers().size() <= 1, seen()::toString);
      assertApplied(to(s2, s1));
      assertEquals(
          1, count(admin("SELECT count(*) AS n FROM main.mysql_servers WHERE hostgroup_id=30")));
      if (result.equals(StepResult.DONE)) {
        assertTrue(allowed > 8, "only " + allowed + " statements");
        return;
      }
      assertEquals(new StepResult.Refused(), result);
    }
  }

  @Test
  void warnsOfReplicationHostgroupsThatNameOurs() throws Exception {
    assertApplied(to(s1, s2));
    admin(
        "INSERT INTO mysql_replication_hostgroups(writer_hostgroup,reader_hostgroup) VALUES (10,20)");
    admin("LOAD MYSQL SERVERS TO RUNTIME");

    assertTrue(
        seen().warnings().stream().anyMatch(each -> each.contains("mysql_replication_hostgroups")),
        seen()::toString);
  }

  @Test
  void closesServersThatAreNotOfTheCluster() throws Exception {
    assertApplied(to(s1));
    admin(insert(10, new Endpoint("127.0.0.1", 1)));
    admin("LOAD MYSQL SERVERS TO RUNTIME");
    assertEquals(Set.of("127.0.0.1:1 in hostgroup 10"), seen().unknownBackends());

    assertApplied(to(s1));
  }

  @Test
  void bringsBackServersThatSomebodyTookOffline() throws Exception {
    assertApplied(to(s1, s2));
    for (String status : List.of("OFFLINE_SOFT", "OFFLINE_HARD")) {
      admin("UPDATE mysql_servers SET status='" + status + "'");
      admin("LOAD MYSQL SERVERS TO RUNTIME");
      assertFalse(seen().matches(to(s1, s2)), status);
      assertFalse(seen().matches(Routing.NOWHERE) && status.equals("OFFLINE_SOFT"));

      assertApplied(to(s1, s2));
    }
  }

  @Test
  void givesNewServersTheSettingsOfTheOthersEvenWhenAllWereOut() throws Exception {
    assertApplied(to(s1));
    admin("UPDATE mysql_servers SET max_connections=321");
    admin("LOAD MYSQL SERVERS TO RUNTIME");

    assertApplied(Routing.NOWHERE);
    assertApplied(to(s2));

    assertEquals(
        321,
        admin("SELECT max_connections AS n FROM runtime_mysql_servers").getFirst().number("n"));
  }

  @Test
  void countsShunnedWriterAsRoutedAndWarns() throws Exception {
    assertApplied(to(s1));
    s1.close();
    AdminSession unlucky = client();
    Thread.ofVirtual().start(() -> assertThrows(AdminFailure.class, () -> whoAnswers(unlucky)));

    await().atMost(TIMEOUT).until(() -> !seen().warnings().isEmpty());
    assertTrue(seen().warnings().getFirst().contains("shunned"), seen()::toString);
    assertTrue(seen().matches(to(s1)), seen()::toString);
  }

  @Test
  void frozenProxySqlIsUnreachableWithinDeadline() {
    assertApplied(to(s1));
    ProxySql fresh = proxy(ProxySqlProcess.ADMIN, MONITOR, List.of(APP), Duration.ofMillis(500));
    ProxySql used = proxy(ProxySqlProcess.ADMIN, MONITOR, List.of(APP), Duration.ofMillis(2000));
    assertInstanceOf(ProxyObservation.Reachable.class, used.observe());
    process.freeze();
    try {
      for (ProxySql each : List.of(fresh, used)) {
        long began = System.nanoTime();
        ProxyObservation.Unreachable seen =
            assertInstanceOf(ProxyObservation.Unreachable.class, each.observe());
        assertTrue(seen.detail().contains("no answer in time"), seen::detail);
        assertInstanceOf(StepResult.Failed.class, each.apply(to(s2), always()));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertTrue(took.compareTo(Duration.ofSeconds(15)) < 0, took::toString);
      }
    } finally {
      process.thaw();
    }
    assertTrue(seen().matches(to(s1)), seen()::toString);
  }

  @Test
  void statementThatGetsNoAnswerIsUnknown() {
    assertApplied(to(s1));
    ProxySql hasty = proxy(ProxySqlProcess.ADMIN, MONITOR, List.of(APP), Duration.ofMillis(3000));
    AtomicInteger asked = new AtomicInteger();
    try {
      StepResult result =
          hasty.apply(
              to(s2),
              permit(() -> {
                if (asked.incrementAndGet() == 2) {
                  process.freeze();
                }
                return true;
              }));
      assertInstanceOf(StepResult.Unknown.class, result);
    } finally {
      process.thaw();
    }
    assertApplied(to(s2));
  }

  @Test
  void changesNothingWithoutPermit() {
    assertEquals(new StepResult.Refused(), proxy.apply(to(s1, s2), permit(() -> false)));
    assertFalse(seen().initialised());
    assertEquals(Set.of(), seen().writers());
  }

  @Test
  void namesRefusedAccountWithoutItsPassword() {
    proxy = proxy(new Account("manager", "hunter2"), MONITOR, List.of(APP), TIMEOUT);
    ProxyObservation.Unreachable seen =
        assertInstanceOf(ProxyObservation.Unreachable.class, proxy.observe());

    assertTrue(seen.detail().contains("login as 'manager' was refused"), seen::detail);
    assertTrue(seen.detail().contains("admin-admin_credentials"), seen::detail);
    assertFalse(seen.detail().contains("hunter2"));
    assertEquals(seen.detail(), failed(proxy.apply(to(s1), always())).reason());
  }

  @Test
  void saysWhenNothingOrSomethingElseAnswers() {
    ProxySql absent =
        new ProxySql(
            spec(TestingProgram.port()),
            Map.of(),
            TlsMode.PREFERRED,
            ProxySqlProcess.ADMIN,
            MONITOR,
            List.of(),
            TIMEOUT,
            TIMEOUT);
    assertTrue(unreachable(absent).contains("is ProxySQL running"), () -> unreachable(absent));

    for (int port : List.of(s1.endpoint().port(), process.trafficPort)) {
      ProxySql other =
          new ProxySql(
              spec(port),
              Map.of(),
              TlsMode.PREFERRED,
              ProxySqlProcess.ADMIN,
              MONITOR,
              List.of(),
              TIMEOUT,
              TIMEOUT);
      open.add(other);
      assertTrue(unreachable(other).contains("admin-admin_credentials"), () -> unreachable(other));
    }

    proxy = proxy(new Account("stats", "stats"), MONITOR, List.of(), TIMEOUT);
    assertTrue(unreachable(proxy).contains("not ProxySQL's admin interface"), unreachable(proxy));
  }

  @Test
  void neverShowsTwoWriters() throws Exception {
    AdminSession watcher = session(process.adminPort, ProxySqlProcess.ADMIN);
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger samples = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Thread sampler =
        Thread.ofPlatform()
            .start(() -> {
              while (!done.get()) {
                try {
                  int now =
                      ask(
                              watcher,
                              "SELECT count(*) AS n FROM runtime_mysql_servers WHERE hostgroup_id=10 AND status<>'OFFLINE_HARD'")
                          .getFirst()
                          .number("n");
                  most.accumulateAndGet(now, Math::max);
                  samples.incrementAndGet();
                } catch (AdminFailure _) {
                  most.set(99);
                }
              }
            });
    List<PretendMySql> servers = List.of(s1, s2, s3);
    for (int i = 0; i < 30; i++) {
      PretendMySql writer = servers.get(i % 3);
      assertApplied(to(writer, servers.get((i + 1) % 3)));
      AdminSession client = client();
      ask(client, "BEGIN");
      assertEquals(writer.id.value(), whoAnswers(client));
    }
    done.set(true);
    sampler.join();
    assertEquals(1, most.get());
    assertTrue(samples.get() > 30, () -> "only " + samples + " samples");
  }

  private static String unreachable(ProxySql proxy) {
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
