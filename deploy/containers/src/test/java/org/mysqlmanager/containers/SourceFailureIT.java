package org.mysqlmanager.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.containers.Questions.await;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The source's container is killed, or frozen. */
@Order(3)
class SourceFailureIT extends Scenario {
  @Test
  void aKilledSourceIsReplacedAndRejoins() throws Exception {
    String old = system.source();
    String next = system.replica();
    long failovers = questions.failovers();

    containers.node(old).kill();
    system.awaitFailedOver(next);
    system.load.awaitMore();
    assertFalse(questions.state().path("old_master_joined").asBoolean());
    assertEquals("0", questions.ask(next, "SELECT @@read_only"));
    assertEquals("0", questions.ask(next, "SELECT @@super_read_only"));
    assertTrue(questions.replicaStatus(next).isEmpty(), next + " follows nobody");
    assertFalse(isRouted(old), old + " is in no hostgroup");

    containers.node(old).start();
    system.assertWell(next);
    assertEquals(failovers + 1, questions.failovers());
  }

  @Test
  void aFrozenSourceIsFencedAndRejoins() throws Exception {
    String old = system.source();
    String next = system.replica();
    long failovers = questions.failovers();

    containers.node(old).pause();
    system.awaitFailedOver(next);
    system.load.awaitMore();
    assertFalse(isRouted(old), old + " is in no hostgroup");

    // It still believes to be the source, and is as open as it was when it froze.
    containers.node(old).unpause();
    await(old + " is closed", () -> "1".equals(questions.ask(old, "SELECT @@read_only")));
    system.assertWell(next);
    assertEquals(failovers + 1, questions.failovers());
  }

  private boolean isRouted(String server) {
    return questions.proxysqlRuntime().stream()
        .anyMatch(backend -> backend.server().equals(server));
  }
}
