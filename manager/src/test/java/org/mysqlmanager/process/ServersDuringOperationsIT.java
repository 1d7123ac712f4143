package org.mysqlmanager.process;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mysqlmanager.process.Interruption.Party;

/** Servers die or come back in the middle of failovers and rejoins; one after the other. */
class ServersDuringOperationsIT extends LinkedScenario {
  private static final Interruption STOPPING =
      before("STOP_RECEIVER", Party.NEW, "STOP REPLICA IO_THREAD");
  private static final Interruption OPENING = before("PROMOTE", Party.NEW, "super_read_only = IF(");
  private static final Interruption OPENED =
      Interruption.effect("PROMOTE", Party.NEW, "super_read_only = IF(").getLast();
  private static final Interruption ROUTING =
      before("ROUTE", Party.PROXY, "mysql_writer/NEW state ready");
  private static final Interruption FOLLOWING =
      before("FOLLOW", Party.OLD, "CHANGE REPLICATION SOURCE TO");

  @TestFactory
  Stream<DynamicTest> serversDieAndComeBackAtAnyMoment() {
    runLinked(builder -> builder.managers(1));
    Stream<DynamicTest> candidates =
        Stream.of(STOPPING, OPENING, OPENED, ROUTING)
            .map(place -> dynamicTest("the candidate dies: " + place, () -> candidateDies(place)));
    Stream<DynamicTest> oldSources =
        Stream.of(STOPPING, OPENING, ROUTING)
            .map(place ->
                dynamicTest("the old source is back: " + place, () -> oldSourceIsBack(place)));
    Stream<DynamicTest> rejoins =
        Stream.of(
            dynamicTest("the old source dies before it follows", this::rejoiningServerDies),
            dynamicTest("the source dies while the old one joins", this::sourceDiesDuringRejoin));
    return Stream.of(candidates, oldSources, rejoins).flatMap(tests -> tests);
  }

  private void candidateDies(Interruption place) throws Exception {
    Servers servers = begin();
    holdLeaderAt(place, servers, () -> system.kill(servers.old()));
    system.kill(servers.candidate());
    dropHolds();
    await(
        servers.third() + " takes over",
        () -> storedState().path("source").asText().equals(servers.third()));
    writeOne();
    assertIsSource(servers.third());
    system.start(servers.old(), servers.candidate());
    writeOne();
    assertIsWell(servers.third());
  }

  private void oldSourceIsBack(Interruption place) throws Exception {
    Servers servers = begin();
    holdLeaderAt(place, servers, () -> system.kill(servers.old()));
    system.start(servers.old());
    dropHolds();
    await(
        "the end of the failover",
        () -> storedState().path("operation").isNull() && !source().isEmpty());
    writeOne();
    assertIsWell(servers.candidate());
  }

  private void rejoiningServerDies() throws Exception {
    Servers servers = begin();
    system.kill(servers.old());
    awaitSource(servers.candidate());
    holdLeaderAt(FOLLOWING, servers, () -> system.start(servers.old()));
    system.kill(servers.old());
    dropHolds();
    writeOne();
    awaitPhase("degraded");
    system.start(servers.old());
    assertIsWell(servers.candidate());
  }

  private void sourceDiesDuringRejoin() throws Exception {
    Servers servers = begin();
    system.kill(servers.old());
    awaitSource(servers.candidate());
    writeOne();
    awaitReceived(servers.candidate(), List.of(servers.third()));
    holdLeaderAt(FOLLOWING, servers, () -> system.start(servers.old()));
    system.kill(servers.candidate());
    dropHolds();
    await(
        servers.third() + " takes over",
        () -> storedState().path("source").asText().equals(servers.third()));
    writeOne();
    system.start(servers.candidate());
    writeOne();
    assertIsWell(servers.third());
  }

  private Servers begin() throws Exception {
    recover();
    writeOne();
    Servers servers = Servers.of(system.servers(), source());
    assertIsWell(servers.old());
    return servers;
  }

  private static Interruption before(String step, Party to, String text) {
    return Interruption.effect(step, to, text).getFirst();
  }
}
