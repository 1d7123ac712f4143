package org.mysqlmanager.local.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.process.LocalException;

class LauncherFileTest {
  @TempDir Path folder;

  @Test
  void launcherIsFoundWhileItHoldsItsLockAndItsRemainsAreClearedAway() throws Exception {
    LauncherFile file =
        new LauncherFile(42, 1234, "secret", LauncherFile.State.READY, "http://127.0.0.1:8081");
    try (LauncherFile.Lock _ = LauncherFile.Lock.tryLock(folder).orElseThrow()) {
      file.write(folder);
      assertEquals(Optional.of(file), LauncherFile.ofRunning(folder));
      assertTrue(LauncherFile.Lock.tryLock(folder).isEmpty(), "a second launcher is refused");
    }
    assertEquals(Optional.empty(), LauncherFile.ofRunning(folder));
    assertFalse(Files.exists(folder.resolve("launcher")));
  }

  @Test
  void commandsNeedTheToken() {
    try (ControlServer server = ControlServer.start("right", words -> String.join("+", words))) {
      LauncherFile right =
          new LauncherFile(1, server.port(), "right", LauncherFile.State.READY, "");
      assertEquals("kill+a b/ü", new ControlClient(right).send("kill", "a b/ü"));
      LauncherFile wrong =
          new LauncherFile(1, server.port(), "wrong", LauncherFile.State.READY, "");
      assertThrows(LocalException.class, () -> new ControlClient(wrong).send("kill", "s1"));
    }
  }

  @Test
  void refusalReachesTheUserInItsOwnWords() {
    try (ControlServer server =
        ControlServer.start(
            "t",
            _ -> {
              throw new LocalException("s1 is not running");
            })) {
      LauncherFile file = new LauncherFile(1, server.port(), "t", LauncherFile.State.READY, "");
      LocalException refusal =
          assertThrows(LocalException.class, () -> new ControlClient(file).send("kill", "s1"));
      assertEquals("s1 is not running", refusal.getMessage());
    }
  }

  @Test
  void laterStartTakesWhatTheDataWasMadeFor() {
    assertEquals(2, SavedChoices.servers(Optional.empty(), Optional.empty()));
    new SavedChoices(1, ProxyDistribution.Kind.HAPROXY).save(folder);
    Optional<SavedChoices> saved = SavedChoices.load(folder);
    assertEquals(1, SavedChoices.servers(saved, Optional.empty()));
    assertEquals(
        Optional.of(ProxyDistribution.Kind.HAPROXY), SavedChoices.proxy(saved, Optional.empty()));
    LocalException refusal =
        assertThrows(LocalException.class, () -> SavedChoices.servers(saved, Optional.of(2)));
    assertTrue(refusal.getMessage().contains("with 1 server."), refusal.getMessage());
    assertThrows(
        LocalException.class,
        () -> SavedChoices.proxy(saved, Optional.of(ProxyDistribution.Kind.PROXYSQL)));
  }
}
