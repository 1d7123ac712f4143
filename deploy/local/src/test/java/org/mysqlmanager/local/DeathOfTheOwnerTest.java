package org.mysqlmanager.local;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DeathOfTheOwnerTest {
  /**
   * Runs in a JVM of its own: starts components, one of them frozen, prints their process ids and
   * sleeps.
   */
  static final class Owner {
    public static void main(String[] arguments) throws Exception {
      LocalSystem system =
          LocalSystem.builder(Path.of(arguments[0]))
              .zookeepers(3)
              .managers(1)
              .managerProgram(List.of("sh", "-c", "sleep 300 & sleep 300"))
              .build();
      for (String name : system.names()) {
        system.launch(name);
      }
      system.awaitReady("zk1");
      system.pause("zk2");
      for (String name : system.names()) {
        System.out.println(system.pid(name));
      }
      System.out.println("up");
      System.out.flush();
      Thread.sleep(Duration.ofMinutes(5));
    }
  }

  @TempDir Path folder;

  @Test
  void nothingIsLeftWhenTheJvmThatStartedItIsKilled() throws Exception {
    JavaRuntime java = JavaRuntime.current();
    Process owner =
        new ProcessBuilder(
                java.command(List.of("-Xmx64m"), Owner.class.getName(), folder.toString()))
            .redirectErrorStream(true)
            .start();
    try {
      List<ProcessHandle> processes = new ArrayList<>();
      List<String> said = new ArrayList<>();
      try (BufferedReader lines = owner.inputReader()) {
        String line = "";
        while (line != null && !line.equals("up")) {
          line = lines.readLine();
          said.add(line);
          if (line != null && line.matches("\\d+")) {
            processes.add(ProcessHandle.of(Long.parseLong(line)).orElseThrow());
          }
        }
        assertEquals(4, processes.size(), () -> String.join("\n", said));
        // The supervisors and the manager's own child too.
        processes.addAll(owner.descendants().toList());
        assertTrue(processes.size() >= 4 + 4 + 1);
        owner.destroyForcibly();
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
      }
    } finally {
      owner.destroyForcibly();
    }
  }
}
