package org.mysqlmanager;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.config.ConfigurationReader;
import org.mysqlmanager.config.ManagerConfiguration;

/** A manager without its HTTP side, and without any server of MySQL. */
class CoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @TempDir private Path directory;

  @Test
  void anInterruptedStopHandsOverAllTheSame() throws Exception {
    try (TestingServer server = new TestingServer(true);
        CuratorFramework others =
            CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100))) {
      others.start();
      Core core = new Core(configuration(server), (_, _, _, _) -> {});
      core.start();
      await()
          .atMost(PATIENCE)
          .until(() -> others.checkExists().forPath("/mysql-manager/managers/m1") != null);

      Thread.currentThread().interrupt();
      assertThrows(InterruptedException.class, core::stop);
      await()
          .atMost(PATIENCE)
          .until(() -> others.checkExists().forPath("/mysql-manager/managers/m1") == null);
    }
  }

  private ManagerConfiguration configuration(TestingServer server) throws Exception {
    String yaml =
        """
        manager: {id: m1}
        zookeeper: {authentication: none, connect: '%s'}
        errant_transactions_directory: %s
        credentials:
          manager: {password: m}
          replication: {password: r}
          monitor: {password: o}
          application: {password: a}
        clusters:
          - name: main
            servers:
              - {name: s1, host: 127.0.0.1, port: 1}
              - {name: s2, host: 127.0.0.1, port: 2}
        """
            .formatted(server.getConnectString(), directory);
    return new ConfigurationReader(
            Validators.newValidator(), Jackson.newObjectMapper(), "dw", _ -> null)
        .build(
            _ -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "core-test.yml");
  }
}
