package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.testing.TestingMySql;
import org.mysqlmanager.testing.TestingProgram;

class ErrantTransactionsIT {
  private static final String PASSWORD = "s3cret-Öß%";
  private static final Account MANAGER = new Account("manager", PASSWORD);
  private static final MySqlTimeouts TIMEOUTS =
      new MySqlTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30));
  private static final List<String> TABLES =
      List.of("plain", "documents", "copied", "counted", "large");

  private static TestingMySql old;
  private static TestingMySql other;

  @TempDir Path folder;
  private Path file;

  @BeforeAll
  static void startServers() throws Exception {
    old = TestingMySql.launch(1);
    // The other one without TLS: passwords then travel encrypted with the server's RSA key.
    other = TestingMySql.launch(2, "--tls-version=");
    for (TestingMySql server : List.of(old, other)) {
      server.awaitAnswer();
      server.sql(
          "CREATE USER manager@'%' IDENTIFIED BY '" + PASSWORD + "'",
          "GRANT REPLICATION SLAVE ON *.* TO manager@'%'");
    }
    old.sql("CREATE DATABASE noise", "CREATE TABLE noise.n (id INT PRIMARY KEY AUTO_INCREMENT)");
  }

  @AfterAll
  static void stopServers() throws Exception {
    for (TestingMySql server : Stream.of(old, other).filter(Objects::nonNull).toList()) {
      server.close();
    }
  }

  @BeforeEach
  void nameFile() {
    file = folder.resolve("errant/old.binlog");
  }

  @Test
  void savesTheWantedTransactionsSoThatAnotherServerCanReplayThem() throws Exception {
    GtidSet wanted = GtidSet.EMPTY;
    old.sql("DROP DATABASE IF EXISTS app");
    for (List<String> transaction : transactionsOfAllKinds()) {
      makeNoise();
      GtidSet before = old.executed();
      old.sql(transaction.toArray(String[]::new));
      wanted = wanted.union(old.executed().minus(before));
    }
    makeNoise();

    assertEquals(StepResult.DONE, save(wanted));

    assertEquals("rw-------", permissions(file));
    assertEquals("rwx------", permissions(file.getParent()));
    assertEquals(List.of(file), filesIn(file.getParent()));
    assertTrue(Files.size(file) > 40_000_000, "the large rows are in it");
    BinlogFile saved = BinlogFile.decode(file, folder);
    assertEquals(wanted, saved.gtids());
    for (String kind : List.of("Transaction_Payload", "XA PREPARE", "Write_rows", "BEGIN")) {
      assertTrue(saved.contains(kind), kind);
    }

    GtidSet before = other.executed();
    saved.replayOn(other);
    assertEquals(wanted, other.executed().minus(before));
    for (String table : TABLES) {
      assertEquals(contents(table, old), contents(table, other), table);
    }
  }

  /** Each element is what one client does; most are one transaction, some several. */
  private static List<List<String>> transactionsOfAllKinds() throws SQLException {
    List<List<String>> all = new ArrayList<>();
    all.add(List.of("CREATE DATABASE app"));
    all.add(
        List.of(
            "CREATE TABLE app.plain (id INT PRIMARY KEY, v VARCHAR(200))",
            "CREATE TABLE app.documents (id INT PRIMARY KEY, j JSON, b LONGBLOB)",
            "CREATE TABLE app.large (id INT PRIMARY KEY, b LONGBLOB)",
            "CREATE TABLE app.counted (id INT PRIMARY KEY, v INT) ENGINE=MyISAM"));
    all.add(
        List.of(
            "BEGIN",
            "INSERT INTO app.plain VALUES (1,'a'),(2,'BEGIN'),(3,'COMMIT'),(4,'ö')",
            "UPDATE app.plain SET v = CONCAT(v, id)",
            "DELETE FROM app.plain WHERE id = 2",
            "COMMIT"));
    all.add(
        List.of(
            "INSERT INTO app.documents VALUES (1, '{\"a\": [1, 2.5, null]}', RANDOM_BYTES(900))",
            "UPDATE app.documents SET j = JSON_SET(j, '$.b', 'x') WHERE id = 1"));
    all.add(List.of("FLUSH BINARY LOGS"));
    all.add(
        List.of(
            "SET SESSION binlog_transaction_compression = ON",
            "INSERT INTO app.documents VALUES (2, '[]', REPEAT('compressed', 5000))"));
    all.add(
        List.of(
            "SET SESSION binlog_format = STATEMENT",
            "BEGIN",
            "SET @who = 'statement'",
            "INSERT INTO app.plain VALUES (10, @who)",
            "INSERT INTO app.plain VALUES (11, 'more')",
            "COMMIT"));
    all.add(List.of("INSERT INTO app.counted VALUES (1, 1), (2, 2)"));
    // An event that fills one packet, one of several packets, and rows of several such events.
    all.add(List.of("INSERT INTO app.large VALUES (1, REPEAT('x', 16777215))"));
    all.add(
        List.of(
            "INSERT INTO app.large VALUES (2, REPEAT('y', 20000000)), (3, REPEAT('z', 9000000))"));
    all.add(
        List.of(
            "XA START 'x1'",
            "INSERT INTO app.plain VALUES (20, 'xa')",
            "XA END 'x1'",
            "XA PREPARE 'x1'",
            "XA COMMIT 'x1'"));
    // Saved from 8.0 too, but an 8.0 server refuses (error 3977) what mysqlbinlog prints for it.
    all.add(
        old.isAtLeast(8, 3)
            ? List.of("CREATE TABLE app.copied AS SELECT * FROM app.plain")
            : List.of(
                "CREATE TABLE app.copied LIKE app.plain",
                "INSERT INTO app.copied SELECT * FROM app.plain"));
    all.add(
        List.of(
            "SET GLOBAL binlog_checksum = NONE",
            "INSERT INTO app.plain VALUES (30, 'without checksum')",
            "ALTER TABLE app.plain ADD COLUMN w INT DEFAULT 7"));
    all.add(
        List.of(
            "SET GLOBAL binlog_checksum = CRC32", "INSERT INTO app.plain VALUES (31, 'with', 1)"));
    all.add(
        List.of(
            "SET gtid_next = '3e11fa47-71ca-11e1-9e33-c80aa9429562:77'",
            "BEGIN",
            "COMMIT",
            "SET gtid_next = AUTOMATIC"));
    if (old.isAtLeast(8, 3)) {
      all.add(
          List.of(
              "SET gtid_next = 'AUTOMATIC:blue'",
              "INSERT INTO app.plain VALUES (40, 'tagged', 2)",
              "SET gtid_next = 'AUTOMATIC:" + "z9".repeat(16) + "'",
              "CREATE INDEX v ON app.plain (v)",
              "SET gtid_next = 'AUTOMATIC:blue'",
              "UPDATE app.plain SET w = 8 WHERE id = 40",
              "SET gtid_next = '3e11fa47-71ca-11e1-9e33-c80aa9429562:blue:9223372036854775806'",
              "INSERT INTO app.plain VALUES (41, 'the last number', 3)",
              "SET gtid_next = AUTOMATIC"));
    }
    return all;
  }

  @Test
  void savesFromAServerThatIsReadOnlyAndHasNoTls() throws Exception {
    GtidSet wanted = errantTransaction(other);
    other.sql("SET GLOBAL super_read_only = ON");
    try {
      assertEquals(
          StepResult.DONE,
          ErrantTransactions.save(
              other.endpoint(), MySqlTls.PREFERRED, MANAGER, wanted, file, TIMEOUTS));
    } finally {
      other.sql("SET GLOBAL super_read_only = OFF", "SET GLOBAL read_only = OFF");
    }
    assertEquals(wanted, BinlogFile.decode(file, folder).gtids());
  }

  @Test
  void doesNotEndTheDumpsOfReplicas() throws Exception {
    other.sql(
        "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=%d, SOURCE_USER='manager', SOURCE_PASSWORD='%s', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1, SOURCE_SSL=1"
            .formatted(old.endpoint().port(), PASSWORD),
        "START REPLICA IO_THREAD");
    try {
      String dumps =
          "SELECT id FROM performance_schema.processlist WHERE command = 'Binlog Dump GTID'";
      Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> old.query(dumps).size() == 1);
      List<String> before = old.query(dumps);
      assertEquals(StepResult.DONE, save(errantTransaction(old)));
      assertTrue(old.query(dumps).containsAll(before), "the replica's dump goes on");
    } finally {
      other.sql("STOP REPLICA", "RESET REPLICA ALL");
    }
  }

  @Test
  void keepsAFileThatHoldsTheTransactionsAlready() throws Exception {
    GtidSet wanted = errantTransaction(old);
    assertEquals(StepResult.DONE, save(wanted));
    byte[] bytes = Files.readAllBytes(file);
    Object identity = Files.readAttributes(file, "unix:ino").get("ino");

    Endpoint nowhere = new Endpoint("127.0.0.1", TestingProgram.port());
    assertEquals(
        StepResult.DONE,
        ErrantTransactions.save(nowhere, MySqlTls.PREFERRED, MANAGER, wanted, file, TIMEOUTS));

    assertArrayEquals(bytes, Files.readAllBytes(file));
    assertEquals(identity, Files.readAttributes(file, "unix:ino").get("ino"));
  }

  @Test
  void neverOverwritesAFileThatHoldsAnythingElse() throws Exception {
    GtidSet first = errantTransaction(old);
    GtidSet second = errantTransaction(old);
    assertEquals(StepResult.DONE, save(first.union(second)));
    byte[] whole = Files.readAllBytes(file);
    byte[] damaged = whole.clone();
    damaged[whole.length - 20] ^= 1;

    assertNotOverwritten(first, whole);
    assertNotOverwritten(first.union(second).union(errantTransaction(old)), whole);
    assertNotOverwritten(first.union(second), Arrays.copyOf(whole, whole.length - 1));
    assertNotOverwritten(first.union(second), Arrays.copyOf(whole, whole.length - 31));
    assertNotOverwritten(first.union(second), damaged);
    assertNotOverwritten(first, "precious".getBytes(StandardCharsets.UTF_8));
    assertNotOverwritten(first, new byte[0]);
  }

  private void assertNotOverwritten(GtidSet wanted, byte[] content) throws IOException {
    Files.write(file, content);
    assertFailed("is not overwritten", save(wanted));
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void replacesWhatAnInterruptedAttemptLeft() throws Exception {
    GtidSet wanted = errantTransaction(old);
    Files.createDirectories(file.getParent());
    Files.write(file.resolveSibling(".old.binlog.part"), new byte[1_000_000]);
    assertEquals(StepResult.DONE, save(wanted));
    assertEquals(List.of(file), filesIn(file.getParent()));
    assertEquals(wanted, BinlogFile.decode(file, folder).gtids());
  }

  @Test
  void saysThatTransactionsArePurged() throws Exception {
    GtidSet wanted = errantTransaction(old);
    if (old.isAtLeast(8, 3)) {
      // Purged, so the server refuses a dump unless it is told that we do not want it.
      old.sql(
          "SET gtid_next = 'AUTOMATIC:noise'",
          "INSERT INTO noise.n VALUES ()",
          "SET gtid_next = AUTOMATIC");
    }
    old.sql("FLUSH BINARY LOGS");
    String current = old.query("SHOW BINARY LOGS").getLast();
    old.sql("PURGE BINARY LOGS TO '" + current + "'");
    GtidSet kept = errantTransaction(old);

    assertFailed("no longer hold " + wanted, save(wanted));
    assertFailed("no longer hold " + wanted, save(wanted.union(kept)));
    assertEquals(StepResult.DONE, save(kept));
  }

  @Test
  void saysThatTransactionsAreNotThere() throws Exception {
    GtidSet strange = GtidSet.parse("3e11fa47-71ca-11e1-9e33-c80aa9429563:5");
    assertFailed("has not executed " + strange, save(strange));
  }

  @Test
  void wrongPasswordIsRefusedWithoutNamingIt() throws Exception {
    GtidSet wanted = errantTransaction(old);
    for (TestingMySql server : List.of(old, other)) {
      StepResult result =
          ErrantTransactions.save(
              server.endpoint(),
              MySqlTls.PREFERRED,
              new Account("manager", "wr0ng-pw"),
              wanted,
              file,
              TIMEOUTS);
      assertFailed("1045", result);
      assertFalse(result.toString().contains("wr0ng-pw"), result.toString());
      assertFalse(result.toString().contains(PASSWORD), result.toString());
    }
  }

  @Test
  void userWithoutThePrivilegeIsRefused() throws Exception {
    old.sql("CREATE USER IF NOT EXISTS poor@'%' IDENTIFIED BY 'p'");
    GtidSet wanted = errantTransaction(old);
    assertFailed(
        "REPLICATION SLAVE",
        ErrantTransactions.save(
            old.endpoint(), MySqlTls.PREFERRED, new Account("poor", "p"), wanted, file, TIMEOUTS));
  }

  @Test
  void serverThatDoesNotAnswerIsGivenUp() throws Exception {
    MySqlTimeouts brief =
        new MySqlTimeouts(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(1));
    GtidSet wanted = errantTransaction(old);
    assertFailed(
        "cannot be reached",
        ErrantTransactions.save(
            new Endpoint("127.0.0.1", TestingProgram.port()),
            MySqlTls.PREFERRED,
            MANAGER,
            wanted,
            file,
            brief));
    old.pause();
    try {
      long begun = System.nanoTime();
      assertFailed(
          "did not answer",
          ErrantTransactions.save(
              old.endpoint(), MySqlTls.PREFERRED, MANAGER, wanted, file, brief));
      assertTrue(Duration.ofNanos(System.nanoTime() - begun).toSeconds() < 10);
    } finally {
      old.resume();
    }
  }

  @Test
  void dumpThatStopsOrBreaksHalfwayLeavesNoFile() throws Exception {
    MySqlTimeouts brief =
        new MySqlTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(1));
    GtidSet wanted = GtidSet.EMPTY;
    for (TestingMySql server : List.of(old, other)) {
      GtidSet before = server.executed();
      server.sql(
          "CREATE DATABASE IF NOT EXISTS halfway",
          "CREATE TABLE halfway.t" + System.nanoTime() + " AS SELECT REPEAT('x', 3000000) b");
      wanted = server.executed().minus(before);
      for (CuttingRelay.After after : CuttingRelay.After.values()) {
        try (CuttingRelay relay = new CuttingRelay(server.endpoint(), 1_000_000, after)) {
          long begun = System.nanoTime();
          assertFailed(
              after == CuttingRelay.After.SILENCE ? "did not answer" : "ends within",
              ErrantTransactions.save(
                  relay.endpoint(), MySqlTls.PREFERRED, MANAGER, wanted, file, brief));
          assertTrue(Duration.ofNanos(System.nanoTime() - begun).toSeconds() < 20);
        }
      }
    }
  }

  @Test
  void twoAtOnceMakeOneWholeFile() throws Exception {
    GtidSet wanted = errantTransaction(old);
    List<StepResult> results = Stream.of(1, 2, 3, 4).parallel().map(_ -> save(wanted)).toList();
    assertTrue(results.contains(StepResult.DONE), results::toString);
    for (StepResult result : results) {
      if (result instanceof StepResult.Failed(String reason)) {
        assertTrue(reason.contains("something else is writing"), reason);
      }
    }
    assertEquals(List.of(file), filesIn(file.getParent()));
    assertEquals(wanted, BinlogFile.decode(file, folder).gtids());
  }

  @Test
  void encryptsAsItIsTold() throws Exception {
    GtidSet wanted = errantTransaction(old);
    for (TlsMode mode : List.of(TlsMode.VERIFY_CA, TlsMode.VERIFY_IDENTITY)) {
      MySqlTls verifying = new MySqlTls(mode, Optional.empty(), Optional.of("/ca.pem"));
      assertFailed("authority", save(wanted, verifying));
    }
    assertEquals(StepResult.DONE, save(wanted, MySqlTls.DISABLED));
    Files.delete(file);
    assertEquals(StepResult.DONE, save(wanted, MySqlTls.REQUIRED));
  }

  private StepResult save(GtidSet wanted, MySqlTls tls) {
    return ErrantTransactions.save(old.endpoint(), tls, MANAGER, wanted, file, TIMEOUTS);
  }

  private StepResult save(GtidSet wanted) {
    return ErrantTransactions.save(
        old.endpoint(), MySqlTls.PREFERRED, MANAGER, wanted, file, TIMEOUTS);
  }

  private void assertFailed(String because, StepResult result) throws IOException {
    String reason = assertInstanceOf(StepResult.Failed.class, result).reason();
    assertTrue(reason.contains(because), reason);
    if (Files.exists(file.getParent())) {
      assertTrue(
          filesIn(file.getParent()).stream().allMatch(left -> left.equals(file)),
          "nothing partial is left");
    }
    if (!because.equals("is not overwritten")) {
      assertFalse(Files.exists(file));
    }
  }

  private static GtidSet errantTransaction(TestingMySql server) throws SQLException {
    GtidSet before = server.executed();
    server.sql("CREATE DATABASE errant_" + System.nanoTime());
    return server.executed().minus(before);
  }

  private static void makeNoise() throws SQLException {
    old.sql("INSERT INTO noise.n VALUES ()", "INSERT INTO noise.n VALUES (), ()");
  }

  private static List<String> contents(String table, TestingMySql server) throws SQLException {
    List<String> all = new ArrayList<>(server.query("SELECT COUNT(*) FROM app." + table));
    try (var connection = server.connect();
        var statement = connection.createStatement();
        var checksum = statement.executeQuery("CHECKSUM TABLE app." + table + " EXTENDED")) {
      checksum.next();
      all.add(checksum.getString(2));
    }
    all.addAll(
        server.query(
            "SELECT SHA2(b, 256) FROM app." + (table.equals("large") ? table : "documents")));
    return all;
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
