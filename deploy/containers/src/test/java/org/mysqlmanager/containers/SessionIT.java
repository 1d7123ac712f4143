package org.mysqlmanager.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mysqlmanager.containers.Questions.await;

import com.github.dockerjava.api.DockerClient;
import java.io.BufferedReader;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The suite itself leaves nothing behind. */
@Order(0)
@Timeout(200)
class SessionIT {
  @Test
  @EnabledIfSystemProperty(
      named = Scenario.ALL,
      matches = "all",
      disabledReason = Scenario.ALL_REASON)
  void aKilledTestLeavesNoContainerAndNoNetwork() throws Exception {
    DockerClient client = Engine.client();
    Images.require(Images.MYSQL);
    Process test =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                AbandonedSession.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = test.inputReader()) {
      String label =
          output
              .lines()
              .filter(line -> line.startsWith("session "))
              .findFirst()
              .orElseThrow()
              .substring("session ".length());
      assertEquals(1, containers(client, label));
      assertEquals(1, networks(client, label));

      test.destroyForcibly();
      await("no container is left", () -> containers(client, label) == 0);
      await("no network is left", () -> networks(client, label) == 0);
    } finally {
      test.destroyForcibly();
      boolean _ = test.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static int containers(DockerClient client, String label) {
    return client
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(List.of(label))
        .exec()
        .size();
  }

  private static int networks(DockerClient client, String label) {
    return client.listNetworksCmd().withFilter("label", List.of(label)).exec().size();
  }
}
