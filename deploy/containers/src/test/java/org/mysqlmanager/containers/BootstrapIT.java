package org.mysqlmanager.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Empty servers, an empty ZooKeeper and an unconfigured ProxySQL become a cluster. */
@Order(2)
class BootstrapIT extends Scenario {
  @Test
  void emptyServersBecomeSourceAndReplicaBehindTheProxy() throws Exception {
    String source = system.source();
    String replica = system.replica();
    system.assertWell(source);

    JsonNode state = questions.state();
    assertEquals("replica", state.path("servers").path(replica).path("role").asText());
    assertEquals(0, state.path("master_failure_count").asInt());
    for (String manager : containers.managers()) {
      JsonNode status = questions.status(manager);
      assertEquals("running", status.path("phase").asText(), manager);
      assertEquals(source, status.path("source").asText(), manager);
      assertEquals(questions.leader(), status.path("leader").asText(), manager);
      for (JsonNode server : status.path("servers")) {
        boolean isSource = server.path("name").asText().equals(source);
        assertEquals(isSource ? "source" : "replica", server.path("role").asText(), manager);
        assertEquals("up", server.path("status").asText(), manager);
      }
    }
    assertTrue(questions.recordOf("bootstrap").isObject());

    assertEquals(source, serverBehind(Recipes.WRITER_PORT));
    assertEquals(replica, serverBehind(Recipes.READER_PORT));
    assertNotEquals(source, replica);
  }

  private String serverBehind(int port) throws Exception {
    try (Connection connection = questions.application(port)) {
      return String.valueOf(Questions.ask(connection, "SELECT @@report_host"));
    }
  }
}
