package org.mysqlmanager.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.containers.Questions.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.ContainerConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The manager's image, by itself and in its containers. */
@Order(6)
class ImageIT extends Scenario {
  /** Variables of an image whose names say that they hold a secret. */
  private static final List<String> SECRETIVE = List.of("PASSWORD", "SECRET", "TOKEN");

  @Test
  void itRunsAsAnOrdinaryUserAndHoldsNoSecret() {
    InspectImageResponse image = Engine.client().inspectImageCmd(Images.MANAGER.get()).exec();
    ContainerConfig config = Objects.requireNonNull(image.getConfig());
    String user = Objects.requireNonNull(config.getUser());
    assertTrue(user.matches("10001(:10001)?"), "user " + user);
    for (String variable : Objects.requireNonNull(config.getEnv())) {
      String[] parts = variable.split("=", 2);
      boolean secretive = SECRETIVE.stream().anyMatch(parts[0]::contains);
      assertFalse(
          secretive && !parts[0].endsWith("_FILE") && !parts[1].isEmpty(), "variable " + parts[0]);
    }
    Map<String, String> labels = Objects.requireNonNull(config.getLabels());
    for (String label : List.of("title", "description", "version", "licenses")) {
      String value = labels.get("org.opencontainers.image." + label);
      assertNotNull(value, "label " + label);
      assertFalse(value.isBlank(), "label " + label);
    }
    assertTrue(Objects.requireNonNull(config.getVolumes()).containsKey(Recipes.DATA));
    assertTrue(
        Arrays.stream(Objects.requireNonNull(config.getExposedPorts()))
            .map(port -> port.getPort())
            .toList()
            .containsAll(List.of(Recipes.APPLICATION_PORT, Recipes.ADMIN_PORT)));
  }

  /** What {@code docker history} shows: how each layer was made. */
  @Test
  void itsHistoryHoldsNoSecret() {
    DockerCommand.Result history =
        DockerCommand.run(
            Duration.ofMinutes(1),
            List.of("history", "--no-trunc", "--format", "{{.CreatedBy}}", Images.MANAGER.get()));
    assertEquals(0, history.status(), history.lines().toString());
    List<String> steps = history.lines();
    assertFalse(steps.isEmpty());
    for (String step : steps) {
      for (String word : SECRETIVE) {
        assertFalse(step.toUpperCase(Locale.ROOT).contains(word + "="), step);
      }
    }
  }

  /** All of these run with a root file system that cannot be written to, and no capability. */
  @Test
  void itsContainersAreHealthyOnAReadOnlyFileSystem() {
    for (String manager : containers.managers()) {
      Node node = containers.node(manager);
      assertTrue(
          Boolean.TRUE.equals(
              Objects.requireNonNull(node.inspect().getHostConfig()).getReadonlyRootfs()));
      await(
          manager + " is healthy",
          () ->
              Objects.requireNonNull(node.inspect().getState().getHealth())
                  .getStatus()
                  .equals("healthy"));
      assertEquals("10001\n", node.exec("id", "-u").text());
      assertTrue(node.exec("sh", "-c", "touch /opt/mysql-manager/x").status() != 0);
      assertEquals(
          0, node.exec("sh", "-c", "cd %s && touch x && rm x".formatted(Recipes.DATA)).status());
    }
  }

  /** More than that, and the engine would kill a manager that was only busy. */
  @Test
  void itsHeapFollowsTheContainersMemory() throws Exception {
    for (String manager : containers.managers()) {
      long most =
          new JsonMapper()
              .readTree(questions.http(manager, Recipes.ADMIN_PORT, "/metrics").body())
              .path("gauges")
              .path("jvm.memory.heap.max")
              .path("value")
              .asLong();
      assertTrue(
          most > Recipes.MANAGER_MEMORY / 4 && most < Recipes.MANAGER_MEMORY / 2,
          () -> "%s may have a heap of %d bytes".formatted(manager, most));
    }
  }

  /** Somebody in its network sees two ports of it, and changes nothing without a password. */
  @Test
  void onlyItsTwoPortsListenAndWhatChangesSomethingNeedsAuthentication() throws Exception {
    String manager = questions.leader();
    String address = containers.node(manager).address(containers.control());
    Node tools = containers.node(ContainerSystem.TOOLS);

    // The shell opens each port itself: no process for each, and refusals come at once.
    Node.Output scan =
        tools.exec(
            "bash",
            "-c",
            "for ((p = 1; p < 65536; p++)); do { echo $p; } 2>/dev/null 3<>/dev/tcp/$0/$p; done"
                + " 2>/dev/null",
            address);
    TreeSet<Integer> open = new TreeSet<>();
    scan.text().lines().map(String::strip).map(Integer::valueOf).forEach(open::add);
    assertEquals(
        new TreeSet<>(List.of(Recipes.APPLICATION_PORT, Recipes.ADMIN_PORT)), open, "open ports");

    long epoch = questions.epoch();
    for (String task : List.of("resign", "reconcile")) {
      int status = questions.post(manager, Recipes.ADMIN_PORT, "/tasks/" + task);
      assertTrue(status == 401 || status == 403, task + " without a password: " + status);
    }
    assertEquals(epoch, questions.epoch());
  }
}
