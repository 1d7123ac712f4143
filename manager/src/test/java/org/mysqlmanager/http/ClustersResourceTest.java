package org.mysqlmanager.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import io.dropwizard.testing.junit5.ResourceExtension;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.reconcile.ClusterStatus;
import org.mysqlmanager.testing.Clusters;
import org.mysqlmanager.testing.TestingManager;

@ExtendWith(DropwizardExtensionsSupport.class)
class ClustersResourceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestingManager manager = new TestingManager();
  private final ResourceExtension resources =
      ResourceExtension.builder()
          .setRegisterDefaultExceptionMappers(false)
          .addProvider(new ErrorMapper())
          .addResource(new IndexResource(manager))
          .addResource(new ClustersResource(manager))
          .build();

  @BeforeEach
  void aRunningCluster() {
    manager.clusters = List.of(Clusters.running("main"));
  }

  @Test
  void listsTheClustersWithLeaderAndEpoch() throws Exception {
    manager.clusters = List.of(Clusters.running("main"), Clusters.failingOver("second"));
    JsonNode answer = get("/clusters");
    assertEquals("manager-1", answer.path("manager").asText());
    assertEquals("manager-1", answer.path("leader").asText());
    assertEquals(3, answer.path("epoch").asLong());
    assertEquals(
        List.of("main", "second"),
        answer.path("clusters").findValuesAsText("name").stream()
            .filter(Set.of("main", "second")::contains)
            .toList());
    assertEquals(get("/clusters/main"), answer.path("clusters").path(0));
  }

  @Test
  void everyKeyOfTheContractIsThereInSnakeCaseWhateverTheState() throws Exception {
    ClusterStatus unseen =
        new ClusterStatus(
            Clusters.spec("main"),
            ClusterState.INITIAL,
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty());
    for (ClusterStatus status :
        List.of(unseen, Clusters.running("main"), Clusters.failingOver("main"))) {
      manager.clusters = List.of(status);
      JsonNode cluster = get("/clusters/main");
      assertHas(
          cluster,
          "name leader epoch phase reason source old_master_joined master_failure_count"
              + " master_failure_threshold observed_at spec_differs last_failure operation servers proxies");
      assertHas(
          cluster.path("servers").path(1),
          "name address role membership status reason gtid_executed lag_seconds read_only"
              + " super_read_only version clone_progress_percent");
      assertHas(cluster.path("proxies").path(0), "name kind address status reason writers readers");
      for (String key : allKeys(cluster)) {
        assertTrue(key.matches("[a-z0-9_]+"), key);
      }
    }
  }

  @Test
  void showsARunningCluster() throws Exception {
    JsonNode cluster = get("/clusters/main");
    assertEquals("running", cluster.path("phase").asText());
    assertEquals("s1", cluster.path("source").asText());
    assertTrue(cluster.path("old_master_joined").asBoolean());
    assertEquals("2026-05-01T12:00:00.123Z", cluster.path("observed_at").asText());
    assertTrue(cluster.path("operation").isNull());
    assertTrue(cluster.path("problem").isNull());
    assertEquals(2, cluster.path("totals").path("successful_failover").asLong());

    JsonNode source = cluster.path("servers").path(0);
    assertEquals("source", source.path("role").asText());
    assertEquals("up", source.path("status").asText());
    assertEquals("127.0.0.1:3306", source.path("address").asText());
    assertEquals(Clusters.UUID_1 + ":1-42", source.path("gtid_executed").asText());
    assertFalse(source.path("read_only").asBoolean(true));
    assertTrue(source.path("lag_seconds").isNull());
    assertTrue(source.path("reason").isNull());

    JsonNode replica = cluster.path("servers").path(1);
    assertEquals("replica", replica.path("role").asText());
    assertEquals("joined", replica.path("membership").asText());
    assertEquals(1.5, replica.path("lag_seconds").asDouble());
    assertTrue(replica.path("read_only").asBoolean());
    assertTrue(replica.path("clone_progress_percent").isNull());

    JsonNode proxy = cluster.path("proxies").path(0);
    assertEquals("proxysql", proxy.path("kind").asText());
    assertEquals("up", proxy.path("status").asText());
    assertEquals(JSON.readTree("[\"s1\"]"), proxy.path("writers"));
    assertEquals(JSON.readTree("[\"s2\"]"), proxy.path("readers"));
    assertEquals(JSON.readTree("[\"monitor is off\"]"), proxy.path("warnings"));
  }

  @Test
  void showsAFailoverWithItsChoicesAndTheStepsThatAreDone() throws Exception {
    manager.clusters = List.of(Clusters.failingOver("main"));
    JsonNode cluster = get("/clusters/main");
    assertEquals("failing_over", cluster.path("phase").asText());
    assertFalse(cluster.path("old_master_joined").asBoolean(true));
    assertEquals(1, cluster.path("master_failure_count").asInt());
    assertEquals("ZooKeeper does not answer", cluster.path("problem").asText());
    assertEquals(1, cluster.path("spec_differs").size());

    JsonNode operation = cluster.path("operation");
    assertEquals("failover", operation.path("kind").asText());
    assertEquals("catch_up", operation.path("step").asText());
    assertEquals("s1 was not reachable in 4 checks", operation.path("reason").asText());
    assertEquals("s2", operation.path("choices").path("candidate").asText());
    assertEquals(Clusters.UUID_1 + ":1-42", operation.path("choices").path("required").asText());
    assertEquals("fence", operation.path("steps_done").path(0).path("step").asText());
    assertEquals(300, operation.path("steps_done").path(0).path("took_millis").asLong());

    JsonNode dead = cluster.path("servers").path(0);
    assertEquals("down", dead.path("status").asText());
    assertEquals("former_source", dead.path("membership").asText());
    assertEquals("timed_out", dead.path("seen").asText());
    assertTrue(dead.path("gtid_executed").isNull());
    assertTrue(dead.path("read_only").isNull());
    assertEquals("2026-05-01T11:59:55.123Z", dead.path("last_seen").asText());
    assertEquals(37, cluster.path("servers").path(1).path("clone_progress_percent").asInt());
    assertEquals("down", cluster.path("proxies").path(0).path("status").asText());
    assertEquals("connection refused", cluster.path("proxies").path(0).path("reason").asText());
  }

  @Test
  void showsTheLastOperations() throws Exception {
    manager.history = List.of(Clusters.finishedFailover());
    JsonNode history = get("/clusters/main/history");
    JsonNode entry = history.path("history").path(0);
    assertEquals("failover", entry.path("kind").asText());
    assertEquals("s2 is the source", entry.path("result").asText());
    assertEquals(1000, entry.path("took_millis").asLong());
    assertEquals(310, entry.path("durations_millis").path("decision_to_first_commit").asLong());
  }

  @Test
  void aFollowerTellsTheEpochThatIsStored() throws Exception {
    manager.leader = Optional.of("manager-2");
    manager.leadingEpoch = Optional.empty();
    JsonNode cluster = get("/clusters/main");
    assertEquals("manager-2", cluster.path("leader").asText());
    assertEquals("manager-1", cluster.path("manager").asText());
    assertEquals(2, cluster.path("epoch").asLong());
  }

  @Test
  void anUnknownClusterIsAnsweredWithTheKnownOnes() throws Exception {
    for (String path : List.of("/clusters/mian", "/clusters/mian/history")) {
      assertEquals("there is no cluster 'mian'; known clusters: main", error(404, path));
    }
  }

  @Test
  void anUnknownPathIsAnsweredWithJson() throws Exception {
    assertTrue(error(404, "/nix").contains("GET /"));
  }

  @Test
  void theRootListsWhatThereIs() throws Exception {
    Set<String> endpoints = new TreeSet<>();
    get("/").path("endpoints").fieldNames().forEachRemaining(endpoints::add);
    assertEquals(
        Set.of("/clusters", "/clusters/{name}", "/clusters/{name}/history", "/metrics"), endpoints);
  }

  @Test
  void nothingCanBeChangedHere() throws Exception {
    try (Response response = resources.target("/clusters/main").request().post(Entity.json("{}"))) {
      assertEquals(405, response.getStatus());
      assertTrue(response.getHeaderString("Allow").contains("GET"));
      assertTrue(JSON.readTree(response.readEntity(String.class)).hasNonNull("error"));
    }
  }

  @Test
  void whatIsNotJsonCannotBeHad() throws Exception {
    try (Response response = resources.target("/clusters").request("image/png").get()) {
      assertEquals(406, response.getStatus());
      assertTrue(JSON.readTree(response.readEntity(String.class)).hasNonNull("error"));
    }
  }

  @Test
  void anInternalErrorShowsNothingOfTheInside() throws Exception {
    manager.broken = true;
    String error = error(500, "/clusters");
    assertFalse(error.contains("secret of the inside"), error);
    assertFalse(error.contains("Exception"), error);
  }

  private JsonNode get(String path) throws Exception {
    try (Response response = resources.target(path).request().get()) {
      String body = response.readEntity(String.class);
      assertEquals(200, response.getStatus(), body);
      assertEquals(MediaType.APPLICATION_JSON_TYPE, response.getMediaType());
      return JSON.readTree(body);
    }
  }

  private String error(int status, String path) throws Exception {
    try (Response response = resources.target(path).request().get()) {
      assertEquals(status, response.getStatus());
      assertEquals(MediaType.APPLICATION_JSON_TYPE, response.getMediaType());
      JsonNode body = JSON.readTree(response.readEntity(String.class));
      assertEquals(1, body.size());
      return body.path("error").asText();
    }
  }

  private static void assertHas(JsonNode node, String keys) {
    for (String key : keys.split(" ")) {
      assertTrue(node.has(key), key + " is not in " + node);
    }
  }

  private static List<String> allKeys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    node.properties()
        .forEach(entry -> {
          keys.add(entry.getKey());
          keys.addAll(allKeys(entry.getValue()));
        });
    if (node.isArray()) {
      node.forEach(item -> keys.addAll(allKeys(item)));
    }
    return keys;
  }
}
