package org.mysqlmanager.zk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFileTest {
  @TempDir private Path temporary;

  @Test
  void removesWhatProcessesLeftThatWereKilledAndNothingElse() throws Exception {
    long ended = endedProcess();
    Path left = folder("zookeeper-client-%d-1".formatted(ended), "rwx------");
    Path leftUnfinished = Files.createFile(left.resolve("unfinished-7"));
    Path ofOurNumber =
        folder("zookeeper-client-%d-2".formatted(ProcessHandle.current().pid()), "rwx------");
    Path withMore = folder("zookeeper-client-%d-3".formatted(ended), "rwx------");
    Files.createFile(withMore.resolve("notes"));
    Path openToOthers = folder("zookeeper-client-%d-4".formatted(ended), "rwxr-xr-x");
    Path ofAnother = folder("zookeeper-client-x-5", "rwx------");
    Path alive =
        folder(
            "zookeeper-client-%d-6".formatted(ProcessHandle.current().parent().orElseThrow().pid()),
            "rwx------");
    Path target = folder("elsewhere", "rwx------");
    Path link =
        Files.createSymbolicLink(
            temporary.resolve("zookeeper-client-%d-7".formatted(ended)), target);

    try (PrivateFile first = PrivateFile.create(temporary)) {
      assertTrue(first.ensureHolds("first"));
      assertFalse(Files.exists(left), leftUnfinished.toString());
      assertFalse(Files.exists(ofOurNumber));
      assertTrue(Files.exists(withMore.resolve("notes")));
      assertTrue(Files.exists(openToOthers.resolve("client.pem")));
      assertTrue(Files.exists(ofAnother.resolve("client.pem")));
      assertTrue(Files.exists(alive.resolve("client.pem")));
      assertTrue(Files.exists(target.resolve("client.pem")), link.toString());

      try (PrivateFile second = PrivateFile.create(temporary)) {
        assertTrue(second.ensureHolds("second"));
        assertEquals("first", Files.readString(first.path()));
      }
      assertFalse(first.ensureHolds("first"));
    }
  }

  private Path folder(String name, String permissions) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve(name));
    Files.writeString(folder.resolve("client.pem"), "a key");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    return folder;
  }

  /** The number of a process that has ended; it is not given out again soon. */
  private static long endedProcess() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }
}
