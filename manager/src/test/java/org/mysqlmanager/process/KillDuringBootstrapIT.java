package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.zookeeper.ZKUtil;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mysqlmanager.process.Interruption.Moment;
import org.mysqlmanager.process.Interruption.Party;

/**
 * The leading manager is killed at each step of the initial set-up: at all of them before the state
 * is stored, then at all of them before the effect, then before the answer. Servers are killed
 * there as well.
 */
class KillDuringBootstrapIT extends LinkedScenario {
  /** s1 becomes the source, s2 joins it. */
  private static final Servers SERVERS = new Servers("s2", "s1", "s2");

  private static final List<Interruption> PLACES =
      Interruption.chosen(
          Stream.of(
                  Interruption.step("OPEN_SOURCE", Party.NEW, "super_read_only = IF("),
                  Interruption.step("SET_UP_SOURCE", Party.NEW, "CREATE USER"),
                  Interruption.effect("SET_UP_SOURCE (database)", Party.NEW, "CREATE DATABASE"),
                  Interruption.effect("SET_UP_SOURCE (event)", Party.NEW, "CREATE EVENT"),
                  Interruption.step("ROUTE", Party.PROXY, "mysql_writer/NEW state ready"),
                  List.of(Interruption.record()),
                  Interruption.step("FOLLOW", Party.OLD, "CHANGE REPLICATION SOURCE TO"))
              .flatMap(List::stream)
              .toList());

  @TestFactory
  Stream<DynamicTest> theLeaderIsKilledAndAnotherManagerSetsUpTheRest() {
    prepareLinked(builder -> builder.servers(2));
    system.start("zk1");
    List<DynamicTest> tests = new ArrayList<>();
    for (Moment moment : Moment.values()) {
      if (PLACES.stream().noneMatch(place -> place.moment() == moment)) {
        continue;
      }
      tests.add(dynamicTest("fresh servers, " + moment, this::startOver));
      PLACES.stream()
          .filter(place -> place.moment() == moment)
          .forEach(place ->
              tests.add(
                  dynamicTest(
                      "initial set-up: " + place,
                      () -> killLeaderAt(place, SERVERS, this::startEverything))));
      tests.add(dynamicTest("all is set up, " + moment, this::assertIsSetUp));
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> aServerIsKilledAndTheRestIsSetUpWhenItIsBack() {
    prepareLinked(builder -> builder.servers(2));
    system.start("zk1");
    return Stream.of(
        dynamicTest("fresh servers", this::startOver),
        dynamicTest(
            "the source, before its users are created",
            () -> killServerAt(Interruption.effect("", Party.NEW, "CREATE USER").getFirst(), "s1")),
        dynamicTest(
            "the source, after it has created the database",
            () -> killServerAt(Interruption.effect("", Party.NEW, "CREATE DATABASE").get(1), "s1")),
        dynamicTest(
            "the replica, before it follows",
            () ->
                killServerAt(
                    Interruption.effect("", Party.OLD, "CHANGE REPLICATION SOURCE TO").getFirst(),
                    "s2")),
        dynamicTest(
            "the source, when the replica starts to follow",
            () -> killServerAt(Interruption.effect("", Party.OLD, "START REPLICA").get(1), "s1")),
        dynamicTest("all is set up", this::assertIsSetUp));
  }

  private void killServerAt(Interruption place, String server) {
    holdLeaderAt(place, SERVERS, this::startEverything);
    system.kill(server);
    dropHolds();
    awaitStatus(server + " is down", s -> server(s, server).path("status").asText().equals("down"));
  }

  private void startEverything() {
    system.names().stream().filter(name -> !system.isAlive(name)).forEach(system::launch);
  }

  /** New servers, a proxy that knows none, and nothing in ZooKeeper. */
  private void startOver() throws Exception {
    dropHolds();
    forgetWritten();
    for (String name : system.names()) {
      if (!name.equals("zk1") && system.isAlive(name)) {
        system.kill(name);
      }
    }
    withZookeeper(client -> {
      if (client.exists("/mysql-manager/clusters/main", false) != null) {
        ZKUtil.deleteRecursive(client, "/mysql-manager/clusters/main");
      }
    });
    for (String server : system.servers()) {
      system.wipe(server);
    }
    system.start("s1", "s2", "proxy");
  }

  private void assertIsSetUp() throws Exception {
    startEverything();
    awaitPhase("running");
    createTable();
    writeOne();
    assertIsWell("s1");
    for (String server : List.of("s1", "s2")) {
      assertEquals("3", ask(server, USERS), "users on " + server);
    }
    assertEquals("ENABLED", ask("s1", EVENT));
    assertEquals("app", ask("s2", "SHOW DATABASES LIKE 'app'"));
    assertEquals("bootstrap", recordOf("bootstrap").path("kind").asText());
    assertEquals(0, storedState().path("totals").path("successful_failover").asInt());
  }

  private static final String USERS =
      "SELECT COUNT(*) FROM mysql.user WHERE user IN ('mm_replication', 'mm_monitor', 'app')";
  private static final String EVENT =
      "SELECT status FROM information_schema.events WHERE event_definition LIKE '%FLUSH%BINARY LOGS%'";
}
