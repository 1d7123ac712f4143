package org.mysqlmanager.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mysqlmanager.local.ManagerSettings.list;
import static org.mysqlmanager.local.ManagerSettings.map;

import java.util.List;
import org.junit.jupiter.api.Test;

class ManagerSettingsTest {
  @Test
  void treeBecomesYaml() {
    ManagerSettings settings =
        new ManagerSettings(
            map(
                "text",
                "a \"b\" \\c\n\u2028🐬",
                "number",
                5,
                "flag",
                true,
                "nothing",
                list(List.of()),
                "items",
                list(List.of(map("name", "s1", "port", 1), map("deep", map("x", 2)), "plain"))));
    assertEquals(
        """
        text: "a \\"b\\" \\\\c\\U0000000a\\U00002028🐬"
        number: 5
        flag: true
        nothing: []
        items:
          - name: "s1"
            port: 1
          - deep:
              x: 2
          - "plain"
        """,
        settings.toYaml());
  }

  @Test
  void settingsAreChangedByTheirPath() {
    ManagerSettings settings =
        new ManagerSettings(map("clusters", list(List.of(map("name", "main")))));
    settings.set("zookeeper.session_timeout", "4s");
    settings.set("clusters.0.max_reader_lag", "1s");
    assertEquals(
        """
        clusters:
          - name: "main"
            max_reader_lag: "1s"
        zookeeper:
          session_timeout: "4s"
        """,
        settings.toYaml());
    assertThrows(IllegalArgumentException.class, () -> settings.set("clusters.1.name", "x"));
    assertThrows(IllegalArgumentException.class, () -> settings.set("clusters.0.name.x", "x"));
  }
}
