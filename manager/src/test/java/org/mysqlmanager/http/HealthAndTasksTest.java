package org.mysqlmanager.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.reconcile.ClusterStatus;
import org.mysqlmanager.testing.Clusters;
import org.mysqlmanager.testing.TestingManager;

class HealthAndTasksTest {
  private final TestingManager manager = new TestingManager();

  @Test
  void zooKeeperIsHealthyWhileItAnswers() {
    assertTrue(new ZooKeeperHealth(manager).execute().isHealthy());
    manager.connected = false;
    assertFalse(new ZooKeeperHealth(manager).execute().isHealthy());
  }

  @Test
  void leadershipIsHealthyWhileALeaderIsKnownWhoeverItIs() {
    assertEquals("this manager leads", new LeadershipHealth(manager).execute().getMessage());
    manager.leader = Optional.of("manager-2");
    HealthCheck.Result other = new LeadershipHealth(manager).execute();
    assertTrue(other.isHealthy());
    assertEquals("manager-2 leads", other.getMessage());
    manager.leader = Optional.empty();
    assertFalse(new LeadershipHealth(manager).execute().isHealthy());
  }

  @Test
  void aClusterIsHealthyOnlyWhileItIsRunning() {
    ClusterHealth health = new ClusterHealth(manager, new ClusterName("main"));
    for (Phase phase : Phase.values()) {
      ClusterStatus running = Clusters.running("main");
      manager.clusters =
          List.of(
              new ClusterStatus(
                  running.spec(),
                  running.state().withPhase(phase, "100 % because"),
                  running.observation(),
                  List.of(),
                  Optional.empty(),
                  Optional.empty()));
      HealthCheck.Result result = health.execute();
      assertEquals(phase == Phase.RUNNING, result.isHealthy());
      assertEquals(phase + ": 100 % because", result.getMessage());
    }
  }

  @Test
  void aClusterThatCannotBeWorkedOnIsNotHealthy() {
    manager.clusters = List.of(Clusters.failingOver("main"));
    HealthCheck.Result result = new ClusterHealth(manager, new ClusterName("main")).execute();
    assertFalse(result.isHealthy());
    assertEquals("ZooKeeper does not answer", result.getMessage());
  }

  @Test
  void reconcileStartsARound() throws Exception {
    assertTrue(run(new ReconcileTask(manager)).startsWith("A round"));
    assertEquals(1, manager.reconciled.get());
    manager.leadingEpoch = Optional.empty();
    manager.leader = Optional.of("manager-2");
    assertTrue(run(new ReconcileTask(manager)).contains("manager-2"));
    assertEquals(2, manager.reconciled.get());
  }

  @Test
  void onlyALeaderResigns() throws Exception {
    run(new ResignTask(manager));
    assertEquals(1, manager.resigned.get());
    manager.leadingEpoch = Optional.empty();
    manager.leader = Optional.of("manager-2");
    assertTrue(run(new ResignTask(manager)).contains("manager-2"));
    assertEquals(1, manager.resigned.get());
  }

  private static String run(Task task) throws Exception {
    StringWriter text = new StringWriter();
    PrintWriter output = new PrintWriter(text);
    task.execute(Map.of(), output);
    output.flush();
    assertEquals(1, text.toString().lines().count());
    return text.toString();
  }
}
