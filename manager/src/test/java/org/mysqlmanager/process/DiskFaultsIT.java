package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A source whose disk is full or broken: it answers, and cannot write. Its folder is a file system
 * of its own here, which only root may mount; where that is not so, the tests are skipped.
 */
class DiskFaultsIT extends Scenario {
  private Path disk;

  /** Before the system's folder is deleted, and after its processes have ended. */
  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      system.close();
      command("umount", disk.toString());
    }
  }

  @Test
  void aFullDiskIsToldAndTheSourceReplacedOnlyIfThatIsWanted() throws Exception {
    prepare(builder ->
        builder
            .checkInterval(Duration.ofMillis(500))
            .managerSetting("clusters.0.write_probe", "alarm"));
    mount("-t", "tmpfs", "-o", "size=190m", "tmpfs");
    system.startAll();
    awaitPhase("running");
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");

    fillDisk();
    awaitReason("degraded", "answers, but");
    assertAlarmOnly("write_failing");
    command("mount", "-o", "remount,size=260m", disk.toString());
    awaitPhase("running");
    write(2);
    assertIsSource("s1");
    assertIsReplicaOf("s2", "s1");

    // Once more, with the other setting.
    fillDisk();
    awaitReason("degraded", "answers, but");
    changeSpec("write_probe", "failover");
    awaitSource("s2");
    write(3);
    awaitFailedOver("s2");
    assertIsSource("s2");
    assertEquals(system.port("s2"), portBehindWriter());
    assertTrue(recordOf("failover").path("reason").asText().contains("write"));
    command("mount", "-o", "remount,size=600m", disk.toString());
    if (!system.isAlive("s1")) {
      system.start("s1"); // to end a commit that waits for the disk makes mysqld abort
    }
    awaitPhase("running");
    write(4);
    assertIsSource("s2");
    assertIsReplicaOf("s1", "s2");
    assertEquals(rows("s2"), rows("s1"));
  }

  @Test
  void aSourceWhoseFileSystemHasBecomeReadOnlyEndsAndIsReplaced() throws Exception {
    prepare(builder ->
        builder
            .checkInterval(Duration.ofMillis(500))
            .managerSetting("clusters.0.write_probe", "alarm"));
    Path image = folder.resolve("disk.image");
    Files.createDirectories(folder);
    command("truncate", "-s", "400m", image.toString());
    command("mkfs.ext4", "-q", image.toString());
    mount("-o", "loop", image.toString());
    system.startAll();
    awaitPhase("running");
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");

    // As the kernel does it after an error of the disk. The binary log cannot be written any more,
    // and mysqld ends rather than go on without it (binlog_error_action): the source is dead.
    command("mount", "-o", "remount,abort", disk.toString());
    awaitSource("s2");
    write(2);
    assertIsSource("s2");
    assertFalse(system.isAlive("s1"), "mysqld goes on without a disk");

    // Such a file system has lost what it said to have written. With another, empty disk:
    command("umount", disk.toString());
    disk = null;
    system.start("s1");
    awaitPhase("running");
    assertIsSource("s2");
    assertIsReplicaOf("s1", "s2");
    assertEquals(rows("s2"), rows("s1"));
  }

  private void assertAlarmOnly(String serverStatus) throws Exception {
    awaitChecks(8);
    JsonNode status = status();
    assertEquals("degraded", status.path("phase").asText());
    assertEquals(serverStatus, server(status, "s1").path("status").asText());
    assertEquals("s1", status.path("source").asText());
    assertTrue(status.path("write_failure_count").asInt() > 3, status.toPrettyString());
    assertEquals(0, status.path("totals").path("successful_failover").asInt());
    assertTrue(system.isAlive("s1"), "mysqld must not be made to abort");
  }

  /** A client writes until no more succeeds, and goes; the server does not notice. */
  private void fillDisk() throws SQLException {
    Connection client = system.connectWriter();
    client.setNetworkTimeout(Runnable::run, 3_000);
    byte[] much = new byte[2_000_000];
    try (PreparedStatement insert =
        client.prepareStatement("INSERT INTO big (content) VALUES (?)")) {
      client
          .createStatement()
          .execute(
              "CREATE TABLE IF NOT EXISTS big (id INT AUTO_INCREMENT PRIMARY KEY, content LONGBLOB)");
      for (int i = 0; i < 500; i++) {
        insert.setBytes(1, much);
        insert.executeUpdate();
      }
      throw new AssertionError("the disk does not get full");
    } catch (SQLException e) {
      System.err.println("the disk is full: " + e.getMessage());
    } finally {
      client.abort(Runnable::run);
    }
  }

  private void mount(String... what) throws Exception {
    Path place = system.folder("s1");
    Files.createDirectories(place);
    String[] command = new String[what.length + 2];
    command[0] = "mount";
    System.arraycopy(what, 0, command, 1, what.length);
    command[command.length - 1] = place.toString();
    command(command);
    disk = place;
  }

  /** Skips the test if it cannot be done, before anything is mounted; else it must succeed. */
  private void command(String... command) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      abort("skipped: " + command[0] + " is not to be had here");
      return;
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), command[0]);
    if (process.exitValue() != 0 && disk == null) {
      abort("skipped: no file system of its own for a server here (" + said.strip() + ")");
    }
    assertEquals(0, process.exitValue(), String.join(" ", command) + ": " + said);
  }
}
