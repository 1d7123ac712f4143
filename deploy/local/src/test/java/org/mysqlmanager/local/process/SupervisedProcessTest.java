package org.mysqlmanager.local.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SupervisedProcessTest {
  @TempDir Path folder;

  @Test
  void exitStatusAndOutputAreKept() throws Exception {
    try (SupervisedProcess process = start(false, "sh", "-c", "echo out; echo err >&2; exit 7")) {
      assertTrue(process.awaitEnd(Duration.ofSeconds(20)));
      assertEquals(OptionalInt.of(7), process.exitStatus());
      assertEquals("out\nerr\n", Files.readString(log()));
    }
  }

  @Test
  void programIsStartedAgainOnStatus16AndOnNoOther() throws Exception {
    String twice =
        "echo run >> '%s/runs'; [ $(wc -l < '%s/runs') -ge 3 ] && exit 1; exit 16"
            .formatted(folder, folder);
    try (SupervisedProcess process = start(true, "sh", "-c", twice)) {
      assertTrue(process.awaitEnd(Duration.ofSeconds(20)));
      assertEquals(OptionalInt.of(1), process.exitStatus());
      assertEquals(3, Files.readAllLines(folder.resolve("runs")).size());
    }
  }

  @Test
  void status16EndsAProgramThatIsNotToBeRestarted() {
    try (SupervisedProcess process = start(false, "sh", "-c", "exit 16")) {
      assertTrue(process.awaitEnd(Duration.ofSeconds(20)));
      assertEquals(OptionalInt.of(16), process.exitStatus());
    }
  }

  @Test
  void killReachesTheProgramItselfAndItsSignalIsSeen() {
    try (SupervisedProcess process = start(false, "sleep", "300")) {
      ProcessHandle program = process.child().orElseThrow();
      // Empty for a moment, while the forked shell turns into the program.
      await().until(() -> program.info().commandLine().orElse("").contains("sleep 300"));
      process.kill();
      assertFalse(process.isAlive());
      assertEquals(OptionalInt.of(128 + 9), process.exitStatus());
    }
  }

  @Test
  void frozenProgramEndsInAnOrderlyWayWhenAsked() throws Exception {
    try (SupervisedProcess process =
        start(false, "sh", "-c", "trap 'exit 3' TERM; touch ready; while :; do sleep 0.05; done")) {
      await().until(() -> Files.exists(folder.resolve("ready")));
      process.pause();
      assertTrue(process.isPaused());
      assertTrue(process.terminate(Duration.ofSeconds(20)));
      assertEquals(OptionalInt.of(3), process.exitStatus());
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc")
  void aBusyProgramStandsStillWhenPauseReturns() throws Exception {
    try (SupervisedProcess process = start(false, "sh", "-c", "while :; do :; done")) {
      Path stat = Path.of("/proc/%d/stat".formatted(process.child().orElseThrow().pid()));
      for (int i = 0; i < 50; i++) {
        process.pause();
        assertTrue(Files.readString(stat).contains(") T "), "time " + i);
        process.resume();
      }
    }
  }

  @Test
  void programThatIgnoresTheRequestToEndIsKilled() throws Exception {
    try (SupervisedProcess process =
        start(false, "sh", "-c", "trap '' TERM; touch ready; while :; do sleep 0.05; done")) {
      await().until(() -> Files.exists(folder.resolve("ready")));
      assertFalse(process.terminate(Duration.ofMillis(300)));
      assertFalse(process.isAlive());
    }
  }

  @Test
  void closeAlsoKillsFrozenProgramsAndTheirChildren() throws Exception {
    SupervisedProcess process = start(false, "sh", "-c", "sleep 300 & echo $! > grandchild; wait");
    await()
        .until(() ->
            Files.exists(folder.resolve("grandchild"))
                && Files.size(folder.resolve("grandchild")) > 0);
    ProcessHandle child = process.child().orElseThrow();
    ProcessHandle grandchild =
        ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("grandchild")).strip()))
            .orElseThrow();
    process.pause();
    process.close();
    await().atMost(Duration.ofSeconds(20)).until(() -> !child.isAlive() && !grandchild.isAlive());
    assertFalse(process.isAlive());
  }

  @Test
  void programIsGoneWhenCloseReturns() {
    for (int i = 0; i < 20; i++) {
      SupervisedProcess process = start(true, "sleep", "300");
      ProcessHandle child = process.child().orElseThrow();
      process.close();
      assertFalse(child.isAlive());
    }
  }

  @Test
  void pathsWithSpacesAndQuotesAreTakenAsTheyAre() throws Exception {
    Path odd = Files.createDirectories(folder.resolve("a b'c\"d $e"));
    try (SupervisedProcess process =
        SupervisedProcess.start(
            new SupervisedProcess.Launch(
                "odd",
                List.of("echo", "x  y", "$HOME"),
                Map.of(),
                odd,
                odd.resolve("the log"),
                false))) {
      assertTrue(process.awaitEnd(Duration.ofSeconds(20)));
      assertEquals("x  y $HOME\n", Files.readString(odd.resolve("the log")));
    }
  }

  private SupervisedProcess start(boolean restart, String... command) {
    return SupervisedProcess.start(
        new SupervisedProcess.Launch("test", List.of(command), Map.of(), folder, log(), restart));
  }

  private Path log() {
    return folder.resolve("log");
  }
}
