package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.mysql.Dialect.UnsupportedServerException;

class DialectTest {
  @ParameterizedTest
  @ValueSource(strings = {"8.0.22", "8.0.31", "8.0.35-27", "8.4.0", "9.7.4-2", "26.1.0"})
  void takesMySqlFrom8022On(String version) throws Exception {
    assertEquals(version, Dialect.parse(version).version());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"5.7.44", "8.0.21", "5.5.5-10.11.19-MariaDB-0+deb12u1", "8.0.30-MariaDB", "", "x"})
  void refusesOthersAndNamesTheVersion(String version) {
    var refused = assertThrows(UnsupportedServerException.class, () -> Dialect.parse(version));
    assertTrue(refused.getMessage().contains(version));
    assertTrue(refused.getMessage().contains("8.0.22"));
  }

  @Test
  void speaksOfMastersOnlyWhereItMust() throws Exception {
    String statement = "CHANGE REPLICATION SOURCE TO SOURCE_HOST = ?, GET_SOURCE_PUBLIC_KEY = 1";
    assertEquals(statement, Dialect.parse("8.0.23").changeSource(statement));
    assertEquals(
        "CHANGE MASTER TO MASTER_HOST = ?, GET_MASTER_PUBLIC_KEY = 1",
        Dialect.parse("8.0.22").changeSource(statement));
    assertEquals("slave_net_timeout", Dialect.parse("8.0.25").replicaNetTimeout());
    assertEquals("replica_net_timeout", Dialect.parse("8.0.26").replicaNetTimeout());
  }

  @Test
  void clonesWithinOneVersionOrFrom8037OnWithinOneSeries() throws Exception {
    assertTrue(canClone("8.0.31", "8.0.31"));
    assertFalse(canClone("8.0.31", "8.0.32"));
    assertFalse(canClone("8.0.36", "8.0.37"));
    assertTrue(canClone("8.0.37", "8.0.40"));
    assertTrue(canClone("8.4.1", "8.4.5"));
    assertFalse(canClone("8.4.1", "9.0.1"));
  }

  private static boolean canClone(String from, String to) throws Exception {
    return Dialect.parse(to).canCloneFrom(Dialect.parse(from));
  }
}
