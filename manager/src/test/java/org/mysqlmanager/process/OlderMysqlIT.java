package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.install.MysqlLocator;
import org.mysqlmanager.local.process.LocalException;

/** MySQL 8.0, in a build without the clone plugin. */
class OlderMysqlIT extends Scenario {
  @Test
  void mysql8FailsOverAndTheOldSourceFollowsWithoutAClone() throws Exception {
    MysqlDistribution older = older();
    run(builder -> builder.mysql(older));
    assertTrue(ask("s1", "SELECT @@version").startsWith("8.0."), ask("s1", "SELECT @@version"));
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");
    system.kill("s1");
    write(2);
    awaitSource("s2");
    assertIsSource("s2");
    system.start("s1");
    awaitPhase("running");
    write(3);
    assertIsReplicaOf("s1", "s2");
    assertEquals(List.of(1, 2, 3), rows("s1"));
  }

  private static MysqlDistribution older() {
    try {
      return new MysqlLocator(CacheFolder.ofUser(), System.err::println).older();
    } catch (LocalException e) {
      return abort("skipped: MySQL 8.0.31 is not to be had here: " + e.getMessage());
    }
  }
}
