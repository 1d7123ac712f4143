package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.local.process.LocalException;

/** A file system of its own for a server's files. Tests are skipped where none may be mounted. */
final class SmallDisk implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  /** In memory. */
  static SmallDisk inMemory(Path root, int megabytes) throws IOException {
    Files.createDirectories(root);
    require(
        root, "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", root.toString());
    return new SmallDisk(root);
  }

  /** In a file beside it: ext4, which becomes read-only when it finds an error. */
  static SmallDisk inFile(Path root, int megabytes) throws IOException {
    Files.createDirectories(root);
    Path image = root.resolveSibling(root.getFileName() + ".img");
    require(root, "truncate", "-s", megabytes + "M", image.toString());
    require(root, "mkfs.ext4", "-q", "-F", image.toString());
    require(root, "mount", "-o", "loop,errors=remount-ro", image.toString(), root.toString());
    return new SmallDisk(root);
  }

  Path root() {
    return root;
  }

  /** To the last byte. */
  void fill() {
    try (OutputStream out = Files.newOutputStream(filler())) {
      byte[] block = new byte[4096];
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      // That is how it ends.
    }
  }

  void makeRoom() throws IOException {
    Files.delete(filler());
  }

  /** As the kernel does by itself when a disk fails. */
  void becomeReadOnly() throws IOException {
    String device = run(root, "findmnt", "-no", "SOURCE", root.toString()).output().strip();
    Path trigger =
        Path.of("/sys/fs/ext4", String.valueOf(Path.of(device).getFileName()), "trigger_fs_error");
    if (!Files.isWritable(trigger)) {
      abort("this kernel does not let a test make a file system read-only: no " + trigger);
    }
    Files.writeString(trigger, "1\n");
    assertThrows(IOException.class, () -> Files.createFile(root.resolve("new")));
  }

  private Path filler() {
    return root.resolve("filler");
  }

  @Override
  public void close() {
    run(root.getParent(), "umount", "-l", root.toString());
  }

  private static void require(Path folder, String... command) {
    try {
      Command.Result result = run(folder, command);
      if (!result.succeeded()) {
        abort("no disk for a test: " + String.join(" ", command) + ": " + result.tail());
      }
    } catch (LocalException e) {
      abort("no disk for a test: " + e.getMessage());
    }
  }

  private static Command.Result run(Path folder, String... command) {
    return Command.run(DEADLINE, folder, Map.of(), List.of(command));
  }
}
